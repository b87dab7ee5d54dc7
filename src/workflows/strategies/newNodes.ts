import type { NodeGroupState } from '../../activities/workerTypes.ts';
import { perform } from '../activities.ts';
import { failure } from '../failures.ts';
import { steadily } from '../steadily.ts';
import { debtOf, owe } from './debts.ts';
import type { Roll } from './roll.ts';

/** How a group stands now. */
export function describeGroup(roll: Roll, nodeGroup: string): Promise<NodeGroupState> {
  const { context } = roll.input;
  return steadily(roll.run, () =>
    perform('describeNodeGroup', `How does ${nodeGroup} stand?`, { context, nodeGroup }),
  );
}

/** Makes the group that takes the old one's place; what takes it away again is recorded before. */
export async function createBeside(roll: Roll, empty: boolean): Promise<void> {
  const { context, stage, runId } = roll.input;
  const { nodeGroup: like, newNodeGroup: nodeGroup, to, templateVersion } = stage;
  await owe(roll, {
    undo: 'deleteNodeGroup',
    args: { nodeGroup },
    what: `node group ${nodeGroup}, made to take the place of ${like}`,
  });
  roll.run.markChanged();
  roll.run.detail(`making node group ${nodeGroup} at ${to}`);
  await steadily(roll.run, () =>
    perform('createNodeGroup', `Create node group ${nodeGroup} like ${like}, at ${to}`, {
      context,
      like,
      nodeGroup,
      to,
      empty,
      ...(templateVersion === undefined ? {} : { templateVersion }),
      madeBy: roll.madeBy,
      runId,
      attempt: 1,
    }),
  );
}

/**
 * Waits until a group has so many Ready nodes, by name.
 *
 * @throws ApplicationFailure `NodesMissing` when the platform gives up or `timing.nodesTimeout` is over
 */
export async function awaitNodes(roll: Roll, nodeGroup: string, nodes: number): Promise<void> {
  const { context, request, stage } = roll.input;
  const timeoutMs = roll.limit('nodesTimeout');
  const began = Date.now();
  roll.run.beginWait(
    'nodes',
    `${nodes} nodes of ${nodeGroup} have to join and be Ready.`,
    new Date(began + timeoutMs).toISOString(),
  );
  try {
    const { state, ready, problems } = await steadily(roll.run, () =>
      perform('awaitNodeGroupNodes', `Wait for ${nodes} Ready nodes of ${nodeGroup}`, {
        context,
        nodeGroup,
        nodes,
        version: stage.to,
        timeoutMs: Math.max(1, timeoutMs - (Date.now() - began)),
        pollMs: roll.limit('pollInterval'),
      }),
    );
    if (state === 'ready') return;
    const why = problems.length === 0 ? '' : ` ${problems.join('; ')}`;
    throw failure(
      'NodesMissing',
      state === 'failed'
        ? `Node group ${nodeGroup} does not get its nodes (${ready} of ${nodes} Ready).${why}`
        : `Only ${ready} of ${nodes} nodes of ${nodeGroup} were Ready within ${request.timing.nodesTimeout}.${why}`,
    );
  } finally {
    roll.run.endWait('nodes');
  }
}

/** Keeps autoscalers from taking the nodes of both groups; those that have joined since are taken too. */
export async function holdOffAutoscalers(roll: Roll): Promise<void> {
  const { context, stage } = roll.input;
  const nodeGroups = [stage.nodeGroup, stage.newNodeGroup];
  if (debtOf(roll, 'releaseAutoscalers') === undefined) {
    await owe(roll, {
      undo: 'releaseAutoscalers',
      args: { nodeGroups },
      what: `annotations that hold autoscalers off the nodes of ${nodeGroups.join(' and ')}`,
    });
  }
  roll.run.markChanged();
  await steadily(roll.run, () =>
    perform('holdOffAutoscalers', `Hold autoscalers off ${nodeGroups.join(' and ')}`, {
      context,
      nodeGroups,
      madeBy: roll.madeBy,
    }),
  );
}

/** Cordons all nodes of a group, or those that are named. */
export async function cordon(roll: Roll, nodeGroup: string, nodes?: string[]): Promise<void> {
  const { context } = roll.input;
  if (debtOf(roll, 'uncordonNodes', nodeGroup) === undefined) {
    await owe(roll, {
      undo: 'uncordonNodes',
      args: { nodeGroup },
      what: `cordons of nodes of ${nodeGroup}`,
    });
  }
  roll.run.markChanged();
  await steadily(roll.run, () =>
    perform(
      'cordonNodes',
      nodes === undefined
        ? `Cordon all nodes of ${nodeGroup}`
        : `Cordon ${nodes.length} nodes of ${nodeGroup}`,
      { context, nodeGroup, madeBy: roll.madeBy, ...(nodes === undefined ? {} : { nodes }) },
    ),
  );
}
