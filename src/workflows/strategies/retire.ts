import { CancellationScope, sleep } from '@temporalio/workflow';
import { perform } from '../activities.ts';
import { failure } from '../failures.ts';
import { steadily } from '../steadily.ts';
import { debtOf, deleteGroup, keep, putBack, putBackAll, settle } from './debts.ts';
import type { Roll } from './roll.ts';

/** Nodes that one activity labels at the most, so that it is done in seconds. */
const labelledAtOnce = 200;

/**
 * The old group goes: a person has said so where Pods could still be moved back (gate `retire`), load balancers get
 * time to deregister its nodes, and then it is deleted. From the approval on there is no way back, and nothing stops it.
 *
 * @param asking false where there is nothing to go back to: the group is empty of nodes
 * @throws ApplicationFailure `Rejected` when a person says no
 */
export async function retire(roll: Roll, asking: boolean): Promise<void> {
  const { state } = roll;
  const { stage } = roll.input;
  if (asking && state.phase !== 'retiring') await approved(roll);
  state.phase = 'retiring';
  keep(roll, 'deleteNodeGroup', stage.newNodeGroup);
  keep(roll, 'restoreNodeGroupSize');
  await CancellationScope.nonCancellable(async () => {
    if (state.pass.skipped.length > 0) await leaveSkipped(roll);
    else {
      if (asking) await leaveLoadBalancers(roll, state.pass.drained);
      roll.run.detail(`deleting the old node group ${stage.nodeGroup}`);
      await deleteGroup(roll, stage.nodeGroup, { retired: true });
      // Its nodes are gone, and our cordons with them.
      const cordons = debtOf(roll, 'uncordonNodes', stage.nodeGroup);
      if (cordons !== undefined) settle(roll, cordons, 'put-back');
    }
    await putBackAll(roll);
    roll.run.detail(`${stage.newNodeGroup} at ${stage.to} has taken the place of ${stage.nodeGroup}`);
  });
}

async function approved(roll: Roll): Promise<void> {
  const { stage } = roll.input;
  const { pass } = roll.state;
  roll.run.detail(
    `all Pods have moved from ${stage.nodeGroup} to ${stage.newNodeGroup}; its end is asked for`,
  );
  const answer = await roll.questions.gate('retire', [
    `Node group **${stage.nodeGroup}** (${stage.from}) has been drained: ${pass.drained.length} of ${pass.groupNodes} nodes are empty and cordoned, its Pods run on **${stage.newNodeGroup}** (${stage.to}).`,
    ...(pass.skipped.length === 0
      ? ['- approve: the old group is deleted; from then on there is no way back']
      : [
          `- left as they are, with their Pods: ${pass.skipped.join(', ')}`,
          '- approve: the empty nodes are ended, the old group stays for those that were left',
        ]),
    '- `rollback`: Pods are moved back to the old nodes, and the new group is deleted',
  ]);
  if (!answer.approved) throw failure('Rejected', answer.reason);
}

/** What was drained goes; nodes that a person has left as they are stay, and take Pods again. */
async function leaveSkipped(roll: Roll): Promise<void> {
  const { stage } = roll.input;
  const { pass } = roll.state;
  await leaveLoadBalancers(roll, pass.drained);
  await endNodes(roll, pass.drained);
  const cordons = debtOf(roll, 'uncordonNodes', stage.nodeGroup);
  if (cordons !== undefined) await putBack(roll, cordons);
  roll.run.note(
    `Node group ${stage.nodeGroup} stays at ${stage.from} for the nodes that were left as they are: ${pass.skipped.join(', ')}.`,
  );
}

/** Load balancers get time to deregister nodes before these go. */
export async function leaveLoadBalancers(roll: Roll, nodes: readonly string[]): Promise<void> {
  const { context, request } = roll.input;
  if (nodes.length === 0) return;
  roll.run.detail(
    `load balancers have ${request.timing.deregistrationWait} to deregister ${nodes.length} drained nodes`,
  );
  for (let first = 0; first < nodes.length; first += labelledAtOnce) {
    const some = nodes.slice(first, first + labelledAtOnce);
    await steadily(
      roll.run,
      () =>
        perform('excludeFromLoadBalancers', `Take ${some.length} nodes out of load balancers`, {
          context,
          nodes: some,
        }),
      true,
    );
  }
  await sleep(roll.limit('deregistrationWait'), { summary: 'until load balancers have deregistered nodes' });
}

/** Ends drained nodes, so that nothing is started in their stead. */
export async function endNodes(roll: Roll, nodes: readonly string[]): Promise<void> {
  const { context, stage } = roll.input;
  let left = [...nodes];
  while (left.length > 0) {
    const ending = left;
    const outcome = await steadily(
      roll.run,
      (isWaiting) =>
        perform('terminateNodes', `End ${ending.length} drained nodes of ${stage.nodeGroup}`, {
          context,
          nodeGroup: stage.nodeGroup,
          nodes: ending,
          timeoutMs: isWaiting ? 1 : roll.limit('nodesTimeout'),
          pollMs: roll.limit('pollInterval'),
        }),
      true,
    );
    left = outcome.left;
    if (left.length > 0) {
      roll.run.beginWait(
        'slow-update',
        `Nodes that were ended are still there: ${left.slice(0, 20).join(', ')}.`,
      );
    }
  }
  roll.run.endWait('slow-update');
}
