import { join } from 'node:path';
import { cachedPath, findProgram } from '../binaries/findProgram.ts';
import type { BinaryOptions, Program } from '../binaries/findProgram.ts';
import { buildTemporalBinary } from './binaryBuild.ts';
import { downloadTemporalBinary } from './binaryDownload.ts';

export type { BinaryOptions } from '../binaries/findProgram.ts';

/** The release of the Temporal CLI (with its server and UI) that Stepladder is tested with. */
export const temporalCliVersion = '1.5.1';

/** Says in one line what is being done; where the lines go is the caller's business. */
export type Progress = (line: string) => void;

const temporal: Program = {
  name: 'temporal',
  version: temporalCliVersion,
  setting: 'STEPLADDER_TEMPORAL_BINARY',
  // Older servers lack the start options and the UI that we rely on.
  oldestOnPath: '1.5.0',
  asked: ['--version'],
  answers: /temporal version v?(\d+)\.(\d+)\.(\d+)/,
  called: 'the Temporal CLI',
  lack: 'There is no `temporal` binary to run the embedded Temporal server with.',
  ways: [
    { way: "the download of Temporal's SDK", obtain: downloadTemporalBinary },
    { way: 'building it with Go', obtain: buildTemporalBinary },
  ],
  mend: (cached) =>
    'This one command mends it, where Go (https://go.dev/dl) and a module proxy are at hand:\n' +
    `  GOBIN='${join(cached, '..')}' go install github.com/temporalio/cli/cmd/temporal@v${temporalCliVersion}`,
};

/** Where the binary stands in a cache folder. */
export function cachedBinaryPath(cacheFolder: string): string {
  return cachedPath(temporal, cacheFolder);
}

/**
 * The path of a working `temporal` binary: an explicit one, the one on PATH, the one in our cache, or one that is
 * downloaded by Temporal's SDK or built by Go into our cache, in that order.
 *
 * @throws ProgramMissing when none of these works
 */
export function findTemporalBinary(options: BinaryOptions): Promise<string> {
  return findProgram(temporal, options);
}
