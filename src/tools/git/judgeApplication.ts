import { z } from 'zod';
import type { ChartVersion } from '../../contract/tools.ts';

/** As much of an Application of Argo CD as tells whether Git has brought it to a version. */
export const applicationSchema = z.object({
  status: z
    .object({
      sync: z
        .object({
          status: z.string().optional(),
          revision: z.string().optional(),
          revisions: z.array(z.string()).optional(),
        })
        .optional(),
      health: z.object({ status: z.string().optional() }).optional(),
      operationState: z.object({ phase: z.string().optional() }).optional(),
      summary: z.object({ images: z.array(z.string()).optional() }).optional(),
    })
    .optional(),
});

export type SeenApplication = z.infer<typeof applicationSchema>;

/**
 * Whether an Application has a version, in sync and healthy. A chart of a Helm repository has its version as the
 * Application's revision; where the chart lies in Git the revision is a commit, and the images tell the app's version.
 *
 * @returns its state in one line: `Synced, Healthy, at 1.15.0`
 */
export function judgeApplication(
  { status }: SeenApplication,
  wanted: ChartVersion,
): { state: 'synced' | 'waiting'; line: string } {
  const sync = status?.sync?.status ?? 'not compared yet';
  const health = status?.health?.status ?? 'health unknown';
  const phase = status?.operationState?.phase;
  const images = status?.summary?.images ?? [];
  const revisions = [status?.sync?.revision, ...(status?.sync?.revisions ?? [])].filter(
    (revision) => revision !== undefined && revision !== '',
  );
  const there =
    revisions.some((revision) => sameVersion(revision, wanted.version)) ||
    (wanted.appVersion !== undefined && images.some((image) => sameVersion(tagOf(image), wanted.appVersion)));
  const running = phase === 'Running' || phase === 'Terminating';
  const at = there ? `at ${wanted.version}` : `not at ${wanted.version} (${seen(revisions, images)})`;
  return {
    state: there && sync === 'Synced' && health === 'Healthy' && !running ? 'synced' : 'waiting',
    line: [sync, health, ...(running ? ['an operation is running'] : []), at].join(', '),
  };
}

function seen(revisions: readonly (string | undefined)[], images: readonly string[]): string {
  const parts = [
    ...(revisions.length === 0 ? [] : [`revision ${revisions.join(', ')}`]),
    ...(images.length === 0 ? [] : [`images ${images.slice(0, 3).join(', ')}`]),
  ];
  return parts.length === 0 ? 'it says neither revision nor images' : parts.join('; ');
}

/** Charts and images write the same version with and without a `v`. */
function sameVersion(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && right !== undefined && left.replace(/^v/, '') === right.replace(/^v/, '');
}

function tagOf(image: string): string | undefined {
  const [reference = ''] = image.split('@');
  return /:([^:/]+)$/.exec(reference)?.[1];
}
