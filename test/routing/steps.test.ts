import { describe, expect, it } from 'vitest';
import { judgeReadiness, remainingSteps } from '../../src/routing/steps.ts';
import type { Readiness, ReadyReplicas } from '../../src/routing/steps.ts';

describe('the steps that are left', () => {
  it.each([
    [0, [5, 25, 50, 100]],
    [0.1, [5, 25, 50, 100]],
    [5, [5, 25, 50, 100]],
    [6, [25, 50, 100]],
    [50, [50, 100]],
    [100, [100]],
  ])('from green %d are %j', (green, expected) => {
    const steps = remainingSteps([5, 25, 50, 100], { blue: 100 - green, green });
    expect(steps).toEqual(expected.map((each) => ({ blue: 100 - each, green: each })));
  });
});

describe('green', () => {
  const owner = (blue: number, green?: number): ReadyReplicas => ({
    owner: 'deployment shop/web',
    blue,
    green,
  });
  it.each<[string, ReadyReplicas[], Readiness['state'], RegExp]>([
    ['with as many Pods Ready', [owner(3, 3)], 'ready', /^$/],
    ['with more', [owner(3, 5)], 'ready', /^$/],
    [
      'with fewer',
      [owner(3, 3), owner(3, 2)],
      'short',
      /^deployment shop\/web has 2 Ready on green, and 3 on blue\.$/,
    ],
    ['without an owner that blue has', [owner(3, 3), owner(3)], 'unknown', /^Nothing is known of deployment/],
    ['with fewer of one and nothing of another', [owner(3, 0), owner(3)], 'short', /0 Ready on green/],
    ['of which nothing is known', [], 'unknown', /any workload/],
    ['whose owners want nothing', [owner(0, 0)], 'ready', /^$/],
  ])('%s', (_, replicas, state, why) => {
    const readiness = judgeReadiness(replicas);
    expect(readiness.state).toBe(state);
    expect('why' in readiness ? readiness.why.join(' ') : '').toMatch(why);
  });
});
