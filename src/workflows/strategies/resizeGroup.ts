import type { NodeGroupSize } from '../../contract/workers.ts';
import { perform } from '../activities.ts';
import { failure } from '../failures.ts';
import { steadily } from '../steadily.ts';
import type { Roll } from './roll.ts';

/**
 * Gives a group so many nodes, raising its limit where that is lower. An update that was started is followed to its end.
 *
 * @throws ApplicationFailure `UpdateFailed`
 */
export async function resizeGroup(
  roll: Roll,
  nodeGroup: string,
  size: NodeGroupSize,
  nodes: number,
): Promise<void> {
  const { context, request, runId } = roll.input;
  const target = { kind: 'node-group' as const, name: nodeGroup };
  const wanted = { min: size.min, desired: nodes, max: Math.max(size.max, nodes) };
  for (let attempt = 1; ; attempt++) {
    const started = await steadily(
      roll.run,
      () =>
        perform('resizeNodeGroup', `${nodeGroup} to ${nodes} nodes, try ${attempt}`, {
          context,
          nodeGroup,
          size: wanted,
          runId,
          attempt,
        }),
      true,
    );
    if (started.state === 'already-done') return;
    const { status, errors } = await roll.run.awaitEnd(
      target,
      `${nodeGroup} to ${nodes} nodes`,
      started.updateId,
    );
    if (status === 'Successful') return;
    const reasons = errors.map(({ code, message }) => `${code}: ${message}`).join('; ');
    if (attempt >= request.workers.tries) {
      throw failure(
        'UpdateFailed',
        `Node group ${nodeGroup} could not be given ${nodes} nodes: EKS update ${started.updateId} ended as ${status}. ${reasons}`,
      );
    }
  }
}
