import { selects } from '../labelSelector.ts';
import type { LabelSelector } from '../labelSelector.ts';
import type { FitNode, FitPod, PodTerm } from './types.ts';

type Counts = Map<string, number>;

/** One term, of however many Pods, with the Pods that were counted for it, by the value of its topology key. */
interface Tally {
  topologyKey: string;
  selector: LabelSelector | undefined;
  /** Undefined: all. */
  namespaces: ReadonlySet<string> | undefined;
  /** Placed Pods that the term selects. */
  selected: Counts;
  /** Placed Pods that have the term as an anti-affinity. */
  owners: Counts;
}

/** What a Pod of one placement and namespace has to do with terms; worked out once for all Pods like it. */
interface Ties {
  affinities: { tally: Tally; self: boolean }[];
  antiAffinities: Tally[];
  spreads: { tally: Tally; maxSkew: number; self: boolean; domains: ReadonlySet<string> }[];
  /** Every term, of this Pod or another, that selects this Pod. */
  selectedBy: Tally[];
}

/**
 * Required affinity and anti-affinity between Pods and spreading over topologies, kept up as Pods are placed. It works
 * with counts, so that a question costs as much as a Pod has terms, not as there are Pods.
 */
export class PodRules {
  readonly #tallies = new Map<string, Tally>();
  readonly #ties = new Map<FitPod['placement'], Map<string, Ties>>();
  readonly #nodes: readonly FitNode[];
  readonly #mayRun: (pod: FitPod, node: FitNode) => boolean;

  /**
   * @param pods all that will be placed or asked about
   * @param mayRun whether a node meets a Pod's node selector and affinity: only such nodes are spread over
   */
  constructor(
    pods: readonly FitPod[],
    nodes: readonly FitNode[],
    mayRun: (pod: FitPod, node: FitNode) => boolean,
  ) {
    this.#nodes = nodes;
    this.#mayRun = mayRun;
    for (const pod of pods) {
      const { podAffinity = [], podAntiAffinity = [], spread = [] } = pod.placement;
      for (const term of [...podAffinity, ...podAntiAffinity, ...spread]) this.#tallyOf(term, pod.namespace);
    }
  }

  /** Whether the placed Pods let this one onto a node. */
  allow(pod: FitPod, node: FitNode): boolean {
    const { affinities, antiAffinities, spreads, selectedBy } = this.#tiesOf(pod);
    return (
      affinities.every(({ tally, self }) => {
        const at = node.labels[tally.topologyKey];
        if (at === undefined) return false;
        // The first of a set that belongs together may go anywhere.
        return (tally.selected.get(at) ?? 0) > 0 || (self && tally.selected.size === 0);
      }) &&
      antiAffinities.every((tally) => countAt(tally.selected, tally, node) === 0) &&
      selectedBy.every((tally) => countAt(tally.owners, tally, node) === 0) &&
      spreads.every(({ tally, maxSkew, self, domains }) => {
        const at = node.labels[tally.topologyKey];
        if (at === undefined) return false;
        let fewest = Number.POSITIVE_INFINITY;
        for (const domain of domains) fewest = Math.min(fewest, tally.selected.get(domain) ?? 0);
        return (tally.selected.get(at) ?? 0) + (self ? 1 : 0) - fewest <= maxSkew;
      })
    );
  }

  /** Counts a Pod that runs on a node from now on. */
  add(pod: FitPod, node: FitNode): void {
    const { antiAffinities, selectedBy } = this.#tiesOf(pod);
    for (const tally of selectedBy) increase(tally.selected, tally, node);
    for (const tally of antiAffinities) increase(tally.owners, tally, node);
  }

  #tiesOf(pod: FitPod): Ties {
    const byNamespace = this.#ties.get(pod.placement) ?? new Map<string, Ties>();
    this.#ties.set(pod.placement, byNamespace);
    const known = byNamespace.get(pod.namespace);
    if (known !== undefined) return known;
    const { labels, podAffinity = [], podAntiAffinity = [], spread = [] } = pod.placement;
    const covers = ({ selector, namespaces }: Tally): boolean =>
      (namespaces === undefined || namespaces.has(pod.namespace)) && selects(selector, labels);
    const tallyOf = (term: PodTerm): Tally => this.#tallyOf(term, pod.namespace);
    const ties: Ties = {
      affinities: podAffinity.map(tallyOf).map((tally) => ({ tally, self: covers(tally) })),
      antiAffinities: podAntiAffinity.map(tallyOf),
      spreads: spread.map((constraint) => {
        const tally = tallyOf(constraint);
        const domains = this.#nodes
          .filter((node) => this.#mayRun(pod, node))
          .flatMap(({ labels: of }) => of[constraint.topologyKey] ?? []);
        return { tally, maxSkew: constraint.maxSkew, self: covers(tally), domains: new Set(domains) };
      }),
      selectedBy: [...this.#tallies.values()].filter(covers),
    };
    byNamespace.set(pod.namespace, ties);
    return ties;
  }

  #tallyOf({ topologyKey, selector, namespaces = [] }: PodTerm, own: string): Tally {
    const all = namespaces.includes('*');
    const named = all ? ['*'] : namespaces.length === 0 ? [own] : namespaces.toSorted();
    const key = JSON.stringify([topologyKey, selector, named]);
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    const tally: Tally = {
      topologyKey,
      selector,
      namespaces: all ? undefined : new Set(named),
      selected: new Map(),
      owners: new Map(),
    };
    this.#tallies.set(key, tally);
    return tally;
  }
}

function countAt(counts: Counts, { topologyKey }: Tally, node: FitNode): number {
  const at = node.labels[topologyKey];
  return at === undefined ? 0 : (counts.get(at) ?? 0);
}

function increase(counts: Counts, { topologyKey }: Tally, node: FitNode): void {
  const at = node.labels[topologyKey];
  if (at !== undefined) counts.set(at, (counts.get(at) ?? 0) + 1);
}
