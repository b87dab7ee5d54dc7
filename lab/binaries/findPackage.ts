import { execa } from 'execa';
import { chmod, mkdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { installIntoCache } from '../../src/binaries/cacheInstall.ts';
import { waitForCacheLock } from '../../src/binaries/cacheLock.ts';
import { damageOf, writeChecksums } from '../../src/binaries/checksums.ts';
import { downloadRelease } from '../../src/binaries/downloadRelease.ts';
import { runGo } from '../../src/binaries/goBuild.ts';
import type { LabPackage } from './packages.ts';

export interface BinarySource {
  /** Where programs are kept between runs. */
  cacheFolder: string;
  /**
   * Folder with the programs themselves: those of Kubernetes in a subfolder for each minor version (`1.31/`). Default:
   * the environment variable STEPLADDER_LAB_BINARIES.
   */
  explicit?: string | undefined;
  /** Default: the process's own environment. */
  environment?: NodeJS.ProcessEnv;
  log: (line: string) => void;
  signal?: AbortSignal;
  /** Where official releases are fetched from, instead of the projects' own hosts. */
  releaseOrigin?: string;
}

export interface FoundPackage {
  folder: string;
  from: 'the folder given' | 'the cache' | 'the official release' | 'a build with Go';
}

/** Nobody could come by a package of the lab; the message tells what was tried and how to mend it. */
export class LabBinariesMissing extends Error {
  constructor(wanted: LabPackage, attempts: readonly { way: string; reason: string }[]) {
    const tried = attempts.map(({ way, reason }) => `  - ${way}: ${reason}`).join('\n');
    super(
      `The lab needs ${wanted.what} (${wanted.programs.join(', ')}), and there is none. Tried:\n${tried}\n` +
        'Install Go (https://go.dev/dl) where a module proxy can be reached, or put the programs of that release into a folder and name it: STEPLADDER_LAB_BINARIES=<folder>' +
        (wanted.explicitFolder === '' ? '' : ` (these in <folder>/${wanted.explicitFolder}/)`),
    );
    this.name = 'LabBinariesMissing';
  }
}

/**
 * The folder that holds a package's programs: one that a person gave, our cache, the official release, or a build with
 * Go, in that order; the last two fill the cache. One process at a time fetches or builds.
 *
 * @throws LabBinariesMissing
 */
export async function findPackage(wanted: LabPackage, source: BinarySource): Promise<FoundPackage> {
  const { cacheFolder, log, signal } = source;
  const environment = source.environment ?? process.env;
  const explicit = source.explicit ?? environment['STEPLADDER_LAB_BINARIES'] ?? '';
  if (explicit !== '') return explicitPackage(wanted, explicit);

  const target = join(cacheFolder, wanted.folder);
  if ((await damageOf(target, wanted.programs)) === undefined) return { folder: target, from: 'the cache' };
  await mkdir(cacheFolder, { recursive: true });
  const lock = await waitForCacheLock(cacheFolder, log);
  try {
    const damage = await damageOf(target, wanted.programs);
    if (damage === undefined) return { folder: target, from: 'the cache' };
    const attempts = [{ way: 'the cache', reason: damage }];
    const ways = [
      { from: 'the official release', obtain: download },
      { from: 'a build with Go', obtain: build },
    ] as const;
    for (const { from, obtain } of ways) {
      signal?.throwIfAborted();
      try {
        await installIntoCache(cacheFolder, target, async (unfinished) => {
          const folder = `${unfinished}${sep}programs`;
          await mkdir(folder);
          await obtain(wanted, folder, { ...source, environment });
          for (const program of wanted.programs) await chmod(join(folder, program), 0o755);
          const reason = await whyUnusable(wanted, folder);
          if (reason !== undefined) throw new Error(reason);
          await writeChecksums(folder, wanted.programs);
          return folder;
        });
        return { folder: target, from };
      } catch (error) {
        signal?.throwIfAborted();
        attempts.push({ way: from, reason: error instanceof Error ? error.message : String(error) });
      }
    }
    throw new LabBinariesMissing(wanted, attempts);
  } finally {
    await lock.release();
  }
}

type Obtaining = BinarySource & { environment: NodeJS.ProcessEnv };

async function explicitPackage(wanted: LabPackage, explicit: string): Promise<FoundPackage> {
  const folder = join(explicit, wanted.explicitFolder);
  const reason = await whyUnusable(wanted, folder);
  if (reason === undefined) return { folder, from: 'the folder given' };
  throw new LabBinariesMissing(wanted, [{ way: `STEPLADDER_LAB_BINARIES=${explicit}`, reason }]);
}

async function download(wanted: LabPackage, folder: string, source: Obtaining): Promise<void> {
  const { environment, log, signal, releaseOrigin } = source;
  await downloadRelease(wanted, folder, { environment, log, signal, origin: releaseOrigin });
}

async function build(wanted: LabPackage, folder: string, source: Obtaining): Promise<void> {
  const { environment, log, signal } = source;
  // One program may be named otherwise than its package: then the name is said.
  const [only = ''] = wanted.programs;
  const output = wanted.programs.length > 1 ? `${folder}${sep}` : join(folder, only);
  await runGo({
    what: wanted.what,
    usually: wanted.usually,
    args: [
      'build',
      // What go.sum does not vouch for is not built.
      '-mod=readonly',
      '-trimpath',
      '-buildvcs=false',
      '-ldflags',
      `-s -w ${wanted.linkerFlags}`.trim(),
      '-o',
      output,
      ...wanted.goPackages,
    ],
    folder: wanted.module,
    environment,
    variables: { CGO_ENABLED: '0', GOFLAGS: '' },
    log,
    signal,
  });
}

/** Undefined when every program runs and is of the release; otherwise what is wrong. */
async function whyUnusable(wanted: LabPackage, folder: string): Promise<string | undefined> {
  for (const program of wanted.programs) {
    const path = join(folder, program);
    const asked = wanted.asked ?? ['--version'];
    const { failed, stdout, shortMessage } = await execa(path, asked, {
      reject: false,
      timeout: 20_000,
      stdin: 'ignore',
    });
    if (failed) return `\`${path} ${asked.join(' ')}\` failed: ${shortMessage ?? ''}`;
    if (!wanted.answers.test(stdout)) {
      const [line = ''] = stdout.split('\n');
      return `\`${path} ${asked.join(' ')}\` answers "${line.slice(0, 80)}"; ${wanted.release} is wanted`;
    }
  }
  return undefined;
}
