import type { ReplacedWorkersStage } from '../../contract/plan.ts';
import type { StageInput } from '../stageMessages.ts';
import type { StageRun } from '../stageRun.ts';
import { drain } from './drain.ts';
import { awaitNodes, cordon, createBeside, describeGroup, holdOffAutoscalers } from './newNodes.ts';
import { retire } from './retire.ts';
import { Roll } from './roll.ts';
import { freshPass } from './rollState.ts';
import { verifyWave } from './verify.ts';
import { carryThrough } from './wayOut.ts';
import { nextWave, waveLine } from './waves.ts';

/**
 * A new group with all its nodes stands beside the old one before the first drain, so that no Pod is evicted twice
 * (rule 9). The old nodes are drained in waves that follow the budgets; the old group goes when a person says so.
 */
export async function rollBySurge(
  input: StageInput<ReplacedWorkersStage>,
  run: StageRun,
): Promise<{ changed: boolean }> {
  const roll = new Roll(input, run);
  return carryThrough(roll, async () => {
    if (roll.state.phase === 'preparing' && !(await standBeside(roll))) return { changed: false };
    await moveOver(roll);
    await retire(roll, true);
    return { changed: true };
  });
}

/** @returns false when there is nothing left to do: an earlier upgrade has come to its end here */
async function standBeside(roll: Roll): Promise<boolean> {
  const { stage } = roll.input;
  await roll.run.checkpoint();
  const old = await describeGroup(roll, stage.nodeGroup);
  if (!old.exists && (await describeGroup(roll, stage.newNodeGroup)).exists) return false;
  roll.state.pass = freshPass(old.joined);

  await holdOffAutoscalers(roll);
  await createBeside(roll, false);
  await awaitNodes(roll, stage.newNodeGroup, old.size?.desired ?? old.joined);
  // The new nodes are here now, and they are empty: just what an autoscaler would take away.
  await holdOffAutoscalers(roll);
  roll.run.detail(`cordoning all nodes of ${stage.nodeGroup}`);
  await cordon(roll, stage.nodeGroup);
  return true;
}

/** Drains the old group, wave by wave. */
async function moveOver(roll: Roll): Promise<void> {
  const { stage } = roll.input;
  const { state } = roll;
  const { pass } = state;
  for (;;) {
    await roll.run.checkpoint();
    const wave = await nextWave(roll, stage, pass);
    if (wave === undefined) return;
    roll.progress(waveLine(wave, pass), pass.drained.length, pass.groupNodes);
    state.phase = 'moving';
    const owners = await drain(roll, stage.nodeGroup, wave.nodes, pass);
    pass.waves = wave.number;
    await verifyWave(roll, owners);
    await roll.betweenWaves();
  }
}
