/**
 * Run as a process of its own by `binaryDownload.ts`, with a folder and a version: has Temporal's SDK download the
 * CLI into the folder, as `temporal-<version>`.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const [folder, version] = process.argv.slice(2);
if (folder === undefined || version === undefined)
  throw new Error('usage: downloadWithSdk <folder> <version>');
try {
  // The SDK offers the download only as the first step of starting a server.
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir: folder, version } },
  });
  await environment.teardown();
} catch (error) {
  // That the server did not come up in the few seconds that the SDK gives it matters not: the file is what we want.
  if (!existsSync(join(folder, `temporal-${version}`))) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
