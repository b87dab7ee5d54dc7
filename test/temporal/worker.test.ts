import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { connectTemporal, explicitTemporal } from '../../src/temporal/connection.ts';
import type { TemporalClient } from '../../src/temporal/connection.ts';
import { createLogger } from '../../src/temporal/logger.ts';
import { findFreePort } from '../../src/processes/ports.ts';
import { bundleWorkflows } from '../../src/temporal/workflowBundle.ts';

interface WorkerProcess {
  process: ChildProcess;
  /** Resolves with the first log record that has this message. */
  logged(message: RegExp): Promise<Record<string, unknown>>;
  /** Resolves with the exit code. */
  exited: Promise<number | null>;
}

describe('a worker process', () => {
  let folder: string;
  let bundle: string;
  let temporal: TemporalClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepladder-worker-'));
    bundle = join(folder, 'bundle.js');
    const workflows = join(import.meta.dirname, 'listenerWorkflow.ts');
    await writeFile(bundle, await bundleWorkflows(workflows, createLogger({ level: 'error' })));
    temporal = await connectTemporal(explicitTemporal(inject('temporal').address));
  });
  afterAll(async () => {
    await temporal.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** @param metricsPort any free one unless given */
  function startWorkerProcess(taskQueue: string, metricsPort = 0): WorkerProcess {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'listenerWorker.ts'), inject('temporal').address, taskQueue, bundle],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, METRICS_PORT: String(metricsPort) },
      },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    const exited = once(child, 'exit').then(([code]) => code as number | null);
    const records: Record<string, unknown>[] = [];
    const listeners = new Set<() => void>();
    createInterface({ input: child.stderr }).on('line', (line) => {
      records.push(line.startsWith('{') ? (JSON.parse(line) as Record<string, unknown>) : { msg: line });
      for (const listener of listeners) listener();
    });
    const logged = (message: RegExp) =>
      new Promise<Record<string, unknown>>((resolve, reject) => {
        const look = () => {
          const record = records.find(({ msg }) => message.test(String(msg)));
          if (record === undefined) return;
          listeners.delete(look);
          resolve(record);
        };
        listeners.add(look);
        void exited.then(() =>
          reject(new Error(`ended without: ${message.source}\n${JSON.stringify(records)}`)),
        );
        look();
      });
    return { process: child, logged, exited };
  }

  /** One with its metrics at a port that is known; what takes the port meanwhile makes it choose another one. */
  async function startAtFreePort(): Promise<{ health: unknown; metricsPort: number }> {
    for (;;) {
      const metricsPort = await findFreePort();
      const worker = startWorkerProcess(randomUUID(), metricsPort);
      try {
        const { health } = await worker.logged(/^Worker is polling/);
        return { health, metricsPort };
      } catch (error) {
        if (!/in use/i.test(String(error))) throw error;
      }
    }
  }

  it('answers for its health and its metrics while it polls', async () => {
    const { health, metricsPort } = await startAtFreePort();
    const answer = await fetch(String(health));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      healthy: true,
      state: 'RUNNING',
      workflowPollerState: 'POLLING',
    });
    const metrics = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
    expect(await metrics.text()).toContain('temporal_');
  });

  it('lets an activity end when it is told to stop, and exits with 0', async () => {
    const taskQueue = randomUUID();
    const worker = startWorkerProcess(taskQueue);
    const handle = await temporal.client.workflow.start('haveWorkDone', {
      taskQueue,
      workflowId: randomUUID(),
      args: [1_500],
    });
    await worker.logged(/^activity begins/);
    worker.process.kill('SIGTERM');
    expect(await worker.exited).toBe(0);
    // What the activity gave is recorded; only the workflow waits for the next worker.
    const { events } = await handle.fetchHistory();
    expect(events?.some((event) => event.activityTaskCompletedEventAttributes)).toBe(true);
    await handle.terminate();
  });

  it('has a successor that answers after it was killed', async () => {
    const taskQueue = randomUUID();
    const first = startWorkerProcess(taskQueue);
    await first.logged(/^Worker is polling/);
    const handle = await temporal.client.workflow.start('listen', { taskQueue, workflowId: randomUUID() });
    await handle.signal('say', 'before');
    await expect(handle.query('heard')).resolves.toEqual(['before']);
    first.process.kill('SIGKILL');
    await first.exited;
    const second = startWorkerProcess(taskQueue);
    await second.logged(/^Worker is polling/);
    await expect(handle.executeUpdate('approve', { args: [{ by: 'on-call' }] })).resolves.toBe(
      'approved by on-call',
    );
    await handle.signal('finish');
    await expect(handle.result()).resolves.toEqual(['before', 'on-call']);
  });
});
