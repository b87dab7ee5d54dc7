import type { ObjectFacts } from './objectFacts.ts';
import type { LeaveReason, SelectionContext } from './selection.ts';

/** What becomes of some objects of some kinds; the first of a kind that holds decides. */
interface SelectionRule {
  group: string;
  resources: readonly string[];
  /** All of them without it. */
  when?: (facts: ObjectFacts, context: SelectionContext) => boolean;
  reason: LeaveReason | 'copy';
  because: string;
}

/** The API server's own namespaces. `default` is a place for users' things as well, and is brought to the same. */
const systemNamespaces: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

const named =
  (pattern: RegExp) =>
  ({ name }: ObjectFacts): boolean =>
    pattern.test(name);

const within =
  (namespace: string, pattern: RegExp) =>
  (facts: ObjectFacts): boolean =>
    facts.namespace === namespace && pattern.test(facts.name);

/** Each loop of kube-controller-manager and of EKS's cloud controllers has an account of its own, as of 1.24 to 1.34. */
const controllerAccounts: ReadonlySet<string> = new Set([
  ...['attachdetach-controller', 'aws-cloud-provider', 'bootstrap-signer', 'certificate-controller'],
  ...['cloud-provider', 'clusterrole-aggregation-controller', 'cronjob-controller', 'daemon-set-controller'],
  ...['deployment-controller', 'device-taint-eviction-controller', 'disruption-controller'],
  ...['endpoint-controller', 'endpointslice-controller', 'endpointslicemirroring-controller'],
  ...['ephemeral-volume-controller', 'expand-controller', 'generic-garbage-collector'],
  ...['horizontal-pod-autoscaler', 'job-controller', 'legacy-service-account-token-cleaner'],
  ...['namespace-controller', 'node-controller', 'persistent-volume-binder', 'pod-garbage-collector'],
  ...['pv-protection-controller', 'pvc-protection-controller', 'replicaset-controller'],
  ...['replication-controller', 'resource-claim-controller', 'resourcequota-controller'],
  ...[
    'root-ca-cert-publisher',
    'route-controller',
    'selinux-warning-controller',
    'service-account-controller',
  ],
  ...[
    'service-cidrs-controller',
    'service-controller',
    'statefulset-controller',
    'taint-eviction-controller',
  ],
  ...['tagging-controller', 'token-cleaner', 'ttl-after-finished-controller', 'ttl-controller'],
  ...['validatingadmissionpolicy-status-controller', 'volumeattributesclass-protection-controller'],
]);

const automanaged = 'kube-aggregator.kubernetes.io/automanaged';

