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
  ];
