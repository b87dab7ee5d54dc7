//go:build tools

// Names what is built, so that `go mod tidy` keeps all that it needs.

package tools

import (
	_ "k8s.io/kubernetes/cmd/kubectl"
)

