import { sleep } from '@temporalio/workflow';
import type { DrainOutcome } from '../../activities/workerTypes.ts';
import type { EvidenceReference } from '../../contract/evidence.ts';
import type { Decision, OwnerReference, StuckPod } from '../../contract/workers.ts';
import { perform } from '../activities.ts';
import type { DecisionTaken } from '../stageQuestions.ts';
import { steadily } from '../steadily.ts';
import { now, scaledDuration } from '../time.ts';
import type { Roll } from './roll.ts';
import type { Pass } from './rollState.ts';

/** What can be said to a drain that is stuck. */
const options: Decision[] = ['wait', 'restart', 'skip', 'force'];

/**
 * Drains the nodes of a wave until each is empty, gone, or left as it is by a person's decision. While it is stuck a
 * person is asked, and it is tried on: what mends itself needs no answer (rule 15).
 *
 * @param pass gets the nodes that are empty, and those that were skipped
 * @returns where the owners of the evicted Pods stand in the evidence
 */
export async function drain(
  roll: Roll,
  nodeGroup: string,
  nodes: readonly string[],
  pass: Pass,
): Promise<EvidenceReference[]> {
  const owners: EvidenceReference[] = [];
  let left = [...nodes];
  const take = (outcome: DrainOutcome) => {
    owners.push(outcome.owners);
    pass.drained.push(...outcome.drained.filter((node) => left.includes(node)));
    if (outcome.vanished.length > 0) {
      roll.run.note(`Nodes that vanished during their drain: ${outcome.vanished.join(', ')}.`);
    }
    left = left.filter((node) => !outcome.drained.includes(node) && !outcome.vanished.includes(node));
    return outcome;
  };
  while (left.length > 0) {
    const outcome = take(await drainOnce(roll, nodeGroup, left));
    if (outcome.state === 'drained') break;
    const answer = await askAbout(roll, nodeGroup, outcome, () => left, take);
    if (answer === undefined) break;
    left = await carryOut(roll, answer, outcome, left, pass);
  }
  return owners;
}

function drainOnce(roll: Roll, nodeGroup: string, nodes: readonly string[]): Promise<DrainOutcome> {
  const { context, stage } = roll.input;
  return steadily(roll.run, () =>
    perform('drainWave', `Drain ${nodes.length} nodes of ${nodeGroup}`, {
      context,
      nodeGroup,
      nodes: [...nodes],
      policy: stage.drain,
      timeoutMs: roll.limit('drainTimeout'),
      madeBy: roll.madeBy,
    }),
  );
}

/** @returns undefined when the drain has come to its end without an answer */
async function askAbout(
  roll: Roll,
  nodeGroup: string,
  stuck: DrainOutcome,
  left: () => readonly string[],
  take: (outcome: DrainOutcome) => DrainOutcome,
): Promise<DecisionTaken | undefined> {
  const { request } = roll.input;
  const shown = stuckShown(stuck.stuck, stuck.stuckCount);
  roll.run.beginWait('drain', shown.join(' '));
  try {
    const outcome = await roll.questions.ask(
      {
        about: 'drain',
        options,
        byDefault: request.workers.stuck.byDefault,
        timeoutMs: scaledDuration(request.timing, request.workers.stuck.timeout),
        shown,
        pods: stuck.stuck,
      },
      async () => {
        for (;;) {
          // What no waiting mends ends a drain at once: it is tried now and then, for somebody may mend it.
          await sleep(roll.limit('reconnectInterval'), { summary: 'before the drain is tried again' });
          const last = take(await drainOnce(roll, nodeGroup, left()));
          if (last.state === 'drained') return last;
        }
      },
    );
    return 'answer' in outcome ? outcome.answer : undefined;
  } finally {
    roll.run.endWait('drain');
  }
}

/** @returns the nodes that are still to be drained */
async function carryOut(
  roll: Roll,
  { decision, node, pods, by }: DecisionTaken,
  { stuck }: DrainOutcome,
  left: string[],
  pass: Pass,
): Promise<string[]> {
  const { context } = roll.input;
  const who = by === undefined ? 'Nobody decided in time' : `${by} decided`;
  switch (decision) {
    case 'restart': {
      const owners = ownersOf(stuck.filter(({ uid }) => pods.some((pod) => pod.uid === uid)));
      const { problems } = await steadily(roll.run, () =>
        perform('restartOwners', `Roll ${owners.map(ownerName).join(', ')}`, {
          context,
          owners,
          restartedAt: now(),
        }),
      );
      roll.run.note(
        `${who}: ${owners.map(ownerName).join(', ') || 'nothing'} was rolled, so that its Pods start elsewhere.${problems.map((problem) => ` ${problem}`).join('')}`,
      );
      return left;
    }
    case 'force': {
      const named = pods.map(({ namespace, name }) => `${namespace}/${name}`).join(', ');
      const { deleted, gone } = await steadily(roll.run, () =>
        perform('deletePods', `Delete ${named}, whatever their budgets say`, { context, pods }),
      );
      roll.run.note(
        `${who}: ${named} deleted whatever the budgets say (${deleted} deleted, ${gone} gone already).`,
      );
      return left;
    }
    case 'skip': {
      const skipped = node === undefined ? [...new Set(stuck.map((pod) => pod.node))] : [node];
      const skippedHere = skipped.filter((name) => left.includes(name));
      pass.skipped.push(...skippedHere);
      roll.run.note(`${who}: left as it is: ${skippedHere.join(', ')}.`);
      return left.filter((name) => !skippedHere.includes(name));
    }
    default:
      return left;
  }
}

/** What a person is shown: each Pod with its budgets, their numbers, and since when. */
export function stuckShown(stuck: readonly StuckPod[], count: number): string[] {
  return [
    ...stuck.map(({ since, message }) => `- ${message} (since ${since})`),
    ...(count > stuck.length ? [`- and ${count - stuck.length} more`] : []),
  ];
}

function ownersOf(pods: readonly StuckPod[]): OwnerReference[] {
  const owners = new Map<string, OwnerReference>();
  for (const { owner } of pods) if (owner !== undefined) owners.set(owner.uid, owner);
  return [...owners.values()];
}

function ownerName({ kind, namespace, name }: OwnerReference): string {
  return `${kind} ${namespace}/${name}`;
}
