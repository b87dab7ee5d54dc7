import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StepladderError } from '../../contract/errors.ts';
import type { ToolChange } from '../../contract/tools.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { refuseOtherContent } from '../approvedContent.ts';
import { contentDigest } from '../charts/contentDigest.ts';
import { openChartRepository } from '../charts/openChartRepository.ts';
import { toolProblem } from '../problem.ts';
import type { HelmProgram } from './binary.ts';
import { helmInstall, helmRollback, helmUninstall, helmUpgrade } from './changes.ts';
import type { Change } from './changes.ts';
import { helmfileSync } from './helmfile.ts';
import { withKubeconfig } from './kubeconfig.ts';
import { refuseTerminating } from './namespace.ts';
import { nextForReturn, nextForUpgrade } from './nextStep.ts';
import type { Newest, NextStep } from './nextStep.ts';
import { chartOfRevision, isMarkedOurs, releaseHistory } from './releases.ts';
import type { ReleaseName } from './releases.ts';
import type { HelmOnCluster } from './runHelm.ts';

/** What bringing releases up and back is done with. */
export interface ReleaseWork {
  helm: HelmProgram;
  connection: KubernetesConnection;
  signal?: AbortSignal | undefined;
  /** Default: the process's own. */
  environment?: NodeJS.ProcessEnv | undefined;
  /** Is told in one line what is being done. */
  progress?: ((line: string) => void) | undefined;
  /** Milliseconds since 1970. Default: the machine's clock. */
  now?: (() => number) | undefined;
}

/** One release and the way to it. */
export interface ReleaseOrder {
  change: Pick<ToolChange, 'release' | 'namespace' | 'source' | 'driver' | 'to' | 'values' | 'contentSha256'>;
  /** The revision that was there before the upgrade; absent for a first installation. */
  revisionBefore?: number | undefined;
  /**
   * Values as JSON that come before those of the request: what the same release has on another cluster. They are in no
   * argument, and in no file that outlives the call.
   */
  ownValues?: string | undefined;
  /** Values that the release had before do not count. */
  onlyGivenValues?: boolean | undefined;
  /** The revision before may be one that failed. */
  evenFailed?: boolean | undefined;
  /** Helm's description of the revision, in which people read who made it: `Stepladder: 1.14.0 to 1.15.0`. */
  description: string;
  /** How long each hook may take. Milliseconds. */
  timeoutMs: number;
}

/** How a release stands afterwards. */
export interface ReleaseStanding {
  /** `already-done`: an earlier run had done it. */
  state: 'already-done' | 'done';
  /** 0 when there is no release any more. */
  revision: number;
  /** As helm says it, `deployed`; `uninstalled` when it was taken away. */
  status: string;
  /** What an earlier attempt had left half done and was taken back first, in one sentence. */
  takenBack?: string;
}

/** How often a release that somebody of ours may be at work on is looked at. Milliseconds. */
const lookEveryMs = 3_000;

/** More changes than this for one step mean that something is going round in circles. */
const mostChanges = 4;

/**
 * Brings a release to its new version, or installs it, by helm or helmfile. It looks first: what an earlier run has done
 * stays done, and what an earlier run has left pending is taken back. Helm's hooks are waited for, workloads are not.
 *
 * @throws StepladderError `ToolRefused` (`namespace-terminating` and the like in its details) when the release is not as
 * it was, nothing having been changed; `ToolFailed` with helm's words, the release left as helm left it; `Unreachable`
 */
export async function upgradeRelease(work: ReleaseWork, order: ReleaseOrder): Promise<ReleaseStanding> {
  const { change, timeoutMs } = order;
  await refuseTerminating(work.connection, change.namespace, work.signal);
  return untilDone(work, order, (newest) =>
    nextForUpgrade(newest, {
      revisionBefore: order.revisionBefore,
      version: change.to.version,
      timeoutMs,
      now: (work.now ?? Date.now)(),
      evenFailed: order.evenFailed,
    }),
  );
}

/**
 * Takes a release back to the revision that it had before, or uninstalls one that was installed for the first time. One
 * that is back already is left alone.
 *
 * @throws StepladderError as `upgradeRelease`
 */
