import { access, constants } from 'node:fs/promises';
import which from 'which';
import { ProgramMissing } from '../../binaries/findProgram.ts';
import { StepladderError } from '../../contract/errors.ts';
import type { ChartRelease, ResourceSource } from '../../contract/migration.ts';
import { resourceSourceText } from '../../contract/migrationText.ts';
import { reasonOf } from '../../manifests/manifestFiles.ts';
import type { SourceProblem } from '../../plan/observedMigration.ts';
import { openChartRepository } from '../../tools/charts/openChartRepository.ts';
import { refuseUnreadable } from '../../tools/green/chartOnGreen.ts';
import type { HelmProgram } from '../../tools/helm/binary.ts';
import { problemOf } from '../../tools/problem.ts';

/** With what sources are looked at. */
export interface SourcesSight {
  environment: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  /** Throws `ProgramMissing` when there is none to be had. */
  findHelm: () => Promise<HelmProgram>;
  readManifests: (
    path: string,
    by: { environment: SourcesSight['environment']; signal: AbortSignal },
  ) => Promise<readonly unknown[]>;
}

/**
 * Looks whether green's resources can be brought from where the request says they are, as far as that can be told before
 * there is a green: files, what kustomize makes of them, charts, and the programs that it takes. What a chart or a helmfile
 * renders is not known yet.
 *
 * @returns what stands against it; nothing for sources that are as they should be
 */
export async function observeSources(
  sources: readonly ResourceSource[],
  by: SourcesSight,
): Promise<SourceProblem[]> {
  const found: SourceProblem[] = [];
  for (const source of sources) {
    by.signal.throwIfAborted();
    const problem = await problemWith(source, by);
    if (problem !== undefined) found.push({ source: resourceSourceText(source), ...problem });
  }
  return found;
}

type Problem = Omit<SourceProblem, 'source'>;

async function problemWith(source: ResourceSource, by: SourcesSight): Promise<Problem | undefined> {
  try {
    if ('manifests' in source) return await ofManifests(source.manifests.path, by);
    if ('chart' in source) await ofChart(source.chart, by);
    if ('helmfile' in source) return await ofHelmfile(source.helmfile.file, by);
    return undefined;
  } catch (error) {
    by.signal.throwIfAborted();
    return asProblem(error);
  }
}

async function ofManifests(path: string, by: SourcesSight): Promise<Problem | undefined> {
  const objects = await by.readManifests(path, { environment: by.environment, signal: by.signal });
  if (objects.length > 0) return undefined;
  return {
    severity: 'warning',
    message: `There is no manifest in ${path}: nothing in it has an apiVersion and a kind.`,
    remedy: 'Check the path; charts are brought as {"chart": …}.',
  };
}

async function ofChart(chart: ChartRelease, by: SourcesSight): Promise<void> {
  await refuseUnreadable(chart);
  const helm = await by.findHelm();
  const charts = openChartRepository(chart.source, { helm, environment: { ...by.environment } });
  const fetched = await charts.fetch(chart.version, by.signal);
  await fetched.release();
}

async function ofHelmfile(file: string, by: SourcesSight): Promise<Problem | undefined> {
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    return {
      severity: 'blocker',
      message: `The helmfile ${file} can't be read: ${reasonOf(error)}.`,
      remedy: 'Check the path; it is looked up where the worker runs.',
    };
  }
  if ((await which('helmfile', { nothrow: true, path: by.environment['PATH'] ?? '' })) === null) {
    return {
      severity: 'blocker',
      message: `There is no \`helmfile\` on the PATH, by which ${file} is brought.`,
      remedy: 'Install it where the worker runs (https://helmfile.readthedocs.io).',
    };
  }
  await by.findHelm();
  return undefined;
}

/** What could not be reached may be there all the same; anything else is known to be wrong. */
function asProblem(error: unknown): Problem {
  if (error instanceof ProgramMissing) {
    return { severity: 'blocker', message: error.message, remedy: 'Install it where the worker runs.' };
  }
  if (!(error instanceof StepladderError)) throw error;
  const told = problemOf(error, '');
  return {
    severity: error.type === 'Unreachable' ? 'unknown' : 'blocker',
    message: told?.message ?? error.message,
    remedy: told?.remedy ?? 'Mend it where the worker runs.',
  };
}
