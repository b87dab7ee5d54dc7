import { expect, test } from 'vitest';
import { roomFor } from '../../../src/kubernetes/drain/room.ts';
import type { ImpliedBudget } from '../../../src/kubernetes/drain/room.ts';
import type { WatchedBudget } from '../../../src/kubernetes/watching/watchedBudget.ts';
import type { WatchedPod } from '../../../src/kubernetes/watching/watchedPod.ts';
import { budget, pod } from './pods.ts';

const owner = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', uid: 'uid-web' };
const implied = (allowed: number, away: number): ImpliedBudget => ({ owner, allowed, away });
const spent = budget({ disruptionsAllowed: 0, currentHealthy: 2 });

/** `takes`: there is room, and it is used up by it; `free`: there is room whatever the budget says. */
type Expected = 'takes' | 'free' | 'budget' | 'implied-budget' | 'several-budgets';

interface Case {
  pod?: Partial<WatchedPod>;
  budgets?: WatchedBudget[];
  implied?: ImpliedBudget;
  taken?: number;
  expected: Expected;
  why?: RegExp;
}

const unready = { ready: false };

test.each<[string, Case]>([
  ['a budget that allows one', { budgets: [budget()], expected: 'takes' }],
  [
    'a budget that allows none',
    {
      budgets: [spent],
      expected: 'budget',
      why: /^PodDisruptionBudget shop\/web allows 0 disruptions: 2 of 3 Pods are healthy and 2 must be$/,
    },
  ],
  [
    'a budget whose only one was just used',
    { budgets: [budget()], taken: 1, expected: 'budget', why: /1 just used/ },
  ],
  [
    'a budget with more than was just used',
    { budgets: [budget({ disruptionsAllowed: 3 })], taken: 2, expected: 'takes' },
  ],
  [
    'a budget that was changed since it was computed',
    { budgets: [budget({ generation: 2 })], expected: 'budget', why: /not computed yet/ },
  ],
  [
    'a budget that was never computed',
    { budgets: [budget({ observedGeneration: 0 })], expected: 'budget', why: /not computed yet/ },
  ],
  [
    'a budget that can’t be computed',
    {
      budgets: [budget({ disruptionsAllowed: 0, syncFailed: 'no controllers found' })],
      expected: 'budget',
      why: /can't be computed \(no controllers found\)/,
    },
  ],
  [
    'a budget with too many unconfirmed evictions',
    {
      budgets: [budget({ disruptedPods: new Set(Array.from({ length: 2_001 }, (_, nth) => `p${nth}`)) })],
      expected: 'budget',
      why: /2001 evictions/,
    },
  ],
  ['a negative number of disruptions', { budgets: [budget({ disruptionsAllowed: -1 })], expected: 'budget' }],
  ['an unready Pod while enough others are healthy', { pod: unready, budgets: [spent], expected: 'free' }],
  [
    'an unready Pod while too few are healthy',
    { pod: unready, budgets: [budget({ disruptionsAllowed: 0, currentHealthy: 1 })], expected: 'budget' },
  ],
  [
    'an unready Pod of a budget that desires none healthy',
    {
      pod: unready,
      budgets: [budget({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0 })],
      expected: 'budget',
    },
  ],
  [
    'an unready Pod with AlwaysAllow',
    {
      pod: unready,
      budgets: [
        budget({ disruptionsAllowed: 0, currentHealthy: 0, unhealthyPodEvictionPolicy: 'AlwaysAllow' }),
      ],
      expected: 'free',
    },
  ],
  [
    'an unready Pod that passes by the room that there is',
    { pod: unready, budgets: [budget({ currentHealthy: 1 })], expected: 'takes' },
  ],
  [
    'a Ready Pod with AlwaysAllow',
    { budgets: [{ ...spent, unhealthyPodEvictionPolicy: 'AlwaysAllow' }], expected: 'budget' },
  ],
  ['a Pending Pod', { pod: { phase: 'Pending', ready: false }, budgets: [spent], expected: 'free' }],
  [
    'a Pod that has succeeded',
    { pod: { phase: 'Succeeded', ready: false }, budgets: [spent], expected: 'free' },
  ],
  ['a Pod that has failed', { pod: { phase: 'Failed', ready: false }, budgets: [spent], expected: 'free' }],
  [
    'a Pod on its way out',
    { pod: { deletionTimestamp: '2026-05-01T12:00:00Z' }, budgets: [spent], expected: 'free' },
  ],
  [
    'two budgets, both with room',
    {
      budgets: [budget(), budget({ name: 'all' })],
      expected: 'several-budgets',
      why: /2 PodDisruptionBudgets select it \(shop\/all, shop\/web\)/,
    },
  ],
  [
    'two budgets over a Pending Pod',
    { pod: { phase: 'Pending' }, budgets: [budget(), budget({ name: 'all' })], expected: 'free' },
  ],
  ['no budget and no owner', { expected: 'free' }],
  ['an owner without a budget, nobody away', { implied: implied(1, 0), expected: 'takes' }],
  [
    'an owner without a budget, one away',
    {
      implied: implied(1, 1),
      expected: 'implied-budget',
      why: /^Deployment shop\/web has no PodDisruptionBudget, 1 of its Pods are away, and no more than 1/,
    },
  ],
  [
    'an owner without a budget, one on its way',
    { implied: implied(1, 0), taken: 1, expected: 'implied-budget' },
  ],
  ['an owner that bears several', { implied: implied(3, 1), taken: 1, expected: 'takes' }],
  ['an unready Pod of an owner without a budget', { pod: unready, implied: implied(1, 1), expected: 'free' }],
  [
    'an owner whose Pods are under a budget',
    { budgets: [budget()], implied: implied(1, 1), expected: 'takes' },
  ],
])('%s', (_, { pod: fields = {}, budgets = [], implied: owned, taken = 0, expected, why = /^/ }) => {
  const room = roomFor(pod(fields), budgets, owned, taken);
  const told =
    room.state === 'free'
      ? room.takes
        ? 'takes'
        : 'free'
      : room.state === 'full'
        ? room.reason
        : room.state;
  expect(told).toBe(expected);
  if (room.state !== 'free') expect(room.why).toMatch(why);
});
