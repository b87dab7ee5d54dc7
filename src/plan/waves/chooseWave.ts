import { inTurn } from './nodeOrder.ts';
import { standings } from './standing.ts';
import type { Standing } from './standing.ts';
import type { ChosenWave, WaveQuestion } from './types.ts';
import { parallelNodes, waveSize } from './waveSize.ts';
import { takeBalanced } from './zones.ts';

/**
 * The nodes to drain next (rule 18). The first wave is one node without stateful Pods, the canary, unless the policy
 * wants none; then waves grow up to `maxParallel`, balanced over the zones. No nodes: all that could be drained are.
 *
 * Stands on the cluster as it is now, so that nodes which vanish or come in between do no harm. The same question gives
 * the same answer whatever the order of nodes and Pods.
 */
export function chooseWave(question: WaveQuestion): ChosenWave {
  const { policy, waves, groupNodes } = question;
  const done = new Set([...question.drained, ...question.skipped]);
  const left = question.nodes.filter(({ name }) => !done.has(name));
  const turn = inTurn(standings(left, question.pods, question.limits), policy.order);
  const number = waves + 1;
  const canary = policy.canary && waves === 0;
  const chosen = canary ? canaryOf(turn, policy.order) : wholeWave(turn, question, number, groupNodes);
  return {
    number,
    nodes: chosen.map(({ node }) => node.name),
    canary: canary && chosen.length > 0,
    left: left.length - chosen.length,
    why: canary ? whyCanary(chosen, policy.order) : whyWave(chosen, policy.order),
  };
}

/** One node whose Pods are the easiest to miss: no stateful one, or where each node has some the fewest; and Ready. */
function canaryOf(turn: readonly Standing[], order: readonly string[]): Standing[] {
  const [first] = turn;
  if (first === undefined) return [];
  if (order.includes(first.node.name)) return [first];
  const best = turn.reduce((one, other) => {
    if (one.node.ready !== other.node.ready) return one.node.ready ? one : other;
    return other.stateful < one.stateful ? other : one;
  });
  return [best];
}

/** The request's own nodes as it has them, and then balanced; those with stateful Pods last. */
function wholeWave(
  turn: readonly Standing[],
  { policy }: WaveQuestion,
  number: number,
  groupNodes: number,
): Standing[] {
  const size = waveSize(number, policy.canary, parallelNodes(policy.maxParallel, groupNodes));
  const requested = new Set(policy.order);
  const classes = [
    turn.filter(({ node }) => requested.has(node.name)).slice(0, size),
    turn.filter(({ node, stateful }) => !requested.has(node.name) && stateful === 0),
    turn.filter(({ node, stateful }) => !requested.has(node.name) && stateful > 0),
  ];
  return classes.reduce<Standing[]>(
    (wave, nodes) => [...wave, ...takeBalanced(nodes, size - wave.length)],
    [],
  );
}

function whyCanary(chosen: readonly Standing[], order: readonly string[]): string {
  const [canary] = chosen;
  if (canary === undefined) return nothingLeft;
  const { node, stateful, pods } = canary;
  const what = `${count(pods, 'Pod')}, ${stateful === 0 ? 'none stateful' : `${stateful} stateful`}`;
  if (order.includes(node.name)) return `Canary: ${node.name} (${what}), as the request's order says.`;
  const unready = node.ready ? '' : ' No node is Ready.';
  if (stateful > 0) {
    return `Canary: ${node.name} (${what}). Every node has stateful Pods; this one has the fewest.${unready}`;
  }
  return `Canary: ${node.name} (${what}).${unready}`;
}

function whyWave(chosen: readonly Standing[], order: readonly string[]): string {
  if (chosen.length === 0) return nothingLeft;
  const requested = chosen.filter(({ node }) => order.includes(node.name)).length;
  const stateful = chosen.filter((each) => each.stateful > 0).length;
  const tightest = chosen.reduce((one, other) => (other.rounds > one.rounds ? other : one));
  const zones = new Set(chosen.map(({ node }) => node.zone ?? '')).size;
  const unready = chosen.filter(({ node }) => !node.ready).length;
  return [
    `${count(chosen.length, 'node')} in ${count(zones, 'zone')}`,
    requested === 0 ? '' : `${requested} by the request's order`,
    stateful === 0 ? 'no stateful Pods' : `${stateful} with stateful Pods`,
    unready === 0 ? '' : `${unready} not Ready`,
    tightest.tightest === undefined ? 'nothing binds their Pods' : `tightest: ${describeLimit(tightest)}`,
  ]
    .filter((part) => part !== '')
    .join('; ')
    .concat('.');
}

const nothingLeft = 'No node is left to drain.';

function describeLimit({ tightest, rounds }: Standing): string {
  const name = tightest?.name ?? '';
  if (rounds === Infinity) return `${name}, which lets no Pod go`;
  return `${name}, ${count(tightest?.allowed ?? 0, 'Pod')} at a time in ${count(rounds, 'round')}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