export async function rollBackRelease(
  work: ReleaseWork,
  order: Omit<ReleaseOrder, 'description'>,
): Promise<ReleaseStanding> {
  const { revisionBefore, timeoutMs } = order;
  return untilDone(work, { ...order, description: '' }, (newest) =>
    nextForReturn(newest, { revisionBefore, timeoutMs, now: (work.now ?? Date.now)() }),
  );
}

/** Looks, does what is to be done, and looks again, until nothing is left. */
async function untilDone(
  work: ReleaseWork,
  order: ReleaseOrder,
  decide: (newest: Newest | undefined) => NextStep,
): Promise<ReleaseStanding> {
  const { signal, connection } = work;
  return withKubeconfig(connection, signal, async (access) => {
    const on: HelmOnCluster = { helm: work.helm, access, signal, environment: work.environment };
    let told = false;
    let takenBack: string | undefined;
    for (let changes = 0; changes <= mostChanges;) {
      const newest = await look(on, order);
      const step = decide(newest);
      if (step.do === 'nothing') {
        return {
          state: changes === 0 ? 'already-done' : 'done',
          revision: newest?.revision ?? 0,
          status: newest?.status ?? 'uninstalled',
          ...(takenBack === undefined ? {} : { takenBack }),
        };
      }
      if (step.do === 'wait') {
        if (!told) work.progress?.(waitLine(order.change, newest));
        told = true;
        await pause(Math.min(step.forMs, lookEveryMs), signal);
        continue;
      }
      changes += 1;
      const made = await act(work, on, order, step, newest);
      if (made !== undefined) return { ...made, ...(takenBack === undefined ? {} : { takenBack }) };
      if (newest !== undefined) takenBack ??= takenBackLine(order.change, newest, step.do);
    }
    throw new StepladderError(
      'ToolFailed',
      `Release ${fullName(order.change)} is never as it was left: somebody else changes it. Find out who (helm history), and start again.`,
    );
  });
}

/** The newest revision; of one that came after the upgrade began also whether it is ours, and its chart. */
async function look(
  on: HelmOnCluster,
  { change, revisionBefore }: ReleaseOrder,
): Promise<Newest | undefined> {
  const newest = (await releaseHistory(on, change, 1)).at(-1);
  if (newest === undefined) return undefined;
  const { revision, status } = newest;
  if (revision === revisionBefore) return newest;
  const chart = status === 'deployed' ? await chartOfRevision(on, change, revision) : undefined;
  const seen = { ...newest, ...(chart === undefined ? {} : { chartVersion: chart.version }) };
  // Helmfile gives its releases no labels.
  if (change.driver.by === 'helmfile') return seen;
  return { ...seen, marked: await isMarkedOurs(on, change, revision) };
}

async function act(
  work: ReleaseWork,
  on: HelmOnCluster,
  order: ReleaseOrder,
  step: Exclude<NextStep, { do: 'nothing' | 'wait' }>,
  newest: Newest | undefined,
): Promise<ReleaseStanding | undefined> {
  const { change, revisionBefore, timeoutMs } = order;
  const name = fullName(change);
  switch (step.do) {
    case 'refuse':
      throw new StepladderError(
        'ToolRefused',
        `Release ${name} is not as it was left: ${step.why}. Nothing was changed now. See \`helm history ${change.release} -n ${change.namespace}\`, and start a new upgrade from how it is.`,
        { release: name },
      );
    case 'fail':
      throw failed(name, step.why);
    case 'uninstall':
      work.progress?.(`Uninstalling release ${name}.`);
      await helmUninstall(on, change, timeoutMs);
      return undefined;
    case 'roll-back':
      // Only what had a revision before is ever rolled back.
      work.progress?.(`Rolling release ${name} back to revision ${revisionBefore ?? 0}.`);
      await helmRollback(on, change, revisionBefore ?? 0, timeoutMs);
      return undefined;
    case 'install':
    case 'upgrade':
      return bringUp(work, on, order, step.do, newest?.revision ?? 0);
  }
}

