import type { ToolActivities, ToolStep } from '../../activities/toolTypes.ts';
import type { EvidenceReference } from '../../contract/evidence.ts';

/** With what a command carries out the change of one tool. */
export interface ToolRunner {
  /** The very activities that a worker would run. */
  activities: Omit<ToolActivities, 'awaitToolInGit'>;
  step: ToolStep;
  /** Marks the release's revisions as made by this run. */
  upgrade: string;
  /** Milliseconds. */
  limits: { timeoutMs: number; settleMs: number; pollMs: number };
  /** Aborted when a person wants it to stop: what runs is finished, and taken back unless it was found well already. */
  stop: AbortSignal;
  /** Runs what only looks, so that it ends at once when a person wants it to stop. */
  breakable: <T>(look: () => Promise<T>) => Promise<T>;
  /** Tells people how far it is. */
  note: (line: string) => void;
}

export interface ToolEnding {
  outcome: 'done' | 'failed' | 'stopped';
  /** Why it is not done; absent when it is. */
  why?: string;
  /** How the release is left, in sentences. */
  stands: string;
  /** Revision of the release that is in force; absent when there is none, or nobody can tell. */
  revision?: number;
}

/**
 * Carries out one tool's change in the order that the workflow keeps to as well: it is looked at, its CRDs, its release,
 * it is looked at again. It is taken back when any of this fails or a person breaks it off. Never rejects.
 */
export async function carryOutTool(runner: ToolRunner): Promise<ToolEnding> {
  const { activities, step, breakable, note, stop } = runner;
  let before: EvidenceReference;
  let revisionBefore: number | undefined;
  note(`Looking at ${step.change.tool} before it is changed …`);
  try {
    ({ before, revision: revisionBefore } = await breakable(() => activities.prepareTool(step)));
    stop.throwIfAborted();
  } catch (error) {
    return { ...badEnding(error, stop), stands: 'Nothing was changed.', ...revisionOf(revisionBefore) };
  }
  const crds: string[] = [];
  try {
    const revision = await bringThere(runner, revisionBefore, crds);
    const problems = await problemsAfter(runner, before, false);
    if (problems.length > 0) throw new Error(`It was not well in time: ${problems.join('; ')}.`);
    return { outcome: 'done', stands: `Revision ${String(revision)} is deployed and well.`, revision };
  } catch (error) {
    const ending = badEnding(error, stop);
    note(`${ending.why ?? ''} Taking it back …`);
    return { ...ending, ...(await takeBack(runner, revisionBefore, before, crds)) };
  }
}

/** @param crds is given the names of CRDs before they are applied: they stay, however it ends */
async function bringThere(
  { activities, step, upgrade, limits: { timeoutMs }, note, stop }: ToolRunner,
  revisionBefore: number | undefined,
  crds: string[],
): Promise<number> {
  const { from, to, namespace, release, driver, crds: planned } = step.change;
  if (planned.applied.length > 0) {
    note(`Applying ${planned.applied.join(', ')} …`);
    crds.push(...planned.applied);
    await activities.applyToolCrds({ ...step, timeoutMs });
    stop.throwIfAborted();
  }
  note(
    `${from === undefined ? 'Installing' : 'Upgrading'} release ${namespace}/${release}: ${to.version}, by ${driver.by} …`,
  );
  const { revision, status } = await activities.upgradeTool({
    ...step,
    ...(revisionBefore === undefined ? {} : { revisionBefore }),
    upgrade,
    timeoutMs,
  });
  note(`Revision ${String(revision)} is ${status}.`);
  stop.throwIfAborted();
  return revision;
}

/** What is not as well as before once there was time for it to settle; what can't be looked at is not well (rule 11). */
async function problemsAfter(
  { activities, step, limits, breakable, note }: ToolRunner,
  before: EvidenceReference,
  rolledBack: boolean,
): Promise<string[]> {
  const { settleMs, pollMs } = limits;
  note('Looking whether it and what it serves are as well as before …');
  const look = () => activities.verifyTool({ ...step, before, settleMs, pollMs, rolledBack });
  // Once a person has broken it off, it is still told how it stands in the end.
  const { well, problems, problemCount, unknown } = await (rolledBack ? look() : breakable(look));
  const more = problemCount - problems.length;
  const lines = [...problems, ...(more > 0 ? [`and ${String(more)} more`] : []), ...unknown];
  return well || lines.length > 0 ? lines : ['it was not said what is not well'];
}

async function takeBack(
  runner: ToolRunner,
  revisionBefore: number | undefined,
  before: EvidenceReference,
  crds: readonly string[],
): Promise<Pick<ToolEnding, 'stands' | 'revision'>> {
  const { activities, step, upgrade, limits } = runner;
  const { namespace, release } = step.change;
  const name = `${namespace}/${release}`;
  const stay = crds.length === 0 ? '' : ` The CRDs that were applied for it stay: ${crds.join(', ')}.`;
  try {
    const { revision } = await activities.rollBackTool({
      ...step,
      ...(revisionBefore === undefined ? {} : { revisionBefore }),
      upgrade,
      timeoutMs: limits.timeoutMs,
    });
    if (revisionBefore === undefined) return { stands: `Release ${name} was uninstalled again.${stay}` };
    const takenBack = `Release ${name} has what it had at revision ${String(revisionBefore)} again (now revision ${String(revision)})`;
    return { stands: `${takenBack}${await standsAfter(runner, before)}${stay}`, revision };
  } catch (error) {
    const byHand =
      revisionBefore === undefined
        ? `helm uninstall ${release} -n ${namespace}`
        : `helm rollback ${release} ${String(revisionBefore)} -n ${namespace}`;
    return {
      stands: `Release ${name} could not be taken back: ${textOf(error)} See to it by hand: \`${byHand}\`.${stay}`,
    };
  }
}

async function standsAfter(runner: ToolRunner, before: EvidenceReference): Promise<string> {
  try {
    const problems = await problemsAfter(runner, before, true);
    return problems.length === 0
      ? ', and is as well as before.'
      : `, but is not as well as before, see to it by hand: ${problems.join('; ')}.`;
  } catch (error) {
    return `; how it stands could not be looked at: ${textOf(error)}`;
  }
}

function badEnding(error: unknown, stop: AbortSignal): Pick<ToolEnding, 'outcome' | 'why'> {
  return stop.aborted
    ? { outcome: 'stopped', why: 'It was broken off.' }
    : { outcome: 'failed', why: textOf(error) };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function revisionOf(revision: number | undefined): { revision?: number } {
  return revision === undefined ? {} : { revision };
}
