import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultCacheFolder } from '../../src/binaries/cacheFolder.ts';
import { runGo } from '../../src/binaries/goBuild.ts';

const version = '5.22.7';

/**
 * The program pluto, which does the same work, to compare with: the one that STEPLADDER_BENCH_PLUTO names, or one built
 * with Go from its released module and kept in the cache.
 *
 * @throws Error when Go is missing or can't get the module
 */
export async function plutoBinary(log: (line: string) => void): Promise<string> {
  const named = process.env['STEPLADDER_BENCH_PLUTO'];
  if (named !== undefined && named !== '') return named;
  const folder = join(defaultCacheFolder(), 'bench');
  const binary = join(folder, `pluto-${version}`);
  if (existsSync(binary)) return binary;
  await mkdir(folder, { recursive: true });
  const build = await mkdtemp(join(tmpdir(), 'pluto-build-'));
  try {
    const module = 'github.com/fairwindsops/pluto/v5';
    await writeFile(join(build, 'go.mod'), `module bench\n\ngo 1.24\n\nrequire ${module} v${version}\n`);
    await runGo({
      what: `pluto ${version}`,
      usually: 'about 2 minutes',
      args: ['build', '-mod=mod', '-ldflags', '-s -w', '-o', join(build, 'pluto'), `${module}/cmd/pluto`],
      folder: build,
      environment: process.env,
      log,
    });
    // Under its name only when it is whole.
    await copyFile(join(build, 'pluto'), `${binary}.part`);
    await chmod(`${binary}.part`, 0o755);
    await rename(`${binary}.part`, binary);
  } finally {
    await rm(build, { recursive: true, force: true });
  }
  return binary;
}
