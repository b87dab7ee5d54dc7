import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startOwnedProcess } from '../../src/processes/ownedProcess.ts';

/** A worker as a process of its own, with nothing in its environment but what it is given. */
export interface WorkerProcess {
  /** Its last lines, for when something went wrong. */
  output: readonly string[];
  /** By which Temporal knows it. */
  identity: string;
  /** SIGKILL; resolves when nothing is left of it. */
  kill(): Promise<void>;
}

export const launcher = fileURLToPath(new URL('../../bin/stepladder.js', import.meta.url));

/** Becomes the program it is given, so that the number that it has told is the program's own. */
const tellPid = 'echo "pid $$"; exec "$@"';

/** Starts `stepladder worker` and resolves once it polls. */
export async function startWorkerProcess(
  environment: Readonly<Record<string, string>>,
  taskQueue: string,
): Promise<WorkerProcess> {
  const command = [process.execPath, launcher, 'worker', '--task-queue', taskQueue];
  const owned = startOwnedProcess('/bin/sh', ['-c', tellPid, 'sh', ...command], { ...environment });
  const pid = Number((await owned.waitForLine(/^pid \d+$/)).slice('pid '.length));
  const worker: WorkerProcess = {
    output: owned.output,
    identity: `${pid}@${hostname()}`,
    async kill() {
      if (!owned.isRunning()) return;
      process.kill(pid, 'SIGKILL');
      await owned.ended;
    },
  };
  try {
    await owned.waitForLine(/Worker is polling/);
    return worker;
  } catch (error) {
    throw new Error(`The worker did not start:\n${owned.output.slice(-30).join('\n')}`, { cause: error });
  }
}
