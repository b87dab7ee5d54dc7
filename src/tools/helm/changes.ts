import { z } from 'zod';
import { onRelease, revisionLabel, subject } from './releases.ts';
import type { ReleaseName } from './releases.ts';
import { readJson, runHelm } from './runHelm.ts';
import type { HelmOnCluster } from './runHelm.ts';

/** The chart that a release is brought to. */
export interface ChartForRelease extends ReleaseName {
  /** Folder or archive on disk. */
  path: string;
  /** As people are told, `external-dns 1.15.0`. */
  chart: string;
  /** Files with values, on top of the release's own; paths or addresses that helm takes. */
  values: readonly string[];
}

export interface Change extends ChartForRelease {
  /** The revision that will be made; stands in its label. */
  revision: number;
  /** Helm's description of it, which tells who made it and why. */
  description: string;
  /** How long helm waits for each hook. Milliseconds. */
  timeoutMs: number;
  /** Values that the release had before do not count. */
  onlyGivenValues?: boolean | undefined;
}

const madeSchema = z.object({
  version: z.number(),
  info: z.object({ status: z.string() }),
});

/** What helm itself needs beyond its hooks: several hooks may each take their time. */
const atMostMs = (timeoutMs: number): number => timeoutMs * 3 + 60_000;

/**
 * `helm upgrade` with the release's own values, unless only given ones count, over the new chart's, and the files on top. Helm waits for its hooks and
 * for nothing else: whether the workloads come up is judged by us, against how they were before.
 *
 * @throws StepladderError as `runHelm`; the release is then as it was (helm refused to begin), or `failed`
 */
export async function helmUpgrade(
  on: HelmOnCluster,
  change: Change,
): Promise<{ revision: number; status: string }> {
  const args = onRelease(['upgrade'], change);
  args.splice(2, 0, change.path);
  args.push(change.onlyGivenValues === true ? '--reset-values' : '--reset-then-reuse-values');
  args.push(...unlimited, ...common(change));
  const { stdout } = await runHelm(
    on,
    args,
    subject('upgrade', change, change.chart),
    atMostMs(change.timeoutMs),
  );
  return made(stdout);
}

/**
 * `helm install`, with the namespace if it is not there. It brings the CRDs of the chart's folder `crds` that the
 * cluster does not have.
 *
 * @throws StepladderError as `helmUpgrade`
 */
export async function helmInstall(
  on: HelmOnCluster,
  change: Change,
): Promise<{ revision: number; status: string }> {
  const args = onRelease(['install'], change);
  args.splice(2, 0, change.path);
  args.push('--create-namespace', ...common(change));
  const { stdout } = await runHelm(
    on,
    args,
    subject('install', change, change.chart),
    atMostMs(change.timeoutMs),
  );
  return made(stdout);
}

/** `helm rollback` to a revision: makes a new one with what that had. Throws as `helmUpgrade`. */
export async function helmRollback(
  on: HelmOnCluster,
  name: ReleaseName,
  to: number,
  timeoutMs: number,
): Promise<void> {
  const args = onRelease(['rollback'], name);
  args.splice(2, 0, String(to));
  args.push(...unlimited, ...waiting(timeoutMs));
  await runHelm(on, args, subject(`roll back to revision ${to}:`, name), atMostMs(timeoutMs));
}

/** `helm uninstall`. CRDs of the chart's folder `crds` stay, as helm never deletes them. Throws as `helmUpgrade`. */
export async function helmUninstall(on: HelmOnCluster, name: ReleaseName, timeoutMs: number): Promise<void> {
  const args = [...onRelease(['uninstall'], name), ...waiting(timeoutMs)];
  await runHelm(on, args, subject('uninstall', name), atMostMs(timeoutMs));
}

/** Files with values as helm's flags. */
export function valuesFlags(values: readonly string[]): string[] {
  return values.flatMap((file) => ['--values', file]);
}

/** Helm forgets all revisions but ten at each change; it is for whoever keeps the release to limit its history. */
const unlimited = ['--history-max', '0'];

function common({ values, revision, description, timeoutMs }: Change): string[] {
  return [
    ...valuesFlags(values),
    ...['--labels', `${revisionLabel}=${revision}`],
    ...['--description', description],
    ...waiting(timeoutMs),
    ...['-o', 'json'],
  ];
}

function waiting(timeoutMs: number): string[] {
  return ['--timeout', `${Math.max(1, Math.ceil(timeoutMs / 1000))}s`];
}

function made(stdout: string): { revision: number; status: string } {
  const { version, info } = readJson(madeSchema, stdout, 'release');
  return { revision: version, status: info.status };
}
