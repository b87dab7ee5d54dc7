import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';
import { startOwnedProcess } from '../../processes/ownedProcess.ts';
import type { OwnedProcess } from '../../processes/ownedProcess.ts';
import { CommandFailed } from '../exitCodes.ts';

const shownLines = 15;

/**
 * Starts `stepladder worker` as a process of its own, so that the demo's worker is one that can really die, and
 * resolves once it polls.
 *
 * @param environment all of its environment
 * @throws CommandFailed with its last words
 */
export async function startWorkerProcess(
  environment: Record<string, string>,
  taskQueue: string,
): Promise<OwnedProcess> {
  const worker = startOwnedProcess(
    process.execPath,
    [launcher(), 'worker', '--task-queue', taskQueue],
    environment,
  );
  try {
    await worker.waitForLine(/Worker is polling/);
    return worker;
  } catch {
    throw workerDied(worker, await worker.ended);
  }
}

/** @param how one sentence's end: `ended with exit code 1` */
export function workerDied(worker: OwnedProcess, how: string): CommandFailed {
  const words = worker.output.slice(-shownLines).map((line) => `\n  ${line}`);
  return new CommandFailed(`The demo's worker ${how}. Its last words:${words.join('')}`);
}

/** bin/stepladder.js, from the sources or from dist/src. */
function launcher(): string {
  const found = ['../../../', '../../../../']
    .map((root) => fileURLToPath(new URL(`${root}bin/stepladder.js`, import.meta.url)))
    .find((path) => existsSync(path));
  if (found === undefined) throw new CommandFailed('bin/stepladder.js is missing from this installation.');
  return found;
}
