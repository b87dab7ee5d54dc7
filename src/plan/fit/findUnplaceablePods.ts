import { matchesNode, reachesVolumes, untolerated } from './nodeRules.ts';
import { PodRules } from './podRules.ts';
import { describeObstacle, later } from './obstacles.ts';
import type { Met } from './obstacles.ts';
import { Room, shareOf } from './room.ts';
import type { Share } from './room.ts';
import type { FitNode, FitPod, PodPlacement, Resources, UnplaceablePod } from './types.ts';

export interface FitQuestion {
  /** Pods that need a new place; where they run now does not matter. */
  pods: readonly FitPod[];
  /** Nodes that they may go to. */
  nodes: readonly FitNode[];
  /** Pods that run on these nodes and stay there; those on other nodes are passed over. */
  running?: readonly FitPod[];
}

/**
 * The Pods that would find no node, each with what keeps it away. Asks what the scheduler's filters ask (node selector
 * and affinity, taints and cordons, volumes, ports, requests, affinity among Pods, spreading); preferences keep no Pod
 * away, and preemption is not reckoned with: that a Pod fits by pushing out another is no answer to whether both fit.
 *
 * Places the largest first, each on the first node that takes it (first-fit-decreasing). A packing that only a cleverer
 * order would find is therefore missed: what it reports can be too much by a little, what it passes fits.
 * The same input gives the same answer whatever the order of Pods and nodes.
 */
export function findUnplaceablePods(question: FitQuestion): UnplaceablePod[] {
  return placePods(question).unplaceable;
}

/** The same, with where the others go: each Pod as it would run then. */
export function placePods({ pods, nodes, running = [] }: FitQuestion): {
  placed: FitPod[];
  unplaceable: UnplaceablePod[];
} {
  const rooms = nodes
    .toSorted((one, other) => compareText(one.name, other.name))
    .map((node) => new Room(node));
  const roomOf = new Map(rooms.map((room) => [room.node.name, room]));
  const staying = running.filter(({ node }) => node !== undefined && roomOf.has(node));
  const rules = new PodRules([...staying, ...pods], nodes, (pod, node) => matchesNode(pod.placement, node));
  for (const pod of staying) {
    const room = roomOf.get(pod.node ?? '');
    if (room === undefined) continue;
    room.take(shareOf(pod.placement));
    rules.add(pod, room.node);
  }
  const candidates = new Map<PodPlacement, Candidates>();
  const placed: FitPod[] = [];
  const unplaceable: UnplaceablePod[] = [];
  for (const pod of largestFirst(pods, nodes)) {
    const known = candidates.get(pod.placement) ?? new Candidates(pod.placement, rooms);
    candidates.set(pod.placement, known);
    const taken = known.find(pod, rules);
    if (!(taken instanceof Room)) {
      unplaceable.push({ namespace: pod.namespace, name: pod.name, ...taken });
      continue;
    }
    taken.take(known.share);
    rules.add(pod, taken.node);
    placed.push({ ...pod, node: taken.node.name });
  }
  return { placed, unplaceable };
}

const portTaken: Met = { obstacle: 'host-port' };
const keptByPods: Met = { obstacle: 'pod-affinity' };

/** The nodes that Pods of one placement may go to, as far as nodes themselves decide that. */
class Candidates {
  readonly share: Share;
  readonly #rooms: Room[] = [];
  readonly #placement: PodPlacement;
  /** What the nodes that are not among them object to, the latest objection. */
  #met: Met | undefined;
  /** Rooms before this one are too full for good: what is placed never goes away. */
  #from = 0;
  #fullest: Met | undefined;

  constructor(placement: PodPlacement, rooms: readonly Room[]) {
    this.#placement = placement;
    this.share = shareOf(placement);
    for (const room of rooms) {
      const objection = objectionOf(placement, room.node);
      if (objection === undefined) this.#rooms.push(room);
      else this.#met = later(this.#met, objection);
    }
  }

  find(pod: FitPod, rules: PodRules): Room | Omit<UnplaceablePod, 'namespace' | 'name'> {
    let met = later(this.#met, this.#fullest);
    let allFull = true;
    for (let index = this.#from; index < this.#rooms.length; index += 1) {
      const room = this.#rooms[index];
      if (room === undefined) break;
      const objection = roomObjection(this.share, room);
      if (objection !== undefined) {
        met = later(met, objection);
        if (allFull) {
          this.#from = index + 1;
          this.#fullest = later(this.#fullest, objection);
        }
        continue;
      }
      allFull = false;
      if (rules.allow(pod, room.node)) return room;
      met = later(met, keptByPods);
    }
    return describeObstacle(this.#placement, met, this.#rooms);
  }
}

/** Whether a node would take Pods of a placement if nothing else ran there, room and other Pods aside. */
export function admits(placement: PodPlacement, node: FitNode): boolean {
  return objectionOf(placement, node) === undefined;
}

/** What a node has against a Pod, whatever else runs there, in the order of the scheduler's filters. */
function objectionOf(placement: PodPlacement, node: FitNode): Met | undefined {
  if (!matchesNode(placement, node)) return { obstacle: 'node-affinity' };
  const taint = untolerated(placement, node);
  if (taint !== undefined) return { obstacle: 'taint', taint };
  return reachesVolumes(placement, node) ? undefined : { obstacle: 'volume' };
}

function roomObjection(share: Share, room: Room): Met | undefined {
  if (room.portsTaken(share)) return portTaken;
  const resource = room.lacks(share);
  return resource === undefined ? undefined : { obstacle: 'resources', resource };
}

/** By the largest share that a Pod asks of what the largest node has; then by name, so that the order is one. */
function largestFirst(pods: readonly FitPod[], nodes: readonly FitNode[]): FitPod[] {
  const most: Resources = {};
  for (const { allocatable } of nodes)
    for (const [resource, amount] of Object.entries(allocatable))
      most[resource] = Math.max(most[resource] ?? 0, amount);
  const shares = new Map<PodPlacement, number>();
  const share = (placement: PodPlacement): number => {
    const known = shares.get(placement);
    if (known !== undefined) return known;
    const largest = Math.max(
      0,
      ...Object.entries(placement.requests).map(([resource, amount]) =>
        amount <= 0 ? 0 : amount / (most[resource] ?? Number.MIN_VALUE),
      ),
    );
    shares.set(placement, largest);
    return largest;
  };
  return pods.toSorted(
    (one, other) =>
      share(other.placement) - share(one.placement) ||
      compareText(one.namespace, other.namespace) ||
      compareText(one.name, other.name),
  );
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
