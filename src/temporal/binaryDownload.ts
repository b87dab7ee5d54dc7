import { execa } from 'execa';
import { extname, join } from 'node:path';
import { installIntoCache } from '../binaries/cacheInstall.ts';
import { elapsed } from '../binaries/elapsed.ts';
import type { BinaryRequest } from '../binaries/findProgram.ts';
import { requireReachable, usesProxy } from '../binaries/reachable.ts';

/** Where Temporal's SDK downloads from. */
const downloadHost = 'temporal.download';
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

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(-500) ?? '';
}
