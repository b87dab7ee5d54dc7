import type { ClusterContext } from '../activities/types.ts';
import type { UpdateSettings, PutBack } from '../contract/plan.ts';
import { describePutBack } from '../contract/putBack.ts';
import type { Request } from '../contract/request.ts';
import { perform } from './activities.ts';
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
