import { describe, expect, it } from 'vitest';
import { roomFor } from '../../../src/kubernetes/drain/room.ts';
import { clearsByWaiting } from '../../../src/kubernetes/drain/stuck.ts';
import type { WatchedBudget } from '../../../src/kubernetes/watching/watchedBudget.ts';
import { budget, pod } from './pods.ts';

const full = (fields: Partial<WatchedBudget> = {}) => budget({ disruptionsAllowed: 0, ...fields });

describe('whether waiting can make room for a Pod', () => {
  it.each<[string, WatchedBudget[], boolean]>([
    ['there is room', [budget()], true],
    ['another of its Pods is not Ready now', [full({ currentHealthy: 2 })], true],
    ['the budget was changed and its numbers are old', [full({ generation: 2 })], true],
    [
      'the budget has seen no Pod yet',
      [full({ expectedPods: 0, desiredHealthy: 0, currentHealthy: 0 })],
      true,
    ],
    ['the budget demands every Pod', [full({ desiredHealthy: 3 })], false],
    ['the budget demands more Pods than there are', [full({ desiredHealthy: 5 })], false],
    ['nobody can compute the budget', [full({ syncFailed: 'no controller' })], false],
    ['two budgets select it', [budget(), budget({ name: 'all' })], false],
  ])('%s', (_, budgets, clears) => {
    const web = pod();
    expect(clearsByWaiting(roomFor(web, budgets, undefined, 0), budgets)).toBe(clears);
  });
});
