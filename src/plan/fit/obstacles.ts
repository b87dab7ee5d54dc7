import type { Room } from './room.ts';
import type { NodeTerm, Obstacle, PodPlacement, Taint, UnplaceablePod } from './types.ts';

/** An objection that a node has to a Pod. */
export interface Met {
  obstacle: Obstacle;
  taint?: Taint;
  /** Of which the node has too little. */
  resource?: string;
}

/** In the order in which the scheduler asks: who gets further has come nearer to a place. */
const order: readonly Obstacle[] = [
  'node-affinity',
  'taint',
  'volume',
  'host-port',
  'resources',
  'pod-affinity',
];

/** Of two objections the one that is met later. */
export function later(one: Met | undefined, other: Met | undefined): Met | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return order.indexOf(other.obstacle) > order.indexOf(one.obstacle) ? other : one;
}

/** @param rooms those that nothing but other Pods keeps this one from */
export function describeObstacle(
  placement: PodPlacement,
  met: Met | undefined,
  rooms: readonly Room[],
): Omit<UnplaceablePod, 'namespace' | 'name'> {
  if (met === undefined) return { obstacle: 'node-affinity', reason: 'there is no node at all' };
  const { obstacle } = met;
  switch (obstacle) {
    case 'node-affinity':
      return { obstacle, reason: `no node has the labels that it wants (${wanted(placement)})` };
    case 'taint':
      return {
        obstacle,
        reason: `it does not tolerate the taint ${met.taint?.key ?? ''}${met.taint?.value === undefined ? '' : `=${met.taint.value}`} of the nodes that it wants`,
      };
    case 'volume':
      return {
        obstacle,
        reason: `no node that it may go to reaches its volumes (${(placement.volumeAffinities ?? []).map(describeTerms).join('; ')})`,
      };
    case 'host-port':
      return {
        obstacle,
        reason: `its ports on the node (${(placement.hostPorts ?? []).join(', ')}) are taken on every node that it may go to`,
      };
    case 'pod-affinity':
      return {
        obstacle,
        reason: 'its affinity to other Pods, or its spreading over topologies, leaves no node with room',
      };
    case 'resources':
      return { obstacle, reason: describeRoom(placement, met.resource ?? 'pods', rooms) };
  }
}

function wanted({ nodeSelector, nodeAffinity }: PodPlacement): string {
  const selected = Object.entries(nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
  return [...selected, ...(nodeAffinity === undefined ? [] : [describeTerms(nodeAffinity)])].join(', ');
}

function describeTerms(terms: readonly NodeTerm[]): string {
  return terms
    .map(({ labels = [], fields = [] }) =>
      [...labels, ...fields]
        .map(({ key, operator, values = [] }) => [key, operator, values.join('|')].join(' ').trim())
        .join(' and '),
    )
    .join(' or ');
}

function describeRoom({ requests }: PodPlacement, resource: string, rooms: readonly Room[]): string {
  if (resource === 'pods') return 'the nodes that it may go to have as many Pods as they take';
  const asked = requests[resource] ?? 0;
  const most = Math.max(0, ...rooms.map((room) => room.left(resource)));
  return most >= asked
    ? 'no node has enough left of all that it asks for at once'
    : `it asks for ${amountOf(resource, asked)} of ${resource}, and no node that it may go to has more than ${amountOf(resource, most)} left`;
}

/** Cores with at most three digits behind the point, bytes in Mi, all else as it is. */
function amountOf(resource: string, amount: number): string {
  if (resource === 'memory' || resource === 'ephemeral-storage' || resource.startsWith('hugepages-'))
    return `${Math.floor(amount / 2 ** 20)}Mi`;
  return String(Math.floor(amount * 1000) / 1000);
}
