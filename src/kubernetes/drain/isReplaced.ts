import type { ObservedNode } from '../../plan/observation.ts';

type Node = Pick<ObservedNode, 'name' | 'nodeGroup' | 'ready' | 'unschedulable'>;

/**
 * Whether the successor of a Pod on this node goes to another one that stays: the platform's own roll has cordoned the
 * old nodes of the group, and new ones are Ready. A group of one, whose node ends before the next one starts, has no
 * other to wait for.
 *
 * @param name the Pod's node; one that is gone holds nothing
 */
export function isReplaced(name: string | undefined, nodeGroup: string, nodes: readonly Node[]): boolean {
  const own = nodes.find((node) => node.name === name);
  if (own === undefined) return true;
  if (!own.unschedulable) return false;
  const others = nodes.filter((node) => node.nodeGroup === nodeGroup && node !== own);
  return others.length === 0 || others.some(({ ready, unschedulable }) => ready && !unschedulable);
}
