import { z } from 'zod';
import { StepladderError } from '../../contract/errors.ts';
import type { HelmReleaseState } from '../types.ts';
import type { HelmSubject } from './failure.ts';
import { readJson, runHelm } from './runHelm.ts';
import type { HelmOnCluster } from './runHelm.ts';

/** What names a release within a cluster. */
export interface ReleaseName {
  release: string;
  namespace: string;
}

/** One revision of a release, as `helm history` tells of it. */
export interface Revision {
  revision: number;
  /** `deployed`, `superseded`, `failed`, `pending-upgrade` … */
  status: string;
  description: string;
  /** ISO 8601. */
  updatedAt: string;
}

/** The label on the releases that we make. Its value is the number of the revision: later ones inherit the label. */
export const revisionLabel = 'stepladder/revision';

const historySchema = z.array(
  z.object({
    revision: z.number(),
    updated: z.string(),
    status: z.string(),
    description: z.string().default(''),
  }),
);

const metadataSchema = z.object({
  chart: z.string(),
  version: z.string(),
  appVersion: z.string().default(''),
});

/**
 * A release as its newest revision has it.
 *
 * @returns undefined when there is none of that name
 */
export async function releaseState(
  on: HelmOnCluster,
  name: ReleaseName,
): Promise<HelmReleaseState | undefined> {
  const newest = (await releaseHistory(on, name, 1)).at(-1);
  if (newest === undefined) return undefined;
  const { revision, status, description, updatedAt } = newest;
  const { chart, version, appVersion } = await chartOfRevision(on, name, revision);
  return {
    ...name,
    revision,
    status,
    chart: { name: chart, version, ...(appVersion === '' ? {} : { appVersion }) },
    description,
    updatedAt,
  };
}

/** The chart of one revision. */
export async function chartOfRevision(
  on: HelmOnCluster,
  name: ReleaseName,
  revision: number,
): Promise<z.infer<typeof metadataSchema>> {
  const args = [...onRelease(['get', 'metadata'], name), '--revision', String(revision), '-o', 'json'];
  const { stdout } = await runHelm(on, args, subject('read the chart of', name));
  return readJson(metadataSchema, stdout, 'metadata');
}

/**
 * The revisions of a release, the newest last; none when there is no such release.
 *
 * @param most as many of the newest
 */
export async function releaseHistory(on: HelmOnCluster, name: ReleaseName, most = 256): Promise<Revision[]> {
  try {
    const args = [...onRelease(['history'], name), '--max', String(most), '-o', 'json'];
    const { stdout } = await runHelm(on, args, subject('read the history of', name));
    return readJson(historySchema, stdout, 'history')
      .map(({ updated, ...rest }) => ({ ...rest, updatedAt: updated }))
      .sort((one, other) => one.revision - other.revision);
  } catch (error) {
    if (error instanceof StepladderError && error.details['problem'] === 'not-installed') return [];
    throw error;
  }
}

/** Whether a release's newest revision is one that we made, by its label. */
export async function isMarkedOurs(on: HelmOnCluster, name: ReleaseName, revision: number): Promise<boolean> {
  const args = [
    ...[
      'list',
      '--all',
      '--namespace',
      name.namespace,
      '--filter',
      `^${name.release.replaceAll('.', '\\.')}$`,
    ],
    ...['--selector', `${revisionLabel}=${revision}`, '-o', 'json'],
  ];
  const { stdout } = await runHelm(on, args, subject('look for our mark on', name));
  const found = readJson(z.array(z.object({ revision: z.coerce.number() })).nullable(), stdout, 'list');
  return found?.some((each) => each.revision === revision) ?? false;
}

/** Every release of a cluster, or of a namespace, by its newest revision. */
export async function listReleases(
  on: HelmOnCluster,
  namespace?: string,
): Promise<(ReleaseName & { chart: string; revision: number; status: string })[]> {
  const where = namespace === undefined ? ['--all-namespaces'] : ['--namespace', namespace];
  const { stdout } = await runHelm(on, ['list', '--all', '--max', '0', ...where, '-o', 'json'], {
    doing: 'list the Helm releases',
  });
  const schema = z.array(
    z.object({
      name: z.string(),
      namespace: z.string(),
      chart: z.string(),
      revision: z.coerce.number(),
      status: z.string(),
    }),
  );
  return readJson(schema, stdout, 'list').map(({ name, ...rest }) => ({ release: name, ...rest }));
}

/**
 * The values that were given for a release, without the chart's own, as JSON: for helm, never for a log or a history.
 */
export async function releaseValues(on: HelmOnCluster, name: ReleaseName): Promise<string> {
  const { stdout } = await runHelm(
    on,
    [...onRelease(['get', 'values'], name), '-o', 'json'],
    subject('read the values of', name),
  );
  return stdout.trim() === 'null' ? '{}' : stdout;
}

/** What a release has installed, hooks included, as YAML with many documents. */
export async function releaseManifest(on: HelmOnCluster, name: ReleaseName): Promise<string> {
  const parts = [];
  for (const what of ['manifest', 'hooks']) {
    const { stdout } = await runHelm(
      on,
      onRelease(['get', what], name),
      subject(`read the ${what} of`, name),
    );
    parts.push(stdout);
  }
  return parts.join('\n');
}

/**
 * A command on a release.
 *
 * @throws StepladderError `InvalidInput` for names that are none of Kubernetes', which helm could take for a flag
 */
export function onRelease(command: readonly string[], { release, namespace }: ReleaseName): string[] {
  for (const [what, name, most] of [
    ['release', release, 53],
    ['namespace', namespace, 63],
  ] as const) {
    if (name.length <= most && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) continue;
    throw new StepladderError(
      'InvalidInput',
      `"${name}" is no name of a ${what}: lower-case letters, digits and - make one, of at most ${most} characters.`,
    );
  }
  return [...command, release, '--namespace', namespace];
}

/** What a call on a release is about. */
export function subject(doing: string, { release, namespace }: ReleaseName, chart?: string): HelmSubject {
  const full = `${namespace}/${release}`;
  return { doing: `${doing} release ${full}`, release: full, ...(chart === undefined ? {} : { chart }) };
}
