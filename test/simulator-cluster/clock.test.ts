import { afterEach, describe, expect, test } from 'vitest';
import { FastClock } from '../../simulator/cluster/clock.ts';

let clock = new FastClock();
afterEach(() => clock.close());

describe('the simulated clock', () => {
  test('starts at the real time and runs as fast as it is told', async () => {
    clock = new FastClock(1000);
    const start = clock.now().getTime();
    expect(Math.abs(start - Date.now())).toBeLessThan(1_000);
    const realStart = performance.now();
    await clock.sleep(20_000);
    const real = performance.now() - realStart;
    expect(clock.now().getTime() - start).toBeGreaterThanOrEqual(20_000);
    expect(real).toBeLessThan(2_000);
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
