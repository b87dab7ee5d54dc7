import type { Wave } from '../../activities/workerTypes.ts';
import type { ReplacedWorkersStage } from '../../contract/plan.ts';
import { perform } from '../activities.ts';
import { steadily } from '../steadily.ts';
import type { Roll } from './roll.ts';
import type { Pass } from './rollState.ts';

/** The next nodes of a group, from the cluster as it is now; undefined when all are done. */
export async function nextWave(
  roll: Roll,
  stage: ReplacedWorkersStage,
  { waves, groupNodes, drained, skipped }: Pass,
): Promise<Wave | undefined> {
  const { context } = roll.input;
  const wave = await steadily(roll.run, () =>
    perform('nextWave', `Which nodes of ${stage.nodeGroup} come next?`, {
      context,
      stage,
      waves,
      drained,
      skipped,
      groupNodes,
    }),
  );
  return wave.nodes.length === 0 ? undefined : wave;
}

/** `wave 3, 4 nodes (tightest budgets first), 10 of 40 empty`. */
export function waveLine(wave: Wave, { drained, groupNodes }: Pass): string {
  const nodes = wave.nodes.length === 1 ? 'one node' : `${wave.nodes.length} nodes`;
  return `wave ${wave.number}, ${wave.canary ? 'a canary' : nodes} (${wave.why}), ${drained.length} of ${groupNodes} empty`;
}
