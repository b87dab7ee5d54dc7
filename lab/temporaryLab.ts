import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scenario } from '../scenario/scenario.ts';
import { findControlPlaneBinaries, findEtcd, findKwok } from './binaries/index.ts';
import { startLab } from './start.ts';
import type { RunningLab } from './start.ts';

/**
 * Starts a lab in this process, for tests and benchmarks: in a temporary folder of its own, which goes with it, and with
 * the programs from the cache.
 *
 * @param log told what is being done; nobody unless given
 * @throws Error when a program of it does not come up, with that program's last lines
 */
export async function startTemporaryLab(
  scenario: Scenario,
  log: (line: string) => void = () => undefined,
): Promise<RunningLab> {
  const folder = await mkdtemp(join(tmpdir(), `stepladder-lab-${scenario.cluster.name}-`));
  try {
    const lab = await startLab({
      scenario,
      folder: join(folder, 'lab'),
      binaries: {
        controlPlane: (minor) => findControlPlaneBinaries(minor, { log }),
        etcd: await findEtcd({ log }),
        kwok: await findKwok({ log }),
      },
      log,
    });
    return {
      ...lab,
      async close() {
        await lab.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
