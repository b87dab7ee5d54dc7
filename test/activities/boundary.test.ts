import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { describe, expect, it, vi } from 'vitest';
import { asFailure, withBoundary } from '../../src/activities/boundary.ts';
import { pause } from '../../src/activities/pause.ts';
import { activityScope, heartbeating } from '../../src/activities/scope.ts';
import type { Activities } from '../../src/activities/types.ts';
import { StepladderError, errorRetry } from '../../src/contract/errors.ts';
import type { ErrorName } from '../../src/contract/errors.ts';
import { activityEnvironment } from './environment.ts';

/** The boundary around one activity that does this. */
function bounded(run: () => Promise<unknown>): () => Promise<unknown> {
  const activities = withBoundary({ takeBaseline: run } as unknown as Activities) as unknown as {
    takeBaseline: () => Promise<unknown>;
  };
  return () => activities.takeBaseline();
}

async function failureOf(run: () => Promise<unknown>, info: { attempt?: number } = {}): Promise<unknown> {
  const environment = activityEnvironment(info);
  return environment.run(bounded(run)).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('the boundary of activities', () => {
  it.each(Object.entries(errorRetry) as [ErrorName, string][])(
    'gives %s to Temporal by its name, with the retry decision of %s',
    async (name, retry) => {
      const failure = await failureOf(async () => {
        throw new StepladderError(name, 'what happened', { subject: 'demo' });
      });
      expect(failure).toBeInstanceOf(ApplicationFailure);
      expect(failure).toMatchObject({
        type: name,
        message: 'what happened',
        nonRetryable: retry !== 'retry',
        details: [{ subject: 'demo' }],
      });
    },
  );

  it('tries again what nobody foresaw, and ends it as a mistake of ours when it goes on', async () => {
    const mistake = async () => {
      throw new TypeError('x is undefined\nBody: a secret');
    };
    const first = await failureOf(mistake, { attempt: 1 });
    expect(first).toMatchObject({ type: 'Unexpected', nonRetryable: false });
    expect(await failureOf(mistake, { attempt: 6 })).toMatchObject({
      type: 'InternalError',
      nonRetryable: true,
    });
    expect((first as Error).message).toContain('x is undefined');
    expect(JSON.stringify([first, (first as Error).stack])).not.toContain('a secret');
    expect((first as Error).stack).toMatch(/boundary\.test\.ts/);
  });

  it('hands nothing of the cause to Temporal', () => {
    const cause = new Error('Authorization: Bearer abc');
    const failure = asFailure(new StepladderError('Unreachable', 'no way', {}, { cause }), 1);
    expect(failure.cause).toBeUndefined();
  });

  it('lets a cancellation be one', async () => {
    const environment = activityEnvironment();
    const running = environment.run(bounded(() => pause(60_000, activityScope().signal)));
    environment.cancel();
    await expect(running).rejects.toBeInstanceOf(CancelledFailure);
  });

  it('keeps an error that has nothing to do with a cancellation which came at the same time', async () => {
    const environment = activityEnvironment();
    const running = environment.run(
      bounded(async () => {
        environment.cancel();
        throw new StepladderError('WrongCluster', 'another one');
      }),
    );
    await expect(running).rejects.toMatchObject({ type: 'WrongCluster' });
  });

  it('names what was slow shortly before Temporal would give it up', async () => {
    const environment = activityEnvironment({ startToCloseTimeoutMs: 3_100 });
    const running = environment.run(bounded(() => pause(60_000, activityScope().signal)));
    await expect(running).rejects.toMatchObject({
      type: 'Unreachable',
      message: expect.stringMatching(/^takeBaseline was not done within 3 s/),
    });
  });

  it('leaves errors as they are where no worker runs it', async () => {
    const error = new StepladderError('WrongCluster', 'another one');
    await expect(
      bounded(async () => {
        throw error;
      })(),
    ).rejects.toBe(error);
  });
});

describe('heartbeats', () => {
  it('come at once and then every few seconds, with what there is to tell', async () => {
    vi.useFakeTimers();
    try {
      const environment = activityEnvironment();
      const told: unknown[] = [];
      environment.on('heartbeat', (details) => told.push(details));
      let line = 'first';
      const running = environment.run(
        bounded(() =>
          heartbeating(
            () => new Promise((resolve) => setTimeout(resolve, 10_000)),
            () => ({ line }),
          ),
        ),
      );
      await vi.advanceTimersByTimeAsync(0);
      expect(told).toEqual([{ line: 'first' }]);
      line = 'second';
      await vi.advanceTimersByTimeAsync(9_500);
      expect(told).toHaveLength(4);
      expect(told.at(-1)).toEqual({ line: 'second' });
      await vi.advanceTimersByTimeAsync(1_000);
      await running;
      await vi.advanceTimersByTimeAsync(10_000);
      expect(told).toHaveLength(4);
    } finally {
      vi.useRealTimers();
    }
  });
});
