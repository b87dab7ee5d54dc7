import { execa } from 'execa';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { searchAttributeNames } from '../../src/contract/searchAttributes.ts';
import { startEmbeddedServer } from '../../src/temporal/embedded.ts';
import type { EmbeddedServer } from '../../src/temporal/embedded.ts';
import { connectTemporal, explicitTemporal } from '../../src/temporal/connection.ts';
import type { TemporalClient } from '../../src/temporal/connection.ts';
import { ensureSearchAttributes } from '../../src/temporal/searchAttributes.ts';
import type { SearchAttributeServices } from '../../src/temporal/searchAttributes.ts';

/** One where attributes can be removed, which would harm the tests that share a server. */
let server: EmbeddedServer;
let temporal: TemporalClient;
const namespace = 'default';

beforeAll(async () => {
  server = await startEmbeddedServer({
    binary: inject('temporal').binary,
    port: 0,
    uiPort: 0,
    log: () => undefined,
  });
  temporal = await connectTemporal(explicitTemporal(server.address));
});
afterAll(async () => {
  await temporal.close();
  await server.close();
});

const operator = (...args: string[]) =>
  execa(inject('temporal').binary, ['operator', 'search-attribute', ...args, '--address', server.address]);

/** A connection whose operators' calls are refused, as Temporal Cloud refuses them. */
function refusingOperators(...methods: string[]): SearchAttributeServices {
  const { operatorService, workflowService } = temporal.connection;
  const refusing = new Proxy(operatorService, {
    get(target, name, receiver): unknown {
      if (typeof name === 'string' && methods.includes(name)) {
        return () => Promise.reject(Object.assign(new Error('not allowed'), { code: 7 }));
      }
      const value: unknown = Reflect.get(target, name, receiver);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { operatorService: refusing, workflowService };
}

describe('our search attributes', () => {
  it('are left alone where they exist', async () => {
    expect(await ensureSearchAttributes(temporal.connection, namespace)).toEqual({ created: [] });
  });

  it('are created where they are missing, and can be used at once', async () => {
    await operator('remove', '--yes', '--name', 'StepladderPhase', '--name', 'StepladderTarget');
    const { created } = await ensureSearchAttributes(temporal.connection, namespace);
    expect(created.toSorted()).toEqual(['StepladderPhase', 'StepladderTarget']);
    const query = searchAttributeNames.map((name) => `${name} = '${randomUUID()}'`).join(' OR ');
    await expect(temporal.client.workflow.count(query)).resolves.toMatchObject({ count: 0 });
  });

  it('are found by searching where operators are not asked', async () => {
    const refusing = refusingOperators('listSearchAttributes', 'addSearchAttributes');
    expect(await ensureSearchAttributes(refusing, namespace)).toEqual({ created: [] });
  });

  it('that cannot be created are refused with the very command', async () => {
    await operator('remove', '--yes', '--name', 'StepladderCluster');
    const refusal = {
      type: 'CredentialsRefused',
      message: expect.stringContaining(
        'temporal operator search-attribute create --namespace default --name StepladderCluster --type Keyword\n',
      ),
    };
    await expect(
      ensureSearchAttributes(refusingOperators('addSearchAttributes'), namespace),
    ).rejects.toMatchObject(refusal);
    const neither = refusingOperators('listSearchAttributes', 'addSearchAttributes');
    await expect(ensureSearchAttributes(neither, namespace)).rejects.toMatchObject(refusal);
    await operator('create', '--name', 'StepladderCluster', '--type', 'Keyword');
    expect(await ensureSearchAttributes(neither, namespace)).toEqual({ created: [] });
  });

  it('of another type are refused by name', async () => {
    await operator('remove', '--yes', '--name', 'StepladderWaitingFor');
    await operator('create', '--name', 'StepladderWaitingFor', '--type', 'Int');
    await expect(ensureSearchAttributes(temporal.connection, namespace)).rejects.toThrow(
      /StepladderWaitingFor exist in the namespace "default" with another type than Keyword/,
    );
  });
});
