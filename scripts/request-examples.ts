import type { WorkflowType } from '../src/contract/workflowTypes.ts';

/** The worked examples at the head of docs/request.md. */
export const requestExamples: { title: string; text: string; workflowType: WorkflowType; request: object }[] =
  [
    {
      title: 'The smallest',
      text: 'One cluster, one target. The worker’s own region and credentials are used, and all else is as below.',
      workflowType: 'upgradeCluster',
      request: { cluster: { name: 'prod' }, targetVersion: '1.33' },
    },
    {
      title: 'Production, at night',
      text: 'Another account, changes only on weekday nights, an approval before each hop and its workers, and a webhook whose address is in the worker’s environment variable.',
      workflowType: 'upgradeCluster',
      request: {
        cluster: {
          name: 'prod',
          region: 'ap-northeast-1',
          roleArn: 'arn:aws:iam::111122223333:role/stepladder',
        },
        targetVersion: '1.33',
        gates: { hop: true, workers: true, timeout: '12h', onTimeout: 'wait' },
        window: { days: ['Mon', 'Tue', 'Wed', 'Thu'], from: '22:00', to: '05:00', timeZone: 'Asia/Tokyo' },
        notify: [{ webhookEnv: 'STEPLADDER_WEBHOOK_ONCALL' }],
      },
    },
    {
      title: 'Particular about workers and add-ons',
      text: 'The canary group first, a third of each group’s nodes at a time, the GPU group left for later, an add-on pinned for the last hop, and a kube-proxy that somebody else looks after.',
      workflowType: 'upgradeCluster',
      request: {
        cluster: { name: 'staging', region: 'eu-west-1' },
        targetVersion: '1.33',
        workers: { maxUnavailablePercentage: 33, order: ['canary'], skip: ['gpu'] },
        addons: {
          versions: { coredns: 'v1.12.1-eksbuild.2' },
          selfManaged: { 'kube-proxy': 'leave' },
        },
      },
    },
    {
      title: 'New node groups beside the old ones',
      text: 'A new group for each, waves of at most a fifth of its nodes, the databases left to EKS’s own roll, and workers rolled only as often as the skew policy demands. After each wave the shop must answer and its error rate stay low; a drain that is stuck asks people, and after two hours rolls the owner of the Pod that is stuck.',
      workflowType: 'upgradeCluster',
      request: {
        cluster: { name: 'prod', region: 'ap-northeast-1' },
        targetVersion: '1.33',
        workers: {
          strategy: 'surge',
          hops: 'fewest',
          maxParallel: '20%',
          groups: { databases: { strategy: 'managed' } },
          stuck: { byDefault: 'restart', timeout: '2h' },
        },
        guards: [
          { name: 'shop answers', http: 'https://shop.example.test/health' },
          {
            name: 'few errors',
            promql: 'sum(rate(http_requests_total{code=~"5.."}[5m])) < bool 5',
            prometheus: 'https://prometheus.example.test',
            tokenEnv: 'STEPLADDER_GUARD_TOKEN',
          },
        ],
      },
    },
    {
      title: 'In place, without spare nodes',
      text: 'Two nodes of a group at a time end before as many new ones start. The plan says how much capacity that costs, and this request says yes to it. The group `gpu` has a launch template with its own image: its version 7 has the new one.',
      workflowType: 'upgradeCluster',
      request: {
        cluster: { name: 'edge', region: 'eu-west-1' },
        targetVersion: '1.32',
        workers: {
          strategy: 'in-place',
          acceptLostCapacity: true,
          maxParallel: 2,
          groups: { gpu: { maxParallel: 1, templateVersion: '7' } },
        },
      },
    },
    {
      title: 'In spite of a finding',
      text: 'The plan names each blocker by `check/subject`. Here one is overridden because the use that EKS still reports was mended last week; the plan’s approval covers it, and the report says so.',
      workflowType: 'upgradeCluster',
      request: {
        cluster: { name: 'prod', region: 'ap-northeast-1' },
        targetVersion: '1.32',
        overrides: [
          {
            finding: 'removed-apis/API/flowcontrol.apiserver.k8s.io/v1beta3/FlowSchema',
            reason: 'old-controller was upgraded on Monday; EKS still counts its requests of last week',
          },
        ],
      },
    },
    {
      title: 'With cluster tools',
      text: 'After the workers of the last hop external-dns goes to one version, and Argo CD as far up as its CRDs stay as they are. The other chart is one that is not known here, so its source, release and namespace are named; changes of its CRDs that take nothing away are let through.',
      workflowType: 'upgradeCluster',
      request: {
        cluster: { name: 'prod', region: 'ap-northeast-1' },
        targetVersion: '1.33',
        tools: [
          { name: 'external-dns', version: '1.15.0', values: ['/etc/stepladder/external-dns.yaml'] },
          { name: 'argo-cd', version: 'latest-without-crd-diff', namespace: 'argocd' },
          {
            name: 'queue-operator',
            version: '3.2.1',
            crds: 'additive',
            source: { oci: 'oci://ghcr.io/example/charts/queue-operator' },
            release: 'queue-operator',
            namespace: 'queues',
          },
        ],
      },
    },
    {
      title: 'To a new cluster',
      text: 'A second cluster at the target beside the old one, everything copied there, and the users sent over by an Application Load Balancer’s rule when a person approves it. See [migration.md](migration.md).',
      workflowType: 'upgradeCluster',
      request: {
        cluster: { name: 'prod', region: 'ap-northeast-1' },
        targetVersion: '1.34',
        workers: { strategy: 'blue-green' },
        migration: {
          volumes: { 'shop/*': 'restored', 'search/*': 'empty' },
          singletons: [{ kind: 'Deployment', namespace: 'shop', name: 'mailer' }],
          probes: [
            {
              name: 'shop',
              path: '/health',
              blue: 'https://blue.shop.example.com',
              green: 'https://green.shop.example.com',
              expectText: 'ok',
            },
            { name: 'search', green: { service: { namespace: 'search', name: 'api', port: 80 } } },
          ],
          routing: {
            alb: {
              rule: 'arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee',
              blue: 'arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:targetgroup/shop-blue/73e2d6bc24d8a067',
              green:
                'arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:targetgroup/shop-green/2453ed029918f21f',
            },
          },
          steps: { weights: [5, 25, 50, 100], soak: '10m' },
          keepOldFor: '72h',
        },
        window: { days: ['Tue', 'Wed', 'Thu'], from: '10:00', to: '16:00', timeZone: 'Asia/Tokyo' },
      },
    },
    {
      title: 'One node group alone',
      text: 'Up to the control plane’s own version, all nodes of it that can go at once.',
      workflowType: 'upgradeNodeGroup',
      request: {
        cluster: { name: 'prod', region: 'ap-northeast-1' },
        nodeGroup: 'batch',
        workers: { maxUnavailablePercentage: 100 },
      },
    },
    {
      title: 'The add-ons alone',
      text: 'Brings every EKS add-on to the default for the control plane’s version, and resets settings that people changed.',
      workflowType: 'upgradeAddons',
      request: { cluster: { name: 'prod' }, addons: { resolveConflicts: 'OVERWRITE' } },
    },
    {
      title: 'Tools alone',
      text: 'One tool, kept in a helmfile on the worker.',
      workflowType: 'upgradeTool',
      request: {
        cluster: { name: 'prod' },
        tools: [
          {
            name: 'descheduler',
            version: '0.33.0',
            helmfile: { file: '/srv/tools/helmfile.yaml', selector: 'name=descheduler' },
          },
        ],
      },
    },
  ];
