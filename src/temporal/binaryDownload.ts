import { execa } from 'execa';
import { connect } from 'node:net';
import { extname, join } from 'node:path';
import { installIntoCache } from '../binaries/cacheInstall.ts';
import { elapsed } from '../binaries/elapsed.ts';

/** What is asked of the two ways to come by a binary that is not on the machine yet. */
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

/** Where Temporal's SDK downloads from. */
const downloadHost = 'temporal.download';
const connectTimeoutMs = 5_000;
const downloadTimeoutMs = 5 * 60_000;

/**
 * Lets Temporal's SDK download the CLI and puts it in the cache. The SDK knows no time limit of its own and can't be
 * interrupted, so it works in a process of its own, and the host is tried first: where the internet is closed this
 * answers within seconds. Throws an error that says why it can't.
 */
export async function downloadTemporalBinary(request: BinaryRequest): Promise<void> {
  const { version, target, cacheFolder, environment, log } = request;
  // Behind a proxy only the SDK's own attempt can tell.
  if (!usesProxy(environment)) await requireReachable(downloadHost, 443);
  await installIntoCache(cacheFolder, target, async (folder) => {
    log(`Downloading the Temporal CLI ${version} (about 50 MB) from ${downloadHost}.`);
    const started = Date.now();
    const script = join(import.meta.dirname, `downloadWithSdk${extname(import.meta.filename)}`);
    const result = await execa(process.execPath, [script, folder, `v${version}`], {
      env: environment,
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      timeout: downloadTimeoutMs,
    });
    if (result.timedOut) throw new Error(`the download took longer than ${elapsed(downloadTimeoutMs)}`);
    if (result.failed)
      throw new Error(lastLine(result.stderr) || (result.shortMessage ?? 'the download failed'));
    log(`Downloaded the Temporal CLI ${version} in ${elapsed(Date.now() - started)}.`);
    return join(folder, `temporal-v${version}`);
  });
}

function usesProxy(environment: NodeJS.ProcessEnv): boolean {
  return ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'].some((name) => Boolean(environment[name]));
}

/** Resolves when a TCP connection can be opened; throws with the reason otherwise. */
async function requireReachable(host: string, port: number): Promise<void> {
  const socket = connect({ host, port, timeout: connectTimeoutMs });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
      socket.once('timeout', () => {
        reject(new Error(`no answer within ${elapsed(connectTimeoutMs)}`));
      });
    });
  } catch (error) {
    throw new Error(`${host} can't be reached: ${reasonOf(error)}`, { cause: error });
  } finally {
    socket.destroy();
  }
}

function reasonOf(error: unknown): string {
  // A name with several addresses fails with one error for each, and no message of its own.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(-500) ?? '';
}
