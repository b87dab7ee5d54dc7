import type { ReplacedWorkersStage } from '../../contract/plan.ts';
import { debtOf, putBack, putBackAll } from './debts.ts';
import { drain } from './drain.ts';
import { cordon, describeGroup } from './newNodes.ts';
import type { Roll } from './roll.ts';
import { freshPass } from './rollState.ts';
import { verifyWave } from './verify.ts';
import { nextWave, waveLine } from './waves.ts';

/**
 * Moves Pods back to the old nodes, the same way in which they came, and takes the new group away. Goes on where an
 * earlier run has left off.
 */
export async function moveBack(roll: Roll): Promise<void> {
  const { stage } = roll.input;
  const { nodeGroup: old, newNodeGroup: fresh } = stage;
  const { state } = roll;
  if (state.phase !== 'moving-back') {
    state.phase = 'moving-back';
    const { joined } = await describeGroup(roll, fresh);
    state.pass = freshPass(joined);
  }
  const cordons = debtOf(roll, 'uncordonNodes', old);
  if (cordons !== undefined) await putBack(roll, cordons);
  await cordon(roll, fresh);
  const back: ReplacedWorkersStage = {
    ...stage,
    strategy: 'surge',
    nodeGroup: fresh,
    newNodeGroup: old,
    from: stage.to,
    to: stage.from,
  };
  for (;;) {
    const wave = await nextWave(roll, back, state.pass);
    if (wave === undefined) break;
    roll.progress(
      `moving Pods back: ${waveLine(wave, state.pass)}`,
      state.pass.drained.length,
      state.pass.groupNodes,
    );
    const owners = await drain(roll, fresh, wave.nodes, state.pass);
    state.pass.waves = wave.number;
    await verifyWave(roll, owners);
    await roll.betweenWaves();
  }
  if (state.pass.skipped.length > 0) {
    roll.run.note(
      `Nodes of ${fresh} that were left as they are go with their group, and their Pods start anew on ${old}: ${state.pass.skipped.join(', ')}.`,
    );
  }
  await putBackAll(roll);
}
