import { CancellationScope, sleep } from '@temporalio/workflow';
import type { Wave } from '../../activities/workerTypes.ts';
import type { ReplacedWorkersStage } from '../../contract/plan.ts';
import type { StageInput } from '../stageMessages.ts';
import type { StageRun } from '../stageRun.ts';
import { debtOf, owe } from './debts.ts';
import { drain } from './drain.ts';
import { HoldDecided, holdQuestion } from './holdDecision.ts';
import type { HoldChoice } from './holdDecision.ts';
import { awaitNodes, cordon, createBeside, describeGroup, holdOffAutoscalers } from './newNodes.ts';
import { resizeGroup } from './resizeGroup.ts';
import { endNodes, leaveLoadBalancers, retire } from './retire.ts';
import { Roll } from './roll.ts';
import { freshPass } from './rollState.ts';
import { verifyWave } from './verify.ts';
import { carryThrough } from './wayOut.ts';
import { nextWave, waveLine } from './waves.ts';

/**
 * A wave of old nodes ends before as many new ones start: no spare nodes, at the cost of a wave's capacity. Only the
 * wave that is drained is cordoned, and only when its Pods fit elsewhere.
 */
export async function rollInPlace(
  input: StageInput<ReplacedWorkersStage>,
  run: StageRun,
): Promise<{ changed: boolean }> {
  const roll = new Roll(input, run);
  return carryThrough(roll, async () => {
    if (roll.state.phase === 'preparing' && !(await prepare(roll))) return { changed: false };
    await replaceInWaves(roll);
    // What is left of the old group has no node: there is nothing to go back to, so nobody is asked.
    await retire(roll, false);
    return { changed: true };
  });
}

/** @returns false when there is nothing left to do */
async function prepare(roll: Roll): Promise<boolean> {
  const { stage } = roll.input;
  await roll.run.checkpoint();
  if (debtOf(roll, 'deleteNodeGroup') !== undefined) return true;
  const old = await describeGroup(roll, stage.nodeGroup);
  if (!old.exists && (await describeGroup(roll, stage.newNodeGroup)).exists) return false;
  roll.state.pass = freshPass(old.joined);
  await holdOffAutoscalers(roll);
  await createBeside(roll, true);
  await awaitNodes(roll, stage.newNodeGroup, 0);
  return true;
}

async function replaceInWaves(roll: Roll): Promise<void> {
  const { stage } = roll.input;
  const { state } = roll;
  const { pass } = state;
  // What an earlier try has ended is made whole before more is.
  if (state.phase === 'moving') await finishReplacement(roll);
  for (;;) {
    await roll.run.checkpoint();
    const wave = await placeableWave(roll);
    if (wave === undefined) {
      await makeWhole(roll);
      return;
    }
    const done = pass.groupNodes - wave.left - wave.nodes.length;
    roll.progress(waveLine(wave, pass), done, pass.groupNodes);
    await cordon(roll, stage.nodeGroup, wave.nodes);
    state.phase = 'moving';
    const owners = await drain(roll, stage.nodeGroup, wave.nodes, pass);
    pass.waves = wave.number;
    await finishReplacement(roll);
    await verifyWave(roll, owners);
    await roll.betweenWaves();
  }
}

/**
 * The next wave, once its Pods fit on the other nodes (rule 9): until then nothing is cordoned, and a person may say
 * `forward`, so that they wait for the new nodes.
 */
async function placeableWave(roll: Roll): Promise<Wave | undefined> {
  const { stage } = roll.input;
  const { pass } = roll.state;
  const wave = await nextWave(roll, stage, pass);
  if (wave === undefined || wave.unplaceable.length === 0) return wave;
  const what = 'Pods of the next wave would find no room on the other nodes';
  roll.run.beginWait('drain', `${what}: ${wave.unplaceable.join('; ')}`);
  try {
    const outcome = await roll.questions.ask(
      holdQuestion(roll, 'hold', [
        `${what}:`,
        ...wave.unplaceable.map((line) => `- ${line}`),
        '- `forward`: they are evicted all the same, and wait for the new nodes',
      ]),
      async () => {
        for (;;) {
          await sleep(roll.run.reconnectMs, { summary: 'before it is looked for room again' });
          const again = await nextWave(roll, stage, pass);
          if (again === undefined || again.unplaceable.length === 0) return again;
        }
      },
    );
    if ('mended' in outcome) return outcome.mended;
    const { decision } = outcome.answer;
    if (decision !== 'forward') throw new HoldDecided(decision as HoldChoice, `${what}.`);
    return wave;
  } finally {
    roll.run.endWait('drain');
  }
}

/**
 * Ends the drained nodes and starts as many new ones. Once a node is being ended the new one is owed, so that nothing
 * breaks into it; waiting for new nodes can be broken into.
 */
async function finishReplacement(roll: Roll): Promise<void> {
  const { stage } = roll.input;
  const { pass } = roll.state;
  const drained = [...pass.drained];
  if (drained.length > 0) {
    await leaveLoadBalancers(roll, drained);
    await owesNodes(roll);
    await CancellationScope.nonCancellable(async () => {
      roll.run.detail(`ending ${drained.length} drained nodes of ${stage.nodeGroup}`);
      await endNodes(roll, drained);
      pass.drained = pass.drained.filter((node) => !drained.includes(node));
    });
  }
  const old = await describeGroup(roll, stage.nodeGroup);
  await growTo(roll, pass.groupNodes - (old.size?.desired ?? 0));
}

/**
 * A node of the old group that vanished may have a successor there that has not joined yet: no wave finds it, and it goes
 * with its group. The new group has that node instead.
 */
async function makeWhole(roll: Roll): Promise<void> {
  const { stage } = roll.input;
  const { pass } = roll.state;
  const { size } = await describeGroup(roll, stage.newNodeGroup);
  const wanted = pass.groupNodes - pass.skipped.length;
  if (size !== undefined && size.desired < wanted) await growTo(roll, wanted);
}

async function growTo(roll: Roll, wanted: number): Promise<void> {
  const { newNodeGroup } = roll.input.stage;
  const { size } = await describeGroup(roll, newNodeGroup);
  if (size === undefined || wanted <= 0) return;
  if (size.desired < wanted) {
    await CancellationScope.nonCancellable(() => resizeGroup(roll, newNodeGroup, size, wanted));
  }
  await awaitNodes(roll, newNodeGroup, wanted);
  await holdOffAutoscalers(roll);
}

/** Recorded once for the whole roll, before its first node is ended. */
async function owesNodes(roll: Roll): Promise<void> {
  const { nodeGroup: beside, newNodeGroup: nodeGroup } = roll.input.stage;
  if (debtOf(roll, 'restoreNodeGroupSize') !== undefined) return;
  const nodes = roll.state.pass.groupNodes;
  await owe(roll, {
    undo: 'restoreNodeGroupSize',
    args: { nodeGroup, beside, nodes },
    what: `${nodes} nodes in ${beside} and ${nodeGroup} together`,
  });
}
