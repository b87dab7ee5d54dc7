import { describe, expect, it } from 'vitest';
import { scaledEksTimings } from '../../lab/cluster/scaledTimings.ts';
import { parseScenario } from '../../scenario/scenario.ts';

const limitOf = (podEvictionTimeout: number, speed: number): number => {
  const { timings } = parseScenario({
    cluster: { name: 'shop', version: '1.31' },
    timings: { podEvictionTimeout },
  });
  return scaledEksTimings(timings, speed).podEvictionLimit;
};

describe('a time limit of EKS on the lab, in real seconds', () => {
  it.each([
    ['is shortened by the speed', 900, 5, 180],
    ['is not shortened below what a busy machine needs', 900, 60, 120],
    ['is what the scenario says where that is less before any speed', 20, 60, 20],
    ['is what the scenario says at speed 1', 900, 1, 900],
  ])('%s', (_, seconds, speed, expected) => {
    expect(limitOf(seconds, speed)).toBe(expected);
  });
});
