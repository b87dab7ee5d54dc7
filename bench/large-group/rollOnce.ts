import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { workerEnvironment } from '../../src/commands/demo/workerEnvironment.ts';
import type { UpgradeStatus } from '../../src/contract/status.ts';
import { startOwnedProcess } from '../../src/processes/ownedProcess.ts';
import { connectTemporal, explicitTemporal } from '../../src/temporal/connection.ts';
import type { EmbeddedServer } from '../../src/temporal/embedded.ts';
import { runHistories } from './histories.ts';
import type { RunHistory } from './histories.ts';
import { forgetMost, residentMegabytes } from './memory.ts';

export interface RollOptions {
  nodes: number;
  podsPerNode: number;
  strategy: string;
  /** Simulated seconds in a real one. */
  speed: number;
  /** The launcher that the worker is started with: a built one does not bundle the workflows in its own memory. */
  launcher: string;
}

export interface RollResult {
  nodes: number;
  /** `COMPLETED`, or how else the workflow ended, with its words. */
  outcome: string;
  /** From the approval of the plan to the upgrade's end. */
  seconds: number;
  /** Resident memory of the worker's process before the upgrade, and the most during it, in MB. */
  workerBefore: number;
  workerMost: number;
  histories: RunHistory[];
}

const simulate = fileURLToPath(new URL('simulate.ts', import.meta.url));

/** Rolls a group of that size once: a simulator and a worker, each a process of its own, on a given Temporal server. */
export async function rollOnce(server: EmbeddedServer, options: RollOptions): Promise<RollResult> {
  const { nodes, podsPerNode, strategy, speed, launcher } = options;
  const folder = await mkdtemp(join(tmpdir(), 'stepladder-large-group-'));
  const evidenceFolder = join(folder, 'evidence');
  const emptyFile = join(folder, 'empty');
  await Promise.all([mkdir(evidenceFolder), writeFile(emptyFile, '')]);
  const ends: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const simulator = startOwnedProcess(
      process.execPath,
      [simulate, String(nodes), String(podsPerNode), String(speed)],
      process.env,
    );
    ends.push(() => simulator.stop());
    const line = await simulator.waitForLine(/^environment /);
    const simulated = JSON.parse(line.slice('environment '.length)) as Record<string, string>;

    const { address, namespace } = server;
    const taskQueue = `large-group-${nodes}`;
    const worker = startOwnedProcess(
      '/bin/sh',
      [
        '-c',
        'echo "pid $$"; exec "$@"',
        'sh',
        process.execPath,
        launcher,
        'worker',
        '--task-queue',
        taskQueue,
      ],
      workerEnvironment(process.env, { address, namespace, simulator: simulated, evidenceFolder, emptyFile }),
    );
    ends.push(() => worker.stop());
    const pid = Number((await worker.waitForLine(/^pid \d+$/)).slice('pid '.length));
    await worker.waitForLine(/Worker is polling/);
    const { now: workerBefore } = await residentMegabytes(pid);
    await forgetMost(pid);

    const temporal = await connectTemporal(explicitTemporal(address, namespace));
    ends.push(() => temporal.close());
    const { client } = temporal;
    const workflowId = `large-group-${nodes}-${strategy}`;
    const handle = await client.workflow.start('upgradeCluster', {
      taskQueue,
      workflowId,
      args: [
        {
          cluster: { name: 'large' },
          targetVersion: '1.31',
          workers: {
            strategy,
            ...(strategy === 'managed' ? { maxUnavailablePercentage: 2 } : {}),
            acceptLostCapacity: strategy === 'in-place',
          },
          timing: {
            scale: 1 / speed,
            pollInterval: `${speed}s`,
            nodeGroupTimeout: '1000h',
            nodesTimeout: '1000h',
            drainTimeout: '10h',
            settleTimeout: '10h',
          },
          gates: { timeout: `${speed}h` },
        },
      ],
    });
    const status = () => handle.query<UpgradeStatus>('status');
    const answered = new Set<string>();
    let began = performance.now();
    let workerMost = 0;
    for (;;) {
      await sleep(1_000);
      workerMost = (await residentMegabytes(pid)).most;
      const { status: state } = await handle.describe();
      if (state.name !== 'RUNNING') {
        const seconds = (performance.now() - began) / 1000;
        const outcome = await handle.result().then(
          () => 'COMPLETED',
          (error: unknown) => `${state.name} ${wordsOf(error)}`,
        );
        const histories = await runHistories(client, workflowId);
        return { nodes, outcome, seconds, workerBefore, workerMost, histories };
      }
      const { gates } = await status();
      for (const { gate, digest, outcome } of gates) {
        if (outcome !== undefined || answered.has(digest)) continue;
        answered.add(digest);
        if (gate === 'plan') began = performance.now();
        await handle.executeUpdate('approve', { args: [{ gate, digest, by: 'benchmark' }] });
      }
    }
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

function wordsOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
