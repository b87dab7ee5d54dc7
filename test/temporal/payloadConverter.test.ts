import type { Payload } from '@temporalio/common';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { isUnreadable, parseGateAnswer } from '../../src/contract/messages.ts';
import { connectNative, connectTemporal, explicitTemporal } from '../../src/temporal/connection.ts';
import type { TemporalClient } from '../../src/temporal/connection.ts';
import { createLogger } from '../../src/temporal/logger.ts';
import { payloadConverter } from '../../src/temporal/payloadConverter.ts';
import { installRuntime } from '../../src/temporal/runtime.ts';
import { bundleWorkflows } from '../../src/temporal/workflowBundle.ts';
import { startWorker } from '../../src/worker.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const encoded = (encoding: string, data: string | Uint8Array): Payload => ({
  metadata: { encoding: bytes(encoding) },
  data: typeof data === 'string' ? bytes(data) : data,
});

describe('the payload converter', () => {
  it.each([[{ gate: 'plan' }], ['text'], [0], [null], [undefined], [['a', 1]]])('gives %j back', (value) => {
    expect(payloadConverter.fromPayload(payloadConverter.toPayload(value))).toEqual(value);
  });

  it.each([
    ['another encoding', encoded('binary/plain', '{"by":"on-call"}'), 'binary/plain'],
    ['Protobuf as JSON', encoded('json/protobuf', '{"by":"on-call"}'), 'json/protobuf'],
    ['an encrypted payload', encoded('binary/encrypted', new Uint8Array([0, 255, 7])), 'binary/encrypted'],
    ['JSON that is none', encoded('json/plain', '{"by":'), 'json/plain'],
    ['bytes that are no text', encoded('json/plain', new Uint8Array([0xff, 0xfe, 0x00])), 'json/plain'],
    ['no encoding at all', { metadata: {}, data: bytes('{}') }, 'unknown'],
    ['no metadata at all', { data: bytes('{}') }, 'unknown'],
    ['an encoding that is no text', { metadata: { encoding: new Uint8Array([0x61, 0x00]) } }, 'a?'],
  ])('marks %s as unreadable', (_what, payload, encoding) => {
    const value = payloadConverter.fromPayload<unknown>(payload);
    expect(isUnreadable(value)).toBe(true);
    expect(value).toMatchObject({ stepladderUnreadablePayload: { encoding } });
  });

  it('lets the reader of a message refuse it with the encoding named', () => {
    const parsed = parseGateAnswer(payloadConverter.fromPayload(encoded('binary/plain', 'x')));
    expect(parsed).toMatchObject({ ok: false, reason: expect.stringContaining('binary/plain') });
  });
});

describe('a workflow that is sent unreadable payloads', () => {
  let temporal: TemporalClient;
  let stop: () => Promise<void>;
  const taskQueue = `converter-${randomUUID()}`;

  beforeAll(async () => {
    const log = createLogger({ level: 'error' });
    installRuntime({ log });
    const settings = explicitTemporal(inject('temporal').address);
    temporal = await connectTemporal(settings);
    const connection = await connectNative(settings);
    const workflows = join(import.meta.dirname, 'listenerWorkflow.ts');
    const worker = await startWorker({
      connection,
      namespace: settings.namespace,
      taskQueue,
      activities: {},
      log,
      workflowBundle: { code: await bundleWorkflows(workflows, log) },
    });
    stop = async () => {
      await worker.stop();
      await connection.close();
      await temporal.close();
    };
  });
  afterAll(() => stop());

  it('gets every signal, goes on, and can name what was wrong', async () => {
    const workflowId = randomUUID();
    const handle = await temporal.client.workflow.start('listen', { taskQueue, workflowId });
    const signal = (payload: Payload) =>
      temporal.connection.workflowService.signalWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId },
        signalName: 'say',
        input: { payloads: [payload] },
      });
    await signal(encoded('binary/plain', new Uint8Array([1, 2, 3])));
    await signal(encoded('json/protobuf', 'not even JSON'));
    await signal(encoded('json/plain', '{"half":'));
    await handle.signal('say', { by: 'on-call' });
    await handle.signal('finish');
    expect(await handle.result()).toEqual([
      expect.objectContaining({
        stepladderUnreadablePayload: expect.objectContaining({ encoding: 'binary/plain' }),
      }),
      expect.objectContaining({
        stepladderUnreadablePayload: expect.objectContaining({ encoding: 'json/protobuf' }),
      }),
      expect.objectContaining({
        stepladderUnreadablePayload: expect.objectContaining({ encoding: 'json/plain' }),
      }),
      { by: 'on-call' },
    ]);
    const { events } = await handle.fetchHistory();
    expect(events?.some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
  });
});
