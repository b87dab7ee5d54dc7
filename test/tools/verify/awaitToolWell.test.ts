import { expect, test } from 'vitest';
import { awaitToolWell } from '../../../src/tools/verify/index.ts';
import type { ToolState } from '../../../src/tools/verify/index.ts';
import { lease, minute, state, workload } from './states.ts';

const well: Partial<ToolState> = { workloads: [workload('server')] };
const broken: Partial<ToolState> = { workloads: [workload('server', { well: false, reason: 'starting' })] };
const unseen: Partial<ToolState> = { unknown: [{ part: 'leases', reason: 'Forbidden.' }] };

/** Looks in turn at these states, the last for ever, on a clock that goes on with the pauses alone. */
async function wait(states: Partial<ToolState>[], settleMs: number, before = well) {
  let now = 0;
  let next = 0;
  const lines: string[] = [];
  const pauses: number[] = [];
  const result = await awaitToolWell({
    ...{ before: state(0, before), settleMs, pollMs: 1000 },
    look: async () => {
      const parts = states[Math.min(next, states.length - 1)];
      next += 1;
      return state(1 + now / 60_000, parts);
    },
    pause: async (milliseconds) => {
      pauses.push(milliseconds);
      now += milliseconds;
    },
    clock: () => now,
    onLook: (line) => lines.push(line),
  });
  return { ...result, lines, pauses };
}

test('waits until all is well twice in a row, and says for what', async () => {
  const { well: isWell, looks, lines } = await wait([broken, well, broken, well, well], 60_000);
  expect([isWell, looks]).toEqual([true, 5]);
  expect(lines).toEqual([
    'waiting for Deployment tools/server: starting',
    'well, and looked at once more',
    'waiting for Deployment tools/server: starting',
    'well, and looked at once more',
  ]);
});

test('gives up with what is wrong when the time is over, and looks a last time then', async () => {
  const { well: isWell, comparison, pauses } = await wait([broken], 2500);
  expect(isWell).toBe(false);
  expect(comparison.problems).toEqual(['Deployment tools/server: starting']);
  expect(pauses).toEqual([1000, 1000, 500]);
});

test('is well when it is so at the last look', async () => {
  expect(await wait([broken, broken, broken, well], 2500)).toMatchObject({ well: true, looks: 4 });
});

test('what can’t be seen is never well', async () => {
  const { well: isWell, comparison } = await wait([{ ...well, ...unseen }], 1000);
  expect(isWell).toBe(false);
  expect(comparison).toMatchObject({ problems: [], unknown: [expect.stringContaining('the Leases')] });
});

test('ends with the reason for which the waiting was ended', async () => {
  const waiting = awaitToolWell({
    ...{ before: state(0, well), settleMs: 60_000, pollMs: 1000 },
    look: async () => state(1, broken),
    pause: () => Promise.reject(new Error('cancelled')),
  });
  await expect(waiting).rejects.toThrow('cancelled');
});

test('to take a Lease once is not enough: its new holder has to renew it', async () => {
  const held = (...seen: [string, number][]) =>
    seen.map(([holder, at]) => ({ ...well, leases: [lease(holder, minute(at))] }));
  const was = { ...well, leases: [lease('a', minute(0))] };
  const renewed = await wait(held(['a', 1], ['b', 2], ['b', 2], ['b', 3], ['b', 3]), 60_000, was);
  expect([renewed.well, renewed.looks]).toEqual([true, 5]);
  const stopped = await wait(held(['a', 1], ['b', 2]), 5000, was);
  expect(stopped.comparison.problems).toEqual([expect.stringMatching(/not renewed since .*, held by b$/)]);
});
