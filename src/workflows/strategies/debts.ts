import { CancellationScope } from '@temporalio/workflow';
import type { Compensation } from '../../contract/status.ts';
import { perform } from '../activities.ts';
import { troubleOf } from '../failures.ts';
import { steadily } from '../steadily.ts';
import type { Roll } from './roll.ts';
import { resizeGroup } from './resizeGroup.ts';
import type { Debt } from './rollState.ts';

/** Records what is about to be changed for the roll's sake, before it is (rule 14). */
export async function owe(roll: Roll, debt: Debt): Promise<void> {
  roll.state.debts.push(debt);
  await roll.run.owe(debt);
}

/** The debt is settled: it was paid, or what it is about stays. */
export function settle(roll: Roll, debt: Debt, how: 'put-back' | 'failed' | 'kept'): void {
  roll.state.debts = roll.state.debts.filter((each) => each !== debt);
  roll.run.settle(debt.args, how, debt.undo);
}

export function debtOf(roll: Roll, undo: Compensation['undo'], nodeGroup?: string): Debt | undefined {
  return roll.state.debts.find(
    (debt) => debt.undo === undo && (nodeGroup === undefined || debt.args['nodeGroup'] === nodeGroup),
  );
}

/** Settles without doing anything: the upgrade's end, or a person, wants it so. */
export function keep(roll: Roll, undo: Compensation['undo'], nodeGroup?: string): void {
  const debt = debtOf(roll, undo, nodeGroup);
  if (debt !== undefined) settle(roll, debt, 'kept');
}

/** Puts everything back, the last change first. Nothing cancels it. */
export async function putBackAll(roll: Roll): Promise<void> {
  for (const debt of roll.state.debts.toReversed()) await putBack(roll, debt);
}

/**
 * Puts one change back, and tries again until it holds: trouble that passes is waited for by name. Where only a person
 * can mend it, it is told and stands in the report as not put back; the others are put back all the same.
 */
export async function putBack(roll: Roll, debt: Debt): Promise<void> {
  roll.run.detail(`putting back: ${debt.what}`);
  try {
    await CancellationScope.nonCancellable(() => pay(roll, debt));
    settle(roll, debt, 'put-back');
  } catch (error) {
    roll.run.note(`Not put back, see to it by hand: ${debt.what}. ${troubleOf(error).message}`);
    settle(roll, debt, 'failed');
  }
}

async function pay(roll: Roll, { undo, args, what }: Debt): Promise<void> {
  const { context } = roll.input;
  const { madeBy } = roll;
  // Written by `owe`, some lines before each change.
  const nodeGroup = args['nodeGroup'] as string;
  switch (undo) {
    case 'uncordonNodes':
      await steadily(
        roll.run,
        () => perform('uncordonNodes', `Put back: ${what}`, { context, nodeGroup, madeBy }),
        true,
      );
      return;
    case 'releaseAutoscalers':
      await steadily(
        roll.run,
        () =>
          perform('releaseAutoscalers', `Put back: ${what}`, {
            context,
            nodeGroups: args['nodeGroups'] as string[],
            madeBy,
          }),
        true,
      );
      return;
    case 'deleteNodeGroup':
      await deleteGroup(roll, nodeGroup, { madeBy });
      return;
    case 'restoreNodeGroupSize':
      await restoreSize(roll, nodeGroup, args['beside'] as string, args['nodes'] as number);
      return;
    case 'restoreUpdateSettings':
      // Only the managed strategy changes these, and puts them back itself.
      return;
    case 'rollBackTool':
      // No roll changes a tool: its own stage takes it back.
      return;
  }
}

/** Deletes a group and waits for its end, however long it takes. */
export async function deleteGroup(
  roll: Roll,
  nodeGroup: string,
  because: { madeBy: string } | { retired: true },
): Promise<void> {
  const { context, request } = roll.input;
  for (;;) {
    const { state, problems } = await steadily(
      roll.run,
      (isWaiting) =>
        perform('deleteNodeGroup', `Delete node group ${nodeGroup}`, {
          context,
          nodeGroup,
          because,
          timeoutMs: isWaiting ? 1 : roll.limit('nodeGroupTimeout'),
          pollMs: roll.limit('pollInterval'),
        }),
      true,
    );
    if (state === 'gone') break;
    roll.run.beginWait(
      'slow-update',
      `Node group ${nodeGroup} is still being deleted after ${request.timing.nodeGroupTimeout}${problems.length === 0 ? '' : `: ${problems.join('; ')}`}. Its end is waited for.`,
    );
  }
  roll.run.endWait('slow-update');
}

/** In place: as many nodes as there were, of whichever version. */
async function restoreSize(roll: Roll, nodeGroup: string, beside: string, nodes: number): Promise<void> {
  const { context } = roll.input;
  const look = (name: string) =>
    steadily(
      roll.run,
      () =>
        perform('describeNodeGroup', `How many nodes has ${name}?`, {
          context,
          nodeGroup: name,
        }),
      true,
    );
  const [group, old] = [await look(nodeGroup), await look(beside)];
  const wanted = nodes - (old.size?.desired ?? 0);
  if (!group.exists || group.size === undefined || group.size.desired >= wanted) return;
  await resizeGroup(roll, nodeGroup, group.size, wanted);
}
