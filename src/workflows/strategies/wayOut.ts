import { CancellationScope, ContinueAsNew, isCancellation } from '@temporalio/workflow';
import { failure, troubleOf } from '../failures.ts';
import { debtOf, keep, putBack, putBackAll } from './debts.ts';
import { HoldDecided, holdQuestion } from './holdDecision.ts';
import type { HoldChoice } from './holdDecision.ts';
import { moveBack } from './moveBack.ts';
import { cordon, describeGroup } from './newNodes.ts';
import type { Roll } from './roll.ts';
import { freshPass } from './rollState.ts';
import type { Ending } from './rollState.ts';

/**
 * Carries a roll to an end that is complete, whatever happens on the way (rule 14). Before the first eviction all that
 * was changed is put back. After it, undoing would move every Pod a second time: the roll holds, both groups kept, and
 * a person says `forward`, `back` or `stay`.
 *
 * @param work the roll itself; it goes on where it left off when it is called again
 * @throws what ended it, once the cluster is in a state that a note names
 */
export async function carryThrough<Result>(
  roll: Roll,
  work: () => Promise<Result>,
): Promise<Result | { changed: boolean }> {
  for (;;) {
    let reason: unknown;
    try {
      if (roll.state.phase !== 'moving-back') return await roll.interruptible(work);
    } catch (error) {
      if (error instanceof ContinueAsNew) throw error;
      reason = error;
    }
    const goesOn = await CancellationScope.nonCancellable(() => leave(roll, reason));
    if (!goesOn) return end(roll);
  }
}

/** @returns true when the roll goes on, otherwise it is in an end state and `state.ending` tells which error it is */
async function leave(roll: Roll, reason: unknown): Promise<boolean> {
  const { state } = roll;
  if (state.phase === 'preparing') {
    state.ending = endingOf(roll, reason);
    await putBackAll(roll);
    roll.run.note(
      `No Pod had been evicted: all that was changed for ${roll.input.stage.nodeGroup} was put back.`,
    );
    return false;
  }
  // There is no way back once the old group goes; what is left of our changes is put back.
  if (state.phase === 'retiring') {
    state.ending = endingOf(roll, reason);
    await putBackAll(roll);
    return false;
  }
  if (state.phase !== 'moving-back') state.ending = endingOf(roll, reason);
  let choice: HoldChoice =
    state.phase === 'moving-back' ? 'back' : await chosen(roll, reason, state.ending ?? { aborted: true });
  for (;;) {
    if (choice === 'forward') return goOn(roll);
    if (choice === 'stay') {
      await stay(roll);
      return false;
    }
    try {
      await moveBack(roll);
      roll.run.note(
        `Pods were moved back to ${roll.input.stage.nodeGroup} (${roll.input.stage.from}), and ${roll.input.stage.newNodeGroup} was deleted.`,
      );
      return false;
    } catch (error) {
      if (error instanceof ContinueAsNew) throw error;
      choice =
        error instanceof HoldDecided
          ? error.choice
          : await hold(roll, `Moving back does not go on. ${troubleOf(error).message}`);
    }
  }
}

/** What a person has said already, or says now. */
async function chosen(roll: Roll, reason: unknown, ending: Ending): Promise<HoldChoice> {
  if (reason instanceof HoldDecided) return reason.choice;
  const interruption = roll.interruption;
  if (interruption?.because === 'rollback') {
    if (roll.input.stage.strategy === 'surge') return 'back';
  }
  return hold(roll, ending.aborted ? 'The upgrade is being aborted.' : ending.message);
}

async function hold(roll: Roll, why: string): Promise<HoldChoice> {
  const { stage } = roll.input;
  const { pass } = roll.state;
  const lines = {
    forward: '- `forward`: the roll goes on to its end',
    back: `- \`back\`: Pods are moved back to ${stage.nodeGroup} in waves, and ${stage.newNodeGroup} is deleted: every Pod that has moved is evicted again`,
    stay:
      stage.strategy === 'surge'
        ? `- \`stay\`: it ends here; ${stage.nodeGroup} (${stage.from}, cordoned) and ${stage.newNodeGroup} (${stage.to}) both stay as they are`
        : `- \`stay\`: it ends here; nodes of ${stage.from} and ${stage.to} stay together, as many as there were`,
  };
  const question = holdQuestion(roll, 'hold', []);
  roll.run.detail('it holds: a person decides whether it goes forward, back, or stays');
  const { decision } = await roll.questions.decide({
    ...question,
    shown: [
      `${why} Pods have been evicted from ${stage.nodeGroup} already (${pass.drained.length} of ${pass.groupNodes} nodes empty).`,
      ...question.options.map((option) => lines[option as HoldChoice]),
    ],
  });
  return decision as HoldChoice;
}

/** From here an abort that has come before no longer ends it. */
async function goOn(roll: Roll): Promise<true> {
  const { state } = roll;
  const { stage } = roll.input;
  if (state.phase === 'moving-back') {
    // Forward again from half way back: the new nodes take Pods, the old ones do not, and all are looked at anew.
    state.phase = 'moving';
    const cordons = debtOf(roll, 'uncordonNodes', stage.newNodeGroup);
    if (cordons !== undefined) await putBack(roll, cordons);
    await cordon(roll, stage.nodeGroup);
    state.pass = freshPass((await describeGroup(roll, stage.nodeGroup)).joined);
  }
  state.insisted ||= state.ending?.aborted === true;
  delete state.ending;
  return true;
}

/** Both groups stay, and the note says how each stands. */
async function stay(roll: Roll): Promise<void> {
  const { stage } = roll.input;
  if (stage.strategy === 'in-place') {
    keep(roll, 'deleteNodeGroup', stage.newNodeGroup);
  } else {
    keep(roll, 'uncordonNodes', stage.nodeGroup);
    keep(roll, 'deleteNodeGroup', stage.newNodeGroup);
    const cordons = debtOf(roll, 'uncordonNodes', stage.newNodeGroup);
    if (cordons !== undefined) await putBack(roll, cordons);
  }
  await putBackAll(roll);
  const [old, fresh] = [
    await describeGroup(roll, stage.nodeGroup),
    await describeGroup(roll, stage.newNodeGroup),
  ];
  roll.run.note(
    `Both groups stay: ${stage.nodeGroup} at ${stage.from} with ${old.joined} nodes (${old.schedulable} of them take Pods), ${stage.newNodeGroup} at ${stage.to} with ${fresh.joined} nodes (${fresh.schedulable} of them take Pods).`,
  );
}

function endingOf(roll: Roll, reason: unknown): Ending {
  if (reason instanceof HoldDecided) return { aborted: false, type: 'RollStopped', message: reason.message };
  if (isCancellation(reason)) {
    if (roll.interruption?.because !== 'rollback') return { aborted: true };
    const by = roll.interruption.by ?? 'somebody';
    return {
      aborted: false,
      type: 'RolledBack',
      message: `${by} had the roll of ${roll.input.stage.nodeGroup} taken back.`,
    };
  }
  const { type, message } = troubleOf(reason);
  return { aborted: false, type, message };
}

/**
 * An aborted roll returns: the root, whose own work is cancelled, ends as aborted. Any other error is thrown.
 */
function end({ state }: Roll): { changed: boolean } {
  const { ending } = state;
  if (ending === undefined || ending.aborted) return { changed: state.phase !== 'preparing' };
  throw failure(ending.type, ending.message);
}
