import type { Stage } from './stage.ts';

/** Simulated seconds in a real one: a control plane then takes a second. */
export const fullSpeed = 600;
/** Slow enough for a node that is being drained to be seen. */
export const rolling = 30;
/** A step of an update then takes minutes: what is under way stays so until the clock is sped up again. */
export const crawl = 0.1;

type OnStage = Pick<Stage, 'simulator'>;

/** Lets the cluster's time run faster or slower from now on. */
export function setSpeed({ simulator }: OnStage, speed: number): void {
  simulator.cluster.clock.setSpeed(speed);
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

/** How many nodes of a group take no new Pods now. */
export function cordoned({ simulator }: OnStage, nodeGroup: string): number {
  const { items } = simulator.cluster.store.list({ group: '', resource: 'nodes' });
  return items.filter(({ metadata, spec }) => {
    const ofGroup = metadata.labels?.['eks.amazonaws.com/nodegroup'] === nodeGroup;
    return (
      ofGroup && typeof spec === 'object' && spec !== null && Reflect.get(spec, 'unschedulable') === true
    );
  }).length;
}