export const selectionRules: readonly SelectionRule[] = [
  {
    group: '',
    resources: ['namespaces'],
    when: ({ name }) => systemNamespaces.has(name),
    reason: 'control-plane',
    because: 'the API server makes it',
  },
  {
    group: '',
    resources: ['pods'],
    reason: 'short-lived',
    because: "its controller makes it again, and one without a controller is somebody's try",
  },
  {
    group: '',
    resources: ['endpoints'],
    reason: 'short-lived',
    because: 'it follows its Service; those of a Service without a selector are written by hand for green',
  },
  {
    group: '',
    resources: ['nodes'],
    reason: 'cluster-bound',
    because: 'green has nodes of its own',
  },
  {
    group: '',
    resources: ['persistentvolumes'],
    when: ({ name }, { sharedVolumes }) => !sharedVolumes.has(name),
    reason: 'cluster-bound',
    because: 'green\'s claims get volumes of their own, unless the request says "shared"',
  },
  {
    group: '',
    resources: ['configmaps'],
    when: named(/^kube-root-ca\.crt$/),
    reason: 'control-plane',
    because: "kube-controller-manager writes green's own certificate authority into it",
  },
  {
    group: '',
    resources: ['configmaps'],
    when: within(
      'kube-system',
      /^(extension-apiserver-authentication|kube-apiserver-legacy-service-account-token-tracking)$/,
    ),
    reason: 'control-plane',
    because: 'the API server writes its own certificates and dates into it',
  },
  {
    group: '',
    resources: ['configmaps'],
    when: within('kube-system', /^aws-auth$/),
    reason: 'cluster-bound',
    because:
      "it lets the roles of blue's nodes and people in; EKS writes green's for its node groups, and people get in by access entries",
  },
  {
    group: '',
    resources: ['configmaps'],
    when: within('kube-public', /^cluster-info$/),
    reason: 'cluster-bound',
    because: "it has blue's own address",
  },
  {
    group: '',
    resources: ['secrets'],
    when: ({ annotations }) => annotations['kubernetes.io/service-account.name'] !== undefined,
    reason: 'cluster-bound',
    because: "blue's token of a service account, which green does not accept",
  },
  {
    group: '',
    resources: ['secrets'],
    when: within('kube-system', /^bootstrap-token-[a-z0-9]{6}$/),
    reason: 'cluster-bound',
    because: 'a token by which nodes join blue',
  },
  {
    group: '',
    resources: ['serviceaccounts'],
    when: ({ namespace, name }) => namespace === 'kube-system' && controllerAccounts.has(name),
    reason: 'control-plane',
    because: 'kube-controller-manager makes it for one of its loops',
  },
  {
    group: '',
    resources: ['services'],
    when: within('default', /^kubernetes$/),
    reason: 'control-plane',
    because: 'the API server makes it of its own address',
  },
  {
    group: 'batch',
    resources: ['jobs'],
    reason: 'work',
    because: 'it would be done once more: what is finished stays, and what runs ends on blue',
  },
  {
    group: 'rbac.authorization.k8s.io',
    resources: ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'],
    when: ({ labels }) => labels['kubernetes.io/bootstrapping'] === 'rbac-defaults',
    reason: 'control-plane',
    because: 'the API server makes it as its version has it',
  },
  {
    group: 'scheduling.k8s.io',
    resources: ['priorityclasses'],
    when: named(/^system-(node|cluster)-critical$/),
    reason: 'control-plane',
    because: 'the API server makes it',
  },
  {
    group: 'flowcontrol.apiserver.k8s.io',
    resources: ['flowschemas', 'prioritylevelconfigurations'],
    // A user who has changed one of them sets the annotation to "false".
    when: ({ name, annotations }) =>
      annotations['apf.kubernetes.io/autoupdate-spec'] === 'true' || /^(exempt|catch-all)$/.test(name),
    reason: 'control-plane',
    because: 'the API server makes it as its version has it',
  },
  {
    group: 'apiregistration.k8s.io',
    resources: ['apiservices'],
    when: ({ labels, name }) =>
      labels[automanaged] !== undefined || /^v1\.$|^v1\.(apps|batch|autoscaling|policy)$/.test(name),
    reason: 'control-plane',
    because: 'the API server makes it for what it serves',
  },
  {
    group: 'networking.k8s.io',
    resources: ['ipaddresses', 'servicecidrs'],
    reason: 'cluster-bound',
    because: 'green has addresses of its own',
  },
  {
    group: 'storage.k8s.io',
    resources: ['csinodes', 'volumeattachments', 'csistoragecapacities'],
    reason: 'cluster-bound',
    because: "it is about blue's nodes",
  },
  {
    group: 'certificates.k8s.io',
    resources: ['clustertrustbundles'],
    when: named(/^kubernetes\.io:/),
    reason: 'control-plane',
    because: "kube-controller-manager makes it of green's own certificate authority",
  },
  {
    group: 'storagemigration.k8s.io',
    resources: ['storageversionmigrations'],
    reason: 'work',
    because: 'it is about how blue stores its objects',
  },
  {
    group: 'crd.k8s.amazonaws.com',
    resources: ['eniconfigs'],
    reason: 'copy',
    because: "it names the subnets of Pods, in which green's nodes are too",
  },
  {
    group: 'vpcresources.k8s.aws',
    resources: ['cninodes'],
    reason: 'cluster-bound',
    because: "it is about blue's nodes",
  },
  {
    group: 'networking.k8s.aws',
    resources: ['policyendpoints'],
    reason: 'short-lived',
    because: 'EKS makes it of NetworkPolicies',
  },
  {
    group: 'elbv2.k8s.aws',
    resources: ['targetgroupbindings'],
    reason: 'traffic',
    because:
      "it would put green's Pods into the target group that blue's users are sent to; green needs one for its own target group",
  },
  {
    group: 'snapshot.storage.k8s.io',
    resources: ['volumesnapshots', 'volumesnapshotcontents'],
    reason: 'cluster-bound',
    because: "it is of blue's volumes; one that was taken outside can be brought in by hand",
  },
];
