import type { OwnedProcess } from '../../processes/ownedProcess.ts';
import { workerDied } from './workerProcess.ts';

/** So often a worker may end before its time until the demo gives up: something is wrong with it then. */
const deathsUntilGivingUp = 5;

export interface KeptWorker {
  /** Rejects when it is no use to start yet another. */
  failed: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Starts a worker, and another one whenever it ends before its time: a worker may be killed to see that the upgrade
 * goes on.
 *
 * @param start resolves with a worker that polls
 * @param tell told of each new beginning
 * @throws what `start` throws, the first time
 */
export async function keepWorker(
  start: () => Promise<OwnedProcess>,
  tell: (line: string) => void,
): Promise<KeptWorker> {
  // Also while the next one starts: whoever stops waits for it, so that none is left behind.
  let worker = start();
  await worker;
  let stopping = false;
  const isStopping = () => stopping;

  const keep = async (): Promise<never> => {
    for (let deaths = 1; ; deaths += 1) {
      const living = await worker;
      const how = await living.ended;
      // It was told to stop: nothing is wrong, and nobody waits for this any more.
      if (isStopping()) return new Promise(() => undefined);
      if (deaths === deathsUntilGivingUp) throw workerDied(living, how);
      tell(`The worker ${how}. Another one is started, and the upgrade goes on where it was.`);
      worker = start();
    }
  };
  const failed = keep();
  // Whoever awaits it is told; that nobody awaits it yet must not end the process.
  failed.catch(() => undefined);
  return {
    failed,
    stop: async () => {
      stopping = true;
      const last = await worker.catch(() => undefined);
      await last?.stop();
    },
  };
}
