import { workflowInfo } from '@temporalio/workflow';
import type { ClusterContext } from '../activities/types.ts';
import type { UpdateSettings, PutBack } from '../contract/plan.ts';
import { describePutBack } from '../contract/putBack.ts';
import type { Request } from '../contract/request.ts';
import { perform } from './activities.ts';
import { failure } from './failures.ts';
import { steadily } from './steadily.ts';
import { scaled } from './time.ts';
import type { UpgradeState } from './upgradeState.ts';

/** Everything that can be left on nodes and groups, save update settings. */
type Leftover = Exclude<PutBack, { settings: UpdateSettings }>;

/** Puts back one thing that an upgrade which was terminated has left: the plan has listed it. */
export async function putBackLeftover(
  state: UpgradeState,
  request: Request,
  context: ClusterContext,
  leftover: Leftover,
): Promise<void> {
  const { nodeGroup } = leftover;
  const what = describePutBack(leftover);
  const summary = `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
  if ('cordonedBy' in leftover) {
    const madeBy = leftover.cordonedBy;
    await steadily(state, () => perform('uncordonNodes', summary, { context, nodeGroup, madeBy }));
  } else if ('heldOffBy' in leftover) {
    const madeBy = leftover.heldOffBy;
    await steadily(state, () =>
      perform('releaseAutoscalers', summary, { context, nodeGroups: [nodeGroup], madeBy }),
    );
  } else if ('leastSize' in leftover) {
    await restoreLeastSize(state, request, context, leftover, summary);
  } else {
    const { madeBy } = leftover;
    const input = {
      context,
      nodeGroup,
      because: { madeBy },
      timeoutMs: scaled(request.timing, 'nodeGroupTimeout'),
      pollMs: scaled(request.timing, 'pollInterval'),
    };
    // Nothing runs on it, so its end needs nobody: it is waited for, however long the platform takes.
    for (let gone = false; !gone;) {
      gone = (await steadily(state, () => perform('deleteNodeGroup', summary, input))).state === 'gone';
    }
  }
  state.changed = true;
  state.note(`Done first: ${what}.`);
}

/** Nodes are added only as far as the least size demands; how many there should be is an autoscaler's, or a person's. */
async function restoreLeastSize(
  state: UpgradeState,
  request: Request,
  context: ClusterContext,
  { nodeGroup, leastSize }: Extract<Leftover, { leastSize: number }>,
  summary: string,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { exists, size } = await steadily(state, () =>
      perform('describeNodeGroup', `How many nodes has ${nodeGroup}?`, { context, nodeGroup }),
    );
    // A group that is gone has nothing to be put back.
    if (!exists || size === undefined) return;
    const wanted = {
      min: leastSize,
      max: Math.max(leastSize, size.max),
      desired: Math.max(leastSize, size.desired),
    };
    const started = await steadily(state, () =>
      perform('resizeNodeGroup', summary, {
        context,
        nodeGroup,
        size: wanted,
        runId: workflowInfo().firstExecutionRunId,
        attempt,
      }),
    );
    // Only then does the note go too.
    if (started.state === 'already-done') return;
    await untilResized(state, request, context, nodeGroup, started.updateId);
  }
}

async function untilResized(
  state: UpgradeState,
  request: Request,
  context: ClusterContext,
  nodeGroup: string,
  updateId: string,
): Promise<void> {
  for (;;) {
    const { status, errors } = await steadily(state, () =>
      perform('awaitUpdate', `${nodeGroup}: wait for EKS update ${updateId}`, {
        context,
        target: { kind: 'node-group', name: nodeGroup },
        updateId,
        timeoutMs: scaled(request.timing, 'nodeGroupTimeout'),
        pollMs: scaled(request.timing, 'pollInterval'),
      }),
    );
    if (status === 'Successful') return;
    if (status === 'StillRunning') continue;
    const reasons = errors.map(({ code, message }) => `${code}: ${message}`).join('; ');
    throw failure(
      'UpdateFailed',
      `The least size of node group ${nodeGroup} could not be put back: EKS update ${updateId} ended as ${status}. ${reasons}`,
    );
  }
}
