import { execa } from 'execa';
import { join } from 'node:path';
import which from 'which';
import type { BinaryRequest } from './binaryDownload.ts';
import { installIntoCache } from '../binaries/cacheInstall.ts';
import { elapsed } from '../binaries/elapsed.ts';

const progressIntervalMs = 15_000;
const timeoutMs = 30 * 60_000;

/**
 * Builds the Temporal CLI with `go install` and puts it in the cache. Throws an error that says why it can't.
 */
export async function buildTemporalBinary(request: BinaryRequest): Promise<void> {
  const { version, target, cacheFolder, environment, log } = request;
  const go = await which('go', { nothrow: true, path: environment['PATH'] ?? '' });
  if (go === null) throw new Error('`go` is not on PATH');
  await installIntoCache(cacheFolder, target, async (folder) => {
    log(`Building the Temporal CLI ${version} with Go; about 4 minutes, once on this machine.`);
    const started = Date.now();
    const progress = setInterval(() => {
      log(`Still building the Temporal CLI: ${elapsed(Date.now() - started)} so far.`);
    }, progressIntervalMs);
    try {
      const result = await execa(go, ['install', `github.com/temporalio/cli/cmd/temporal@v${version}`], {
        // Outside of any Go module or workspace, so that none has a say in versions or toolchain.
        cwd: folder,
        env: { ...environment, GOBIN: folder, GOWORK: 'off' },
        extendEnv: false,
        stdin: 'ignore',
        reject: false,
        timeout: timeoutMs,
      });
      if (result.failed)
        throw new Error(`go install failed: ${lastLines(result.stderr) || (result.shortMessage ?? '')}`);
    } finally {
      clearInterval(progress);
    }
    log(`Built the Temporal CLI ${version} in ${elapsed(Date.now() - started)}.`);
    return join(folder, 'temporal');
  });
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' | ').slice(-500);
}
