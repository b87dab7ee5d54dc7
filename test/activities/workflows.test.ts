import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { workflowActivities } from '../../src/activities/workflows.ts';

/** A client of which only these calls of a handle are made. */
function clientWith(handle: { describe?: () => Promise<unknown>; cancel?: () => Promise<unknown> }) {
  const asked: string[] = [];
  const workflow = {
    getHandle: (...id: (string | undefined)[]) => {
      asked.push(id.join(' '));
      return handle;
    },
  };
  return { asked, ...workflowActivities({ temporal: { workflow } as unknown as Pick<Client, 'workflow'> }) };
}

const gone = async () => {
  throw new WorkflowNotFoundError('not found', 'lock', undefined);
};

describe('who holds a cluster', () => {
  const holder = { workflowId: 'upgrade-1', runId: 'run-1' };

  it('is the parent of the lock that runs', async () => {
    const { asked, describeLockHolder } = clientWith({
      describe: async () => ({ status: { name: 'RUNNING' }, parentExecution: { ...holder, more: 1 } }),
    });
    expect(await describeLockHolder({ lockId: 'stepladder-lock/arn' })).toEqual(holder);
    expect(asked).toEqual(['stepladder-lock/arn']);
  });

  it.each([
    ['the lock has ended', async () => ({ status: { name: 'TERMINATED' }, parentExecution: holder })],
    ['there is no lock', gone],
    ['the lock has no parent', async () => ({ status: { name: 'RUNNING' } })],
  ])('is nobody when %s', async (_when, describe) => {
    expect(await clientWith({ describe }).describeLockHolder({ lockId: 'lock' })).toBeUndefined();
  });

  it('is asked again when Temporal does not answer', async () => {
    const { describeLockHolder } = clientWith({
      describe: async () => {
        throw new Error('14 UNAVAILABLE');
      },
    });
    await expect(describeLockHolder({ lockId: 'lock' })).rejects.toMatchObject({ type: 'ServerError' });
  });
});

describe('asking for a cancellation', () => {
  it('names the run', async () => {
    const { asked, requestCancellation } = clientWith({ cancel: async () => ({}) });
    await requestCancellation({ workflowId: 'upgrade-1', runId: 'run-1' });
    expect(asked).toEqual(['upgrade-1 run-1']);
  });

  it('is content when the workflow has ended', async () => {
    const { requestCancellation } = clientWith({ cancel: gone });
    await expect(requestCancellation({ workflowId: 'w', runId: 'r' })).resolves.toBeUndefined();
  });

  it('says what is missing without a client', async () => {
    const { requestCancellation } = workflowActivities({ temporal: undefined });
    await expect(requestCancellation({ workflowId: 'w', runId: 'r' })).rejects.toMatchObject({
      type: 'InternalError',
    });
  });
});
