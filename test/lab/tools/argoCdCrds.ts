import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';

/** Releases of Argo CD that are Go modules with CRDs in them, the oldest first. 3.6 needs a newer Go than 1.26. */
export const argoCdVersions = [
  ...['2.8.0', '2.12.3', '2.12.6', '2.13.2', '2.13.9', '2.14.11', '2.14.21'],
  ...[
    '3.0.0',
    '3.0.23',
    '3.1.0',
    '3.1.16',
    '3.2.0',
    '3.2.12',
    '3.3.0',
    '3.3.19',
    '3.4.0',
    '3.4.13',
    '3.5.0',
    '3.5.7',
  ],
] as const;

/**
 * The folder `manifests/crds` (with its kustomization) of a release of Argo CD, from Go's cache, into which it is
 * downloaded when it is not there. Read-only.
 *
 * @param version without a v: `2.14.11`
 */
export async function argoCdCrdFolder(version: string): Promise<string> {
  const [major] = version.split('.');
  const module = `github.com/argoproj/argo-cd/v${major ?? ''}@v${version}`;
  const { stdout } = await execa('go', ['mod', 'download', '-json', module], {
    // No module of ours has a say: there is nothing that Go could keep unchanged.
    cwd: tmpdir(),
    env: { GOFLAGS: '-mod=mod', GOWORK: 'off' },
  });
  return join(z.object({ Dir: z.string() }).parse(JSON.parse(stdout)).Dir, 'manifests', 'crds');
}

/**
 * A folder that holds those of several releases, each in a folder of its version's name: what the manifests source
 * `<path>/{version}` takes.
 */
export async function argoCdReleases(
  versions: readonly string[],
): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'stepladder-argo-cd-'));
  for (const version of versions) {
    const source = await argoCdCrdFolder(version);
    await mkdir(join(path, version));
    for (const file of await readdir(source)) await copyFile(join(source, file), join(path, version, file));
  }
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
