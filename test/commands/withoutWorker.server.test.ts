import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { follow } from '../../src/commands/following/follow.ts';
import { lookAt } from '../../src/commands/following/look.ts';
import { sendAnswer } from '../../src/commands/messages/sendAnswer.ts';
import { openGate } from '../../src/commands/rendering/gateView.ts';
import type { GateRecord } from '../../src/contract/status.ts';
import { connectNative, connectTemporal, explicitTemporal } from '../../src/temporal/connection.ts';
import { createLogger } from '../../src/temporal/logger.ts';
import { installRuntime } from '../../src/temporal/runtime.ts';
import { loadWorkflowBundle } from '../../src/temporal/workflowBundle.ts';
import { startWorker } from '../../src/worker.ts';
import type { UpgradeWorker } from '../../src/worker.ts';
import { eventually } from '../processes/patience.ts';
import { fast } from '../workflows/harness.ts';
import { oneHop, scriptActivities } from '../workflows/scriptedActivities.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

/** An upgrade whose worker can be stopped and started again. */
async function begin() {
  const settings = explicitTemporal(inject('temporal').address);
  const log = createLogger({ level: 'error' });
  installRuntime({ log });
  const native = await connectNative(settings);
  const temporal = await connectTemporal(settings);
  closings.push(
    () => native.close(),
    () => temporal.close(),
  );
  const taskQueue = `queue-${randomUUID()}`;
  const cluster = `c-${randomUUID().slice(0, 8)}`;
  const { activities } = scriptActivities(cluster, oneHop);
  const workflowBundle = await loadWorkflowBundle(log);
  let worker: UpgradeWorker | undefined;
  const startTheWorker = async () => {
    const { namespace } = settings;
    worker = await startWorker({ connection: native, namespace, taskQueue, activities, log, workflowBundle });
  };
  const stopTheWorker = async () => worker?.stop();
  closings.push(stopTheWorker);
  await startTheWorker();
  const { client } = temporal;
  const { workflowId } = await client.workflow.start('upgradeCluster', {
    taskQueue,
    workflowId: `upgrade-${cluster}`,
    args: [{ cluster: { name: cluster }, targetVersion: '1.32', timing: fast }],
  });
  let gate: GateRecord | undefined;
  for await (const { status } of follow(client, workflowId, { everyMs: 100 })) {
    gate = status === undefined ? undefined : openGate(status);
    if (gate !== undefined) break;
  }
  if (gate === undefined) throw new Error('no gate was opened');
  return { client, workflowId, gate, startTheWorker, stopTheWorker };
}

describe('while no worker runs', () => {
  it('an approval is kept, and takes effect when one runs again, without any refusal', async () => {
    const { client, workflowId, gate, startTheWorker, stopTheWorker } = await begin();
    await stopTheWorker();
    const answer = { gate: gate.gate, by: 'on-call', digest: gate.digest.slice(0, 8) };
    const { how } = await sendAnswer(client, workflowId, 'approve', answer, 1000);
    expect(how).toBe('stored');
    await startTheWorker();
    expect(await client.workflow.getHandle(workflowId).result()).toMatchObject({ outcome: 'completed' });
    const { status } = await lookAt(client, workflowId);
    expect(status?.gates[0]).toMatchObject({ outcome: 'approved', by: 'on-call' });
    expect(status?.refusals).toEqual([]);
  });

  it('watching goes on with what was known, and on with a worker to the end', async () => {
    const { client, workflowId, gate, startTheWorker, stopTheWorker } = await begin();
    // A worker that is merely slow may seem silent as well, so that only what has to come is awaited.
    let stage: 'answers' | 'stopped' | 'started again' = 'answers';
    let last: string | undefined;
    for await (const sighting of follow(client, workflowId, { everyMs: 200 })) {
      last = sighting.ending?.state;
      const { workerAnswers, status } = sighting;
      // What was known stays known; nothing is before the first answer.
      if (stage !== 'answers' || workerAnswers) expect(status?.gates[0]?.digest).toBe(gate.digest);
      if (stage === 'answers' && workerAnswers) {
        await stopTheWorker();
        stage = 'stopped';
      } else if (stage === 'stopped' && !workerAnswers) {
        await startTheWorker();
        const answer = { gate: gate.gate, by: 'on-call', digest: gate.digest };
        await sendAnswer(client, workflowId, 'approve', answer);
        stage = 'started again';
      }
    }
    expect(stage).toBe('started again');
    expect(last).toBe('completed');
    const { status } = await eventually('the answer of a worker', async () => {
      const seen = await lookAt(client, workflowId);
      return seen.workerAnswers && seen;
    });
    expect(status?.gates[0]).toMatchObject({ digest: gate.digest, outcome: 'approved' });
  });
});
