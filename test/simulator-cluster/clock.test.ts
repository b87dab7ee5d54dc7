import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { FastClock } from '../../simulator/cluster/clock.ts';

let clock = new FastClock();
afterEach(() => clock.close());

/** Keeps the process from everything else for so many real milliseconds. */
function stall(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('the simulated clock', () => {
  test('starts at the time that it is told and runs as fast as it is told', async () => {
    const startsAt = new Date('2026-05-01T00:00:00Z');
    clock = new FastClock(1000, startsAt);
    const slow = new FastClock(1, startsAt);
    await clock.sleep(60_000);
    expect(clock.now().getTime() - startsAt.getTime()).toBeGreaterThanOrEqual(60_000);
    expect(slow.now().getTime() - startsAt.getTime()).toBeLessThan(60_000);
  });

  test('calls back in the order of time, and of asking where the time is the same', async () => {
    clock = new FastClock(1000);
    const order: string[] = [];
    clock.after(9_000, () => order.push('late'));
    clock.after(1_000, () => order.push('early'));
    clock.after(5_000, () => order.push('middle'));
    clock.after(1_000, () => order.push('early too'));
    await clock.sleep(10_000);
    expect(order).toEqual(['early', 'early too', 'middle', 'late']);
  });

  test('calls back in the order of time what begins on the way, however late the process is', async () => {
    clock = new FastClock(1000);
    const order: string[] = [];
    const ends = clock.sleep(60_000).then(() => order.push('limit'));
    const steps = async (): Promise<void> => {
      for (let step = 1; step <= 5; step += 1) {
        await clock.sleep(10_000);
        order.push(`step ${step}`);
      }
    };
    const stepping = steps();
    stall(200);
    await Promise.all([stepping, ends]);
    expect(order).toEqual(['step 1', 'step 2', 'step 3', 'step 4', 'step 5', 'limit']);
  });

  test('stands at the time of what it calls until that has been seen to', async () => {
    const work = { toDo: 0 };
    clock = new FastClock(1000, new Date(0), () => work.toDo > 0);
    const times: number[] = [];
    await clock.sleep(10_000);
    work.toDo = 1;
    const first = clock.now().getTime();
    clock.after(10_000, () => times.push(clock.now().getTime()));
    stall(50);
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    expect(clock.now().getTime()).toBe(first);
    expect(times).toEqual([]);
    work.toDo = 0;
    await clock.sleep(30_000);
    expect(times).toEqual([first + 10_000]);
  });

  test('gives up the time in which the process stood still', async () => {
    clock = new FastClock(1000);
    let called = false;
    const first = clock.sleep(1_000);
    const callOff = clock.after(200_000, () => (called = true));
    stall(300);
    await first;
    await nextTurn();
    callOff();
    await clock.sleep(300_000);
    expect(called).toBe(false);
  });

  test('does not call back what was called off', async () => {
    clock = new FastClock(1000);
    let called = false;
    clock.after(1_000, () => (called = true))();
    await clock.sleep(3_000);
    expect(called).toBe(false);
  });

  test('a sleep ends with the reason of its signal', async () => {
    clock = new FastClock(1);
    const controller = new AbortController();
    const sleeping = clock.sleep(3_600_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow('enough');
  });

  test('what waits comes sooner when time is made to run faster', async () => {
    clock = new FastClock(1);
    const sleeping = clock.sleep(3_600_000);
    clock.setSpeed(100_000_000);
    await sleeping;
    expect(clock.speed).toBe(100_000_000);
  });

  test('closing it rejects who sleeps and calls nothing back', async () => {
    clock = new FastClock(1);
    const sleeping = clock.sleep(60_000);
    clock.close();
    await expect(sleeping).rejects.toThrow('closed');
    await expect(clock.sleep(1)).rejects.toThrow('closed');
  });

  test('refuses a speed that is none', () => {
    expect(() => new FastClock(0)).toThrow('greater than 0');
    expect(() => clock.setSpeed(Number.NaN)).toThrow('greater than 0');
  });

  test('keeps thousands of alarms in order', async () => {
    // Next to no time passes while they are set.
    clock = new FastClock(0.000_001);
    const due: number[] = [];
    for (let index = 0; index < 5_000; index++) {
      const milliseconds = (index * 7_919) % 50_021;
      clock.after(1_000_000 + milliseconds, () => due.push(milliseconds));
    }
    clock.setSpeed(1_000_000);
    await clock.sleep(1_100_000);
    expect(due).toHaveLength(5_000);
    expect(due).toEqual([...due].sort((left, right) => left - right));
  });
});
