import { execa } from 'execa';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import which from 'which';
import { defaultCacheFolder } from '../binaries/cacheFolder.ts';
import { buildTemporalBinary } from './binaryBuild.ts';
import { downloadTemporalBinary } from './binaryDownload.ts';
import { waitForCacheLock } from '../binaries/cacheLock.ts';

/** The release of the Temporal CLI (with its server and UI) that Stepladder is tested with. */
export const temporalCliVersion = '1.5.1';

/** Oldest release on PATH that is used: older servers lack the start options and the UI that we rely on. */
const oldestOnPath = '1.5.0';

/** Says in one line what is being done; where the lines go is the caller's business. */
export type Progress = (line: string) => void;

export interface BinaryOptions {
  /** Path of a `temporal` binary to use. Default: the environment variable STEPLADDER_TEMPORAL_BINARY. */
  explicit?: string | undefined;
  /** Where binaries are kept between runs. Default: `stepladder` in the user's cache folder. */
  cacheFolder?: string;
  /** Default: the process's own environment. */
  environment?: NodeJS.ProcessEnv;
  log: Progress;
}

/** A way to come by the binary that did not work, and why. */
interface Attempt {
  way: string;
  reason: string;
}

/** Nobody could come by a Temporal server; the message tells what was tried and the command that mends it. */
export class TemporalBinaryMissing extends Error {
  constructor(attempts: readonly Attempt[], mend: string) {
    const tried = attempts.map(({ way, reason }) => `  - ${way}: ${reason}`).join('\n');
    super(
      `There is no \`temporal\` binary to run the embedded Temporal server with. Tried:\n${tried}\n${mend}`,
    );
    this.name = 'TemporalBinaryMissing';
  }
}

/** Where the binary stands in a cache folder; a release has a folder of its own, so that `GOBIN=<it> go install` fills it. */
export function cachedBinaryPath(cacheFolder: string): string {
  return join(cacheFolder, `temporal-${temporalCliVersion}`, 'temporal');
}

/**
 * The path of a working `temporal` binary: an explicit one, the one on PATH, the one in our cache, or one that is
 * downloaded by Temporal's SDK or built by Go into our cache, in that order. The last two happen once on a machine.
 * Throws `TemporalBinaryMissing` when none of these works.
 */
export async function findTemporalBinary(options: BinaryOptions): Promise<string> {
  const { log } = options;
  const environment = options.environment ?? process.env;
  const explicit = options.explicit ?? environment['STEPLADDER_TEMPORAL_BINARY'];
  if (explicit !== undefined && explicit !== '') return requireExplicit(explicit);

  const cacheFolder = options.cacheFolder ?? defaultCacheFolder();
  const attempts: Attempt[] = [{ way: 'the setting STEPLADDER_TEMPORAL_BINARY', reason: 'not set' }];

  const onPath = await which('temporal', { nothrow: true, path: environment['PATH'] ?? '' });
  if (onPath === null) {
    attempts.push({ way: '`temporal` on PATH', reason: 'not found' });
  } else {
    const reason = await whyUnusable(onPath, oldestOnPath);
    if (reason === undefined) return onPath;
    attempts.push({ way: `${onPath} on PATH`, reason });
  }

  const cached = cachedBinaryPath(cacheFolder);
  const cacheReason = await whyUnusable(cached);
  if (cacheReason === undefined) return cached;
  attempts.push({ way: `the cache, ${cached}`, reason: cacheReason });

  // One process at a time fetches or builds; the others wait for it and then find the cache filled.
  const lock = await waitForCacheLock(cacheFolder, log);
  try {
    if ((await whyUnusable(cached)) === undefined) return cached;
    const request = { version: temporalCliVersion, target: cached, cacheFolder, environment, log };
    for (const [way, obtain] of [
      ["the download of Temporal's SDK", downloadTemporalBinary],
      ['building it with Go', buildTemporalBinary],
    ] as const) {
      try {
        await obtain(request);
        const reason = await whyUnusable(cached);
        if (reason === undefined) return cached;
        attempts.push({ way, reason });
      } catch (error) {
        attempts.push({ way, reason: error instanceof Error ? error.message : String(error) });
      }
    }
  } finally {
    await lock.release();
  }
  throw new TemporalBinaryMissing(attempts, mend(cached));
}

async function requireExplicit(path: string): Promise<string> {
  const reason = await whyUnusable(path);
  if (reason === undefined) return path;
  throw new TemporalBinaryMissing(
    [{ way: `STEPLADDER_TEMPORAL_BINARY=${path}`, reason }],
    'Set it to the path of a `temporal` binary, or unset it to let Stepladder find one: unset STEPLADDER_TEMPORAL_BINARY',
  );
}

/** Undefined when the binary runs and is not older than `oldest`; otherwise what is wrong with it. */
async function whyUnusable(path: string, oldest?: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
  } catch (error) {
    return isErrorCode(error, 'ENOENT') ? 'not there' : 'not an executable file';
  }
  const result = await execa(path, ['--version'], { reject: false, timeout: 20_000, stdin: 'ignore' });
  const version = /temporal version v?(\d+)\.(\d+)\.(\d+)/.exec(result.stdout);
  if (result.failed) return `\`${path} --version\` failed: ${result.shortMessage ?? result.stderr}`;
  if (version === null) return `\`${path} --version\` does not answer like the Temporal CLI`;
  if (oldest !== undefined && isOlder(version.slice(1).map(Number), oldest.split('.').map(Number))) {
    return `it is version ${version.slice(1).join('.')}, and ${oldest} or newer is needed`;
  }
  return undefined;
}

function isOlder(version: readonly number[], than: readonly number[]): boolean {
  for (const [index, wanted] of than.entries()) {
    const have = version[index] ?? 0;
    if (have !== wanted) return have < wanted;
  }
  return false;
}

function mend(cached: string): string {
  const folder = join(cached, '..');
  return (
    'This one command mends it, where Go (https://go.dev/dl) and a module proxy are at hand:\n' +
    `  GOBIN='${folder}' go install github.com/temporalio/cli/cmd/temporal@v${temporalCliVersion}`
  );
}

function isErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
