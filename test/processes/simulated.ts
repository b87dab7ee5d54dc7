import { nodes, pods } from '../../simulator/cluster/kinds.ts';
import type { Node, Pod } from '../../simulator/cluster/kinds.ts';
import type { StoredObject } from '../../simulator/cluster/types.ts';
import type { Stage } from './stage.ts';

/** Simulated seconds in a real one: a control plane then takes a second. */
export const fullSpeed = 600;
/** A step of an update then takes hours: what is under way stays so until the clock is sped up again. */
export const crawl = 0.001;

type OnStage = Pick<Stage, 'simulator'>;

/** Lets the time of all clusters run faster or slower from now on. */
export function setSpeed({ simulator }: OnStage, speed: number): void {
  simulator.clusters.setSpeed(speed);
}

/** What EKS is updating now: `cluster`, `node-group/general`, `add-on/coredns`. */
export function underWay({ simulator: { eks } }: OnStage): string[] {
  const targets = [
    { kind: 'cluster' as const },
    ...[...eks.nodeGroups.keys()].map((name) => ({ kind: 'node-group' as const, name })),
    ...[...eks.addons.keys()].map((name) => ({ kind: 'add-on' as const, name })),
  ];
  return targets
    .filter((target) => eks.updates.inProgress(target) !== undefined)
    .map((target) => (target.kind === 'cluster' ? target.kind : `${target.kind}/${target.name}`));
}

/**
 * Has the cluster's time crawl from the very moment on in which a node of a group takes no new Pods: whoever looks later, on
 * however slow a machine, finds the roll where it was then.
 *
 * @returns resolves at that moment with the node's name; to be called before the roll begins
 */
export function crawlOnceCordoned(stage: OnStage, nodeGroup: string): Promise<string> {
  return new Promise((resolve) => {
    const unwatch = stage.simulator.cluster.store.watch(nodes, undefined, ({ type, object }) => {
      const { metadata, spec } = object as Node;
      if (type === 'DELETED' || groupOf(object) !== nodeGroup || spec.unschedulable !== true) return;
      setSpeed(stage, crawl);
      unwatch();
      resolve(metadata.name);
    });
  });
}

/** The same for the moment in which the first Pod that an owner replaces is told to leave a node of a group. */
export function crawlOnceAPodLeaves(stage: OnStage, nodeGroup: string): Promise<string> {
  return new Promise((resolve) => {
    const unwatch = watchLeaving(stage, nodeGroup, ({ spec: { nodeName = '' } }) => {
      setSpeed(stage, crawl);
      unwatch();
      resolve(nodeName);
    });
  });
}

/**
 * The same for the moment in which EKS is asked to do something: `CreateNodegroup`.
 *
 * @param cluster the one that it is about, which has to be there
 */
export function crawlOnceAsked(stage: OnStage, operation: string, cluster: string): Promise<void> {
  const faults = stage.simulator.clusters.faultsOf(cluster);
  const ask = faults.onCall.bind(faults);
  return new Promise((resolve) => {
    faults.onCall = (surface, called) => {
      if (surface === 'eks' && called === operation) {
        setSpeed(stage, crawl);
        faults.onCall = ask;
        resolve();
      }
      return ask(surface, called);
    };
  });
}

/**
 * Calls back whenever a Pod that its owner replaces elsewhere is to leave a node that a group has now; a Pod may be told of
 * more than once. Those of add-ons may still be on their way to the add-on's new version, and are not told of.
 *
 * @returns what ends it
 */
export function watchLeaving(
  { simulator }: OnStage,
  nodeGroup: string,
  tell: (pod: Pod) => void,
): () => void {
  const { store } = simulator.cluster;
  const there = store.list(nodes).items.filter((node) => groupOf(node) === nodeGroup);
  const names = new Set(there.map(({ metadata }) => metadata.name));
  return store.watch(pods, undefined, ({ type, object }) => {
    const pod = object as Pod;
    const { namespace, deletionTimestamp, ownerReferences = [] } = pod.metadata;
    if (type === 'DELETED' || deletionTimestamp === undefined || namespace === 'kube-system') return;
    if (ownerReferences[0]?.kind === 'DaemonSet' || !names.has(pod.spec.nodeName ?? '')) return;
    tell(pod);
  });
}

function groupOf({ metadata }: StoredObject): string | undefined {
  return metadata.labels?.['eks.amazonaws.com/nodegroup'];
}
