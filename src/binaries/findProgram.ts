import { execa } from 'execa';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import which from 'which';
import { defaultCacheFolder } from './cacheFolder.ts';
import { waitForCacheLock } from './cacheLock.ts';

/** A program that we run and do not ship: how it is told, asked for its version, and come by. */
export interface Program {
  /** Name of its file, `temporal`. */
  name: string;
  /** The release that we fetch or build, without a `v`. */
  version: string;
  /** Environment variable with the path of one to use. */
  setting: string;
  /** Oldest release on PATH that is used. */
  oldestOnPath: string;
  /** Arguments that have it tell its version. */
  asked: readonly string[];
  /** What it answers; the groups are the three numbers of its version. */
  answers: RegExp;
  /** As in `does not answer like the Temporal CLI`. */
  called: string;
  /** What is missing without it, as one sentence. */
  lack: string;
  /** Ways to fill the cache, the first to be tried first. */
  ways: readonly { way: string; obtain: (request: BinaryRequest) => Promise<void> }[];
  /** The command that mends its lack; is given where the program stands in the cache. */
  mend: (cached: string) => string;
}

/** What is asked of a way to come by a program that is not on the machine yet. */
export interface BinaryRequest {
  /** Release without a `v`. */
  version: string;
  /** Path that the binary shall have at the end. */
  target: string;
  /** Folder on the same file system, for unfinished work. */
  cacheFolder: string;
  environment: NodeJS.ProcessEnv;
  log: (line: string) => void;
}

export interface BinaryOptions {
  /** Path of a binary to use. Default: the environment variable that the program's `setting` names. */
  explicit?: string | undefined;
  /** Where binaries are kept between runs. Default: `stepladder` in the user's cache folder. */
  cacheFolder?: string;
  /** Default: the process's own environment. */
  environment?: NodeJS.ProcessEnv;
  /** Says in one line what is being done; where the lines go is the caller's business. */
  log: (line: string) => void;
}

/** A way to come by a program that did not work, and why. */
interface Attempt {
  way: string;
  reason: string;
}

/** Nobody could come by a program; the message tells what was tried and the command that mends it. */
export class ProgramMissing extends Error {
  constructor(lack: string, attempts: readonly Attempt[], mend: string) {
    const tried = attempts.map(({ way, reason }) => `  - ${way}: ${reason}`).join('\n');
    super(`${lack} Tried:\n${tried}\n${mend}`);
    this.name = 'ProgramMissing';
  }
}

/** Where a program stands in a cache folder; a release has a folder of its own, so that `GOBIN=<it> go install` fills it. */
export function cachedPath({ name, version }: Program, cacheFolder: string): string {
  return join(cacheFolder, `${name}-${version}`, name);
}

/**
 * The path of a program that works: an explicit one, the one on PATH, the one in our cache, or one that is fetched or
 * built into our cache, in that order. The last happens once on a machine.
 *
 * @throws ProgramMissing when none of these works
 */
export async function findProgram(program: Program, options: BinaryOptions): Promise<string> {
  const { log } = options;
  const environment = options.environment ?? process.env;
  const explicit = options.explicit ?? environment[program.setting];
  if (explicit !== undefined && explicit !== '') return requireExplicit(program, explicit);

  const cacheFolder = options.cacheFolder ?? defaultCacheFolder();
  const attempts: Attempt[] = [{ way: `the setting ${program.setting}`, reason: 'not set' }];

  const onPath = await which(program.name, { nothrow: true, path: environment['PATH'] ?? '' });
  if (onPath === null) {
    attempts.push({ way: `\`${program.name}\` on PATH`, reason: 'not found' });
  } else {
    const reason = await whyUnusable(program, onPath, program.oldestOnPath);
    if (reason === undefined) return onPath;
    attempts.push({ way: `${onPath} on PATH`, reason });
  }

  const cached = cachedPath(program, cacheFolder);
  const cacheReason = await whyUnusable(program, cached);
  if (cacheReason === undefined) return cached;
  attempts.push({ way: `the cache, ${cached}`, reason: cacheReason });

  // One process at a time fetches or builds; the others wait for it and then find the cache filled.
  const lock = await waitForCacheLock(cacheFolder, log);
  try {
    if ((await whyUnusable(program, cached)) === undefined) return cached;
    const request = { version: program.version, target: cached, cacheFolder, environment, log };
    for (const { way, obtain } of program.ways) {
      try {
        await obtain(request);
        const reason = await whyUnusable(program, cached);
        if (reason === undefined) return cached;
        attempts.push({ way, reason });
      } catch (error) {
        attempts.push({ way, reason: error instanceof Error ? error.message : String(error) });
      }
    }
  } finally {
    await lock.release();
  }
  throw new ProgramMissing(program.lack, attempts, program.mend(cached));
}

async function requireExplicit(program: Program, path: string): Promise<string> {
  const reason = await whyUnusable(program, path);
  if (reason === undefined) return path;
  const { setting, name } = program;
  throw new ProgramMissing(
    program.lack,
    [{ way: `${setting}=${path}`, reason }],
    `Set it to the path of a \`${name}\` binary, or unset it to let Stepladder find one: unset ${setting}`,
  );
}

/** Undefined when the binary runs and is not older than `oldest`; otherwise what is wrong with it. */
async function whyUnusable(program: Program, path: string, oldest?: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
  } catch (error) {
    return isErrorCode(error, 'ENOENT') ? 'not there' : 'not an executable file';
  }
  const asked = [...program.asked];
  const result = await execa(path, asked, { reject: false, timeout: 20_000, stdin: 'ignore' });
  const version = program.answers.exec(result.stdout);
  const call = `\`${path} ${asked.join(' ')}\``;
  if (result.failed) return `${call} failed: ${result.shortMessage ?? result.stderr}`;
  if (version === null) return `${call} does not answer like ${program.called}`;
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

function isErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