async function bringUp(
  work: ReleaseWork,
  on: HelmOnCluster,
  order: ReleaseOrder,
  how: 'install' | 'upgrade',
  before: number,
): Promise<ReleaseStanding> {
  const { change, revisionBefore } = order;
  const name = fullName(change);
  work.progress?.(
    `${how === 'install' ? 'Installing' : 'Upgrading'} release ${name} at version ${change.to.version}.`,
  );
  try {
    if (change.driver.by === 'helmfile') {
      await helmfileSync(on, change.driver, order.timeoutMs);
      const newest = await look(on, order);
      requireVersion(newest, change, revisionBefore);
      return { state: 'done', revision: newest.revision, status: newest.status };
    }
    const charts = openChartRepository(change.source, { helm: work.helm, environment: work.environment });
    const fetched = await charts.fetch(change.to.version, work.signal);
    try {
      if (fetched.kind !== 'chart') throw noChart(name);
      refuseOtherContent(change, await contentDigest(fetched.path, change.values));
      const wanted: Change = {
        release: change.release,
        namespace: change.namespace,
        path: fetched.path,
        chart: `version ${fetched.version}`,
        values: [...(await ownValuesFile(on, order)), ...change.values],
        revision: before + 1,
        description: order.description,
        timeoutMs: order.timeoutMs,
        onlyGivenValues: order.onlyGivenValues,
      };
      const made = await (how === 'install' ? helmInstall : helmUpgrade)(on, wanted);
      return { state: 'done', ...made };
    } finally {
      await fetched.release();
    }
  } catch (error) {
    work.signal?.throwIfAborted();
    throw await asItIsNow(on, order, before, error);
  }
}

/** The file by which helm is given the order's own values, in a folder that only we may look into. */
async function ownValuesFile(on: HelmOnCluster, { ownValues }: ReleaseOrder): Promise<string[]> {
  if (ownValues === undefined) return [];
  const file = join(on.access.folder, 'own-values.json');
  await writeFile(file, ownValues, { mode: 0o600 });
  return [file];
}

/** What helm refused to begin is refused; once it has made a revision, the upgrade has failed, whatever the words. */
async function asItIsNow(
  on: HelmOnCluster,
  { change }: ReleaseOrder,
  before: number,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof StepladderError) || error.type === 'Unreachable') return error;
  const newest = (await releaseHistory(on, change, 1).catch(() => [])).at(-1);
  if (newest === undefined || newest.revision <= before) return error;
  return new StepladderError(
    'ToolFailed',
    `${error.message} Release ${fullName(change)} is ${newest.status} at revision ${newest.revision}.`,
    { release: fullName(change), revision: newest.revision, status: newest.status },
    { cause: error },
  );
}

function requireVersion(
  newest: Newest | undefined,
  change: ReleaseOrder['change'],
  before: number | undefined,
): asserts newest is Newest {
  const name = fullName(change);
  if (newest === undefined || newest.revision <= (before ?? 0)) {
    throw failed(
      name,
      'helmfile ended well without touching it; check that its file and selector hold that release',
    );
  }
  if (newest.chartVersion !== change.to.version) {
    throw failed(
      name,
      `helmfile brought it to version ${newest.chartVersion ?? 'unknown'}, and the plan has ${change.to.version}; write that version into its file`,
    );
  }
}

function failed(name: string, why: string): StepladderError {
  const sentence = why.replace(/[.\s]+$/, '');
  return new StepladderError('ToolFailed', `The upgrade of release ${name} failed: ${sentence}.`, {
    release: name,
  });
}

function noChart(name: string): StepladderError {
  return toolProblem(
    'broken-chart',
    `The source of release ${name} is manifests, and helm takes a chart.`,
    'Give the tool a chart as its source; manifests alone are for comparing CRDs.',
  );
}

function waitLine(name: ReleaseName, newest: Newest | undefined): string {
  return `Release ${fullName(name)} is ${newest?.status ?? 'in between'} from an earlier run; waiting until that can no longer be at work.`;
}

function takenBackLine(name: ReleaseName, { revision, status }: Newest, how: NextStep['do']): string {
  return `Release ${fullName(name)} stood at ${status} (revision ${revision}) from an attempt that did not come to its end; it was ${how === 'uninstall' ? 'uninstalled' : 'rolled back'} first.`;
}

function fullName({ namespace, release }: ReleaseName): string {
  return `${namespace}/${release}`;
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  signal?.throwIfAborted();
}
