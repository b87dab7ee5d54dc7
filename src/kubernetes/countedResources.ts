/**
 * What an inventory does with a kind of object:
 * - `skip`: not stored objects at all, but computed for each question, or a second view of others
 * - `count`: short-lived or made by a controller of something else that is inventoried: counted, not named
 * - `name`: everything else; a missing one is data that was lost
 */
export type InventoryTreatment = 'skip' | 'count' | 'name';

interface Rule {
  group: string | RegExp;
  /** All of the group's without it. */
  resources?: readonly string[];
  treatment: Exclude<InventoryTreatment, 'name'>;
  reason: string;
}

const rules: readonly Rule[] = [
  {
    group: /^((custom|external)\.)?metrics\.k8s\.io$|^metrics\.eks\.amazonaws\.com$/,
    treatment: 'skip',
    reason: 'measured at the moment of asking',
  },
  {
    group: '',
    resources: ['componentstatuses'],
    treatment: 'skip',
    reason: 'probed at the moment of asking',
  },
  {
    group: 'events.k8s.io',
    resources: ['events'],
    treatment: 'skip',
    reason: 'the events of the core group by another name',
  },
  { group: '', resources: ['events'], treatment: 'count', reason: 'end after an hour' },
  {
    group: '',
    resources: ['pods', 'endpoints', 'nodes'],
    treatment: 'count',
    reason: 'come and go with their owners and machines',
  },
  {
    group: 'apps',
    resources: ['controllerrevisions'],
    treatment: 'count',
    reason: 'history of a StatefulSet or DaemonSet, kept up to a limit',
  },
  {
    group: 'batch',
    resources: ['jobs'],
    treatment: 'count',
    reason: 'are done at some time and then cleaned up by their time to live, schedule or deployer',
  },
  {
    group: 'discovery.k8s.io',
    resources: ['endpointslices'],
    treatment: 'count',
    reason: "follow their Service's Pods",
  },
  {
    group: 'coordination.k8s.io',
    resources: ['leases', 'leasecandidates'],
    treatment: 'count',
    reason: 'heartbeats of nodes, controllers and API servers',
  },
  {
    group: 'storage.k8s.io',
    resources: ['csinodes', 'volumeattachments', 'csistoragecapacities'],
    treatment: 'count',
    reason: 'follow nodes and where Pods run',
  },
  {
    group: 'certificates.k8s.io',
    resources: ['certificatesigningrequests'],
    treatment: 'count',
    reason: 'are cleaned up within hours',
  },
  { group: 'resource.k8s.io', resources: ['resourceslices'], treatment: 'count', reason: 'follow nodes' },
  { group: 'internal.apiserver.k8s.io', treatment: 'count', reason: "API servers' notes about themselves" },
  {
    group: 'karpenter.sh',
    resources: ['nodeclaims'],
    treatment: 'count',
    reason: 'come and go with their machines',
  },
  {
    group: 'acme.cert-manager.io',
    treatment: 'count',
    reason: 'steps of a certificate being issued',
  },
  {
    group: 'cert-manager.io',
    resources: ['certificaterequests'],
    treatment: 'count',
    reason: 'steps of a certificate being issued',
  },
  { group: 'reports.kyverno.io', treatment: 'count', reason: 'intermediate results of scans' },
  {
    group: 'argoproj.io',
    resources: ['workflows', 'analysisruns'],
    treatment: 'count',
    reason: 'runs, cleaned up when done',
  },
  {
    group: 'tekton.dev',
    resources: ['taskruns', 'pipelineruns'],
    treatment: 'count',
    reason: 'runs, cleaned up when done',
  },
];

/** Owners whose own coming and going takes what they own with it. */
const shortLivedOwners: ReadonlySet<string> = new Set(['Pod', 'Node', 'Job', 'ReplicaSet', 'NodeClaim']);

/** How a resource is taken into an inventory. */
export function treatmentOf(group: string, resource: string): InventoryTreatment {
  const rule = rules.find(
    (each) =>
      (typeof each.group === 'string' ? each.group === group : each.group.test(group)) &&
      (each.resources?.includes(resource) ?? true),
  );
  return rule?.treatment ?? 'name';
}

/**
 * True for one object that is counted though its resource is named: a ReplicaSet that something owns (a Deployment
 * keeps the old ones up to a limit), or whatever is owned by something short-lived.
 *
 * @param ownerKinds kinds of its owners
 */
export function isCounted(group: string, resource: string, ownerKinds: readonly string[]): boolean {
  if (group === 'apps' && resource === 'replicasets') return ownerKinds.length > 0;
  return ownerKinds.some((kind) => shortLivedOwners.has(kind));
}
