import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { EvidenceReference } from '../../contract/evidence.ts';
import { perform } from '../activities.ts';
import { failure, troubleOf } from '../failures.ts';
import { steadily } from '../steadily.ts';
import { problemsAfter } from './steps.ts';
import type { ToolRun } from './toolRun.ts';

/** How the tool stood before it was changed. */
export interface StoodBefore {
  /** Absent when there was no release. */
  revisionBefore: number | undefined;
  before: EvidenceReference;
}

/**
 * Carries out the change of a tool, and takes it back when that fails or is aborted before it was found well (rule 14).
 * What Helm can't take back, its CRDs, stays and is named.
 *
 * @throws what ended it, its message saying what was put back
 */
export async function orPutBack<Result>(
  tool: ToolRun,
  stood: StoodBefore,
  work: () => Promise<Result>,
): Promise<Result> {
  const { run } = tool;
  const debt = debtOf(tool, stood);
  await run.owe(debt);
  run.markChanged();
  try {
    const result = await work();
    run.settle(debt.args, 'kept', debt.undo);
    return result;
  } catch (error) {
    const putBack = await CancellationScope.nonCancellable(() => takeBack(tool, stood, debt));
    run.note(putBack);
    if (isCancellation(error)) throw error;
    const { type, message } = troubleOf(error);
    throw failure(type, `${message} ${putBack}`);
  }
}

function debtOf({ change }: ToolRun, { revisionBefore }: StoodBefore) {
  const { tool, namespace, release, from } = change;
  const what =
    revisionBefore === undefined
      ? `uninstall release ${namespace}/${release} of ${tool}, which was not there before`
      : `take release ${namespace}/${release} of ${tool} back to revision ${String(revisionBefore)}${from === undefined ? '' : ` (${from.version})`}`;
  return {
    undo: 'rollBackTool' as const,
    args: { tool, namespace, release, ...(revisionBefore === undefined ? {} : { revision: revisionBefore }) },
    what,
  };
}

/** @returns what was put back and how it stands then, in sentences */
async function takeBack(tool: ToolRun, stood: StoodBefore, debt: ReturnType<typeof debtOf>): Promise<string> {
  const { run, appliedCrds } = tool;
  const crds =
    appliedCrds.length === 0 ? '' : ` The CRDs that were applied for it stay: ${appliedCrds.join(', ')}.`;
  run.detail(`putting back: ${debt.what}`);
  try {
    const revision = await rollBack(tool, stood, debt.what);
    run.settle(debt.args, 'put-back', debt.undo);
    return `${await standsNow(tool, stood, revision)}${crds}`;
  } catch (error) {
    run.settle(debt.args, 'failed', debt.undo);
    return `Not put back, see to it by hand: ${debt.what}. ${troubleOf(error).message}${crds}`;
  }
}

async function rollBack(tool: ToolRun, { revisionBefore }: StoodBefore, what: string): Promise<number> {
  const { revision } = await steadily(
    tool.run,
    () =>
      perform('rollBackTool', `Put back: ${what}`, {
        ...tool.step,
        ...(revisionBefore === undefined ? {} : { revisionBefore }),
        upgrade: tool.upgrade,
        timeoutMs: tool.limit('toolTimeout'),
      }),
    true,
  );
  return revision;
}

async function standsNow(
  tool: ToolRun,
  { revisionBefore, before }: StoodBefore,
  revision: number,
): Promise<string> {
  const { tool: name, namespace, release } = tool.change;
  if (revisionBefore === undefined) return `The release ${namespace}/${release} was uninstalled again.`;
  tool.run.detail(`${name} was taken back; looking whether it and what it serves are as well as before`);
  const takenBack = `The release ${namespace}/${release} was taken back to what it had at revision ${String(revisionBefore)} (now revision ${String(revision)})`;
  try {
    const problems = await problemsAfter(tool, before, true);
    return problems.length === 0
      ? `${takenBack}, and is as well as before.`
      : `${takenBack}, but it is not as well as before, see to it by hand: ${problems.join('; ')}.`;
  } catch (error) {
    return `${takenBack}; how it stands could not be looked at: ${troubleOf(error).message}`;
  }
}
