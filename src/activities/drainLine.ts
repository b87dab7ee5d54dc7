import type { StuckPod } from '../contract/workers.ts';
import type { DrainSnapshot } from '../kubernetes/drain/drainOptions.ts';

/** One line for people: `12 of 40 nodes empty, 230 Pods evicted, 3 wait for budgets: shop/web-pdb (0 allowed) 40 s`. */
export function drainLine(nodes: number, snapshot: DrainSnapshot | undefined, now: Date): string {
  if (snapshot === undefined) return `looking at the Pods of ${nodes} nodes`;
  const { drained, vanished, evicted, stuck, left } = snapshot;
  const parts = [`${drained.length + vanished.length} of ${nodes} nodes empty`, `${evicted} Pods evicted`];
  if (vanished.length > 0) parts.push(`${vanished.length} nodes are gone`);
  if (left > 0) parts.push(`${left} left`);
  const [first] = stuck;
  return first === undefined ? parts.join(', ') : `${parts.join(', ')}: ${obstacle(first, now)}`;
}

function obstacle(pod: StuckPod, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(pod.since)) / 1000));
  return `${pod.namespace}/${pod.name} ${reasonOf(pod)} ${seconds} s`;
}

function reasonOf({ reason, budgets, owner }: StuckPod): string {
  switch (reason) {
    case 'budget':
    case 'several-budgets':
      return `waits for ${budgets
        .map(
          ({ namespace, name, disruptionsAllowed }) => `${namespace}/${name} (${disruptionsAllowed} allowed)`,
        )
        .join(', ')}`;
    case 'implied-budget':
      return `waits for other Pods of ${owner?.kind ?? 'its owner'} ${owner?.name ?? ''}`.trimEnd();
    case 'terminating':
      return 'is ending';
    default:
      return `can't go (${reason})`;
  }
}
