module stepladder/scripts/kubernetes-metrics

go 1.22
