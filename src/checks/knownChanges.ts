import type { Finding, FindingSubject } from '../contract/finding.ts';
import type { Plan } from '../contract/plan.ts';
import type { ObservedNode } from '../plan/observation.ts';
import { compareNames } from '../plan/order.ts';
import { compareMinors } from '../plan/versions.ts';
import { absent } from './absent.ts';
import { listNames, seenBy, type Check, type CheckInput } from './check.ts';
import { knownChanges as table } from './data/knownChanges.ts';
import type { KnownChange } from './data/knownChanges.ts';

/** Something in the cluster that a change concerns. */
interface Concerned {
  subject: FindingSubject;
  /** Who that is, for the sentence: `node group blue (AL2_x86_64)`. */
  who: string;
  seen: string;
}

/** Changes of the minors on the way that no table of APIs holds, where the cluster shows that they concern it. */
export const knownChanges: Check = (input) => {
  const changes = table.filter(({ at }) => hopTo(input.plan, at) !== undefined);
  return [...changes.flatMap((change) => judge(input, change)), ...unknowns(input, changes)];
};

function judge(input: CheckInput, change: KnownChange): Finding[] {
  const { at, severity, what, remedy, source } = change;
  const hop = hopTo(input.plan, at);
  return concerned(input, change).map(({ subject, who, seen }) => ({
    check: 'known-changes',
    severity: isLeft(input, change, subject) ? 'info' : severity,
    ...(hop === undefined ? {} : { hop }),
    subject: { ...subject, name: `${subject.name}/${change.id}` },
    message: `From ${at} on, ${what}. It concerns ${who}.`,
    remedy: `${remedy} See ${source}`,
    evidence: seenBy(input.observation, seen),
  }));
}

/** The hop on which the control plane, or nodes that lag behind it, come to a version or past it. */
function hopTo(plan: Plan, at: string): string | undefined {
  const crosses = (from: string, to: string): boolean =>
    compareMinors(from, at) < 0 && compareMinors(at, to) <= 0;
  return plan.hops.find(
    ({ from, to, stages }) =>
      crosses(from, to) || stages.some((stage) => stage.stage === 'workers' && crosses(stage.from, stage.to)),
  )?.to;
}

/** A node group that the request leaves where it is: nothing happens to it on this upgrade. */
function isLeft(
  { plan, request }: CheckInput,
  { at, concerns }: KnownChange,
  subject: FindingSubject,
): boolean {
  if (!('amiTypes' in concerns)) return false;
  const rolled = plan.hops.some(({ stages }) =>
    stages.some(
      (stage) =>
        (stage.stage === 'workers' && stage.nodeGroup === subject.name && compareMinors(stage.to, at) >= 0) ||
        (stage.stage === 'green-workers' && stage.nodeGroups.some(({ name }) => name === subject.name)),
    ),
  );
  return !rolled || request.workers.skip.includes(subject.name);
}

function concerned({ observation }: CheckInput, { concerns }: KnownChange): Concerned[] {
  if ('amiTypes' in concerns) {
    return observation.nodeGroups
      .filter(({ amiType }) => amiType !== undefined && concerns.amiTypes.includes(amiType))
      .map(({ name, amiType }) => ({
        subject: { kind: 'NodeGroup', name },
        who: `node group ${name} (${amiType ?? ''})`,
        seen: `EKS: DescribeNodegroup ${name}`,
      }));
  }
  if ('ownImages' in concerns) {
    return observation.nodeGroups
      .filter(({ ownImage }) => ownImage)
      .map(({ name }) => ({
        subject: { kind: 'NodeGroup', name },
        who: `node group ${name}, whose launch template brings its own image`,
        seen: `EKS: DescribeNodegroup ${name}`,
      }));
  }
  if ('osImages' in concerns) {
    // "Amazon Linux 2" is not "Amazon Linux 2023".
    return nodesBy(observation.nodes, ownImageGroups(observation), ({ osImage }) =>
      concerns.osImages.some((start) => osImage.startsWith(start) && !/^\d/.test(osImage.slice(start.length)))
        ? osImage
        : undefined,
    );
  }
  if ('containerRuntimes' in concerns) {
    return nodesBy(observation.nodes, ownImageGroups(observation), ({ containerRuntime }) =>
      concerns.containerRuntimes.some((start) => containerRuntime.startsWith(start))
        ? containerRuntime
        : undefined,
    );
  }
  if ('kubeProxyModes' in concerns) {
    const mode = observation.kubeProxyMode?.mode;
    if (mode === undefined || observation.kubeProxies.length === 0) return [];
    if (!concerns.kubeProxyModes.includes(mode)) return [];
    const who = mode === '' ? 'kube-proxy, which is given no mode' : `kube-proxy, which runs in mode ${mode}`;
    return [
      { subject: { kind: 'Addon', name: 'kube-proxy' }, who, seen: 'Kubernetes: ConfigMaps in kube-system' },
    ];
  }
  return podsWith(observation.workloads, concerns.legacyVolume);
}

