import { join } from 'node:path';
import { installIntoCache } from '../binaries/cacheInstall.ts';
import type { BinaryRequest } from '../binaries/findProgram.ts';
import { runGo } from '../binaries/goBuild.ts';

/**
 * Builds the Temporal CLI with `go install` and puts it in the cache. Throws an error that says why it can't.
 */
export async function buildTemporalBinary(request: BinaryRequest): Promise<void> {
  const { version, target, cacheFolder, environment, log } = request;
  await installIntoCache(cacheFolder, target, async (folder) => {
    await runGo({
      what: `the Temporal CLI ${version}`,
      usually: 'about 4 minutes',
      args: ['install', `github.com/temporalio/cli/cmd/temporal@v${version}`],
      // Outside of any Go module, so that none has a say in versions or toolchain.
      folder,
      environment,
      variables: { GOBIN: folder },
      log,
    });
    return join(folder, 'temporal');
  });
}
