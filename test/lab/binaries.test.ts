import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabBinariesMissing } from '../../lab/binaries/index.ts';
import { findPackage } from '../../lab/binaries/findPackage.ts';
import type { BinarySource } from '../../lab/binaries/findPackage.ts';
import { controlPlanePackage, etcdPackage } from '../../lab/binaries/packages.ts';

/** A stand-in for a program: a shell script. */
async function writeScript(path: string, body: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

/** A `go` that writes programs which answer with a version; `$out` is what it was told by `-o`. */
const goThatBuilds = (answer: string, programs: readonly string[]): string => `
echo built >> "$STEPLADDER_TEST_BUILDS"
out=""
while [ $# -gt 0 ]; do if [ "$1" = "-o" ]; then out=$2; fi; shift; done
for program in ${programs.join(' ')}; do
  case "$out" in */) path="$out$program" ;; *) path="$out" ;; esac
  printf '#!/bin/sh\\necho "${answer}"\\n' > "$path"
done`;

describe('finding the programs of the lab', () => {
  let folder: string;
  let lines: string[];
  let source: BinarySource;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepladder-lab-binaries-'));
    lines = [];
    source = {
      cacheFolder: join(folder, 'cache'),
      environment: {
        PATH: join(folder, 'path'),
        STEPLADDER_TEST_BUILDS: join(folder, 'builds'),
      },
      // Nobody listens there: an official release can't be had.
      releaseOrigin: 'http://127.0.0.1:1',
      log: (line) => lines.push(line),
    };
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const goThat = (body: string) => writeScript(join(folder, 'path', 'go'), body);
  const inCache = async () => (await readdir(join(folder, 'cache'))).sort();

  it('builds with Go what is nowhere, and takes it from the cache the next time', async () => {
    await goThat(goThatBuilds('etcd Version: 3.6.5', ['etcd']));
    expect((await findPackage(etcdPackage, source)).from).toBe('a build with Go');
    await rm(join(folder, 'path', 'go'));
    expect((await findPackage(etcdPackage, source)).from).toBe('the cache');
    expect(lines.some((line) => line.startsWith('Building etcd 3.6.5 with Go'))).toBe(true);
  });

  it('builds the three programs of a control plane together', async () => {
    const wanted = controlPlanePackage('1.31');
    await goThat(goThatBuilds('Kubernetes v1.31.0', wanted.programs));
    const found = await findPackage(wanted, source);
    expect((await readdir(found.folder)).sort()).toEqual(['checksums.json', ...wanted.programs].sort());
  });

  it('builds again what is not what was put into the cache', async () => {
    await goThat(goThatBuilds('etcd Version: 3.6.5', ['etcd']));
    const { folder: cached } = await findPackage(etcdPackage, source);
    await writeFile(join(cached, 'etcd'), '#!/bin/sh\necho "etcd Version: 3.6.5, but another one"\n');
    expect((await findPackage(etcdPackage, source)).from).toBe('a build with Go');
  });

  it('does not take what was built but is of another release', async () => {
    await goThat(goThatBuilds('Kubernetes v1.30.9', controlPlanePackage('1.31').programs));
    await expect(findPackage(controlPlanePackage('1.31'), source)).rejects.toThrow(
      /answers "Kubernetes v1\.30\.9"; 1\.31\.0 is wanted/,
    );
    expect(await inCache()).not.toContain('kubernetes-1.31.0');
  });

  it('leaves nothing half-made when a build is interrupted', async () => {
    const begun = join(folder, 'begun');
    await goThat(`
while [ $# -gt 0 ]; do if [ "$1" = "-o" ]; then echo half > "$2"; fi; shift; done
echo > ${begun}
exec /bin/sleep 60`);
    const stop = new AbortController();
    const trying = findPackage(etcdPackage, { ...source, signal: stop.signal });
    const settled = Promise.allSettled([trying]);
    await expect.poll(() => existsSync(begun), { timeout: 15_000 }).toBe(true);
    expect(await inCache()).not.toEqual([]);
    stop.abort(new Error('told to stop'));
    await settled;
    await expect(trying).rejects.toThrow('told to stop');
    expect(await inCache()).toEqual([]);
  });

  it('takes a folder that a person gives before all others, and looks no further when it lacks something', async () => {
    const mine = join(folder, 'mine');
    await goThat(goThatBuilds('etcd Version: 3.6.5', ['etcd']));
    await writeScript(join(mine, 'etcd'), 'echo "etcd Version: 3.5.0"');
    const found = await findPackage(etcdPackage, { ...source, explicit: mine });
    expect(found).toEqual({ folder: mine, from: 'the folder given' });
    await expect(findPackage(controlPlanePackage('1.31'), { ...source, explicit: mine })).rejects.toThrow(
      LabBinariesMissing,
    );
  });

  it('tells every way that was tried, and what to do, when there is none', async () => {
    const trying = findPackage(controlPlanePackage('1.31'), source);
    await expect(trying).rejects.toThrow(LabBinariesMissing);
    await expect(trying).rejects.toThrow(
      /the official release: [\s\S]*a build with Go: `go` is not on PATH[\s\S]*STEPLADDER_LAB_BINARIES/,
    );
  });

  it('refuses a minor version that it has not, with those that it has', () => {
    expect(() => controlPlanePackage('1.12')).toThrow(/has no Kubernetes 1\.12; it has 1\.31, 1\.32/);
  });
});