type Observed = CheckInput['observation'];

function ownImageGroups({ nodeGroups }: Observed): Set<string> {
  return new Set(nodeGroups.flatMap(({ name, ownImage }) => (ownImage ? [name] : [])));
}

interface FoundNodes {
  subject: FindingSubject;
  names: string[];
  systems: Set<string>;
}

/** Nodes whose image EKS does not choose, one entry for each provider or group; EKS's own images change with the version. */
function nodesBy(
  nodes: readonly ObservedNode[],
  ownImages: ReadonlySet<string>,
  matches: (system: NonNullable<ObservedNode['system']>) => string | undefined,
): Concerned[] {
  const found = new Map<string, FoundNodes>();
  for (const { name, provider, nodeGroup, system } of nodes) {
    if (provider === 'managed' && !ownImages.has(nodeGroup ?? '')) continue;
    const match = system === undefined ? undefined : matches(system);
    if (match === undefined) continue;
    const subject =
      provider === 'managed'
        ? { kind: 'NodeGroup', name: nodeGroup ?? '' }
        : { kind: 'Nodes', name: provider };
    const entry: FoundNodes = found.get(subject.name) ?? { subject, names: [], systems: new Set() };
    entry.names.push(name);
    entry.systems.add(match);
    found.set(subject.name, entry);
  }
  return [...found.values()].map(({ subject, names, systems }) => ({
    subject,
    who: `${listNames(names.sort(compareNames))} (${[...systems].sort(compareNames).join(', ')})`,
    seen: 'Kubernetes: nodes',
  }));
}

function podsWith(
  workloads: Observed['workloads'],
  volume: 'gitRepo' | 'cephfs' | 'rbd' | 'portworxVolume',
): Concerned[] {
  if (workloads === undefined) return [];
  const { pods, kinds } = workloads;
  const using = pods.filter(({ kind }) => kinds[kind]?.legacyVolumes?.includes(volume) === true);
  return [...Map.groupBy(using, ({ namespace }) => namespace)].map(([namespace, found]) => ({
    subject: { kind: 'Namespace', name: namespace },
    who: `Pods in namespace ${namespace}: ${listNames(found.map(({ name }) => name).sort(compareNames))}`,
    seen: 'Kubernetes: Pods',
  }));
}

/** What it would take to tell whether a change concerns the cluster, and is not there. */
function unknowns(input: CheckInput, changes: readonly KnownChange[]): Finding[] {
  const { kubeProxies, kubeProxyMode, workloads, nodes } = input.observation;
  const asks = (key: string): KnownChange | undefined => changes.find(({ concerns }) => key in concerns);
  const findings: Finding[] = [];
  const byMode = asks('kubeProxyModes');
  if (byMode !== undefined && kubeProxies.length > 0 && kubeProxyMode?.mode === undefined) {
    findings.push({
      ...absent(
        input,
        'kubeProxyMode',
        'known-changes',
        'whether the mode that kube-proxy runs in is affected',
      ),
      ...(kubeProxyMode === undefined
        ? {}
        : {
            message: `No ConfigMap says in which mode kube-proxy runs; from ${byMode.at} on, ${byMode.what}.`,
            remedy: 'Look at how kube-proxy is started; override this finding if it is not concerned.',
          }),
    });
  }
  if (asks('legacyVolume') !== undefined && workloads === undefined) {
    findings.push(absent(input, 'workloads', 'known-changes', 'whether Pods have volumes that go'));
  }
  const silent = nodes.filter(({ system }) => system === undefined).map(({ name }) => name);
  if (silent.length > 0 && (asks('osImages') ?? asks('containerRuntimes')) !== undefined) {
    findings.push({
      check: 'known-changes',
      severity: 'unknown',
      subject: { kind: 'Nodes', name: 'system' },
      message: `What ${listNames(silent.sort(compareNames))} run on is not known, so neither is whether their system and container runtime still do.`,
      remedy: 'Plan again; if it stays so, look at status.nodeInfo of these nodes.',
      evidence: seenBy(input.observation, 'Kubernetes: nodes'),
    });
  }
  return findings;
}
