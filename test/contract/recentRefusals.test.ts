import { expect, it } from 'vitest';
import { recentRefusals } from '../../src/contract/recentRefusals.ts';
import type { UpgradeStatus } from '../../src/contract/status.ts';
import { at, gate, status } from '../commands/fixtures.ts';

const refused = (time: string) => ({ at: at(time), message: 'approve', reason: `refused at ${time}` });
const unanswered = { gates: [gate()], actions: [] };

const left = (change: Partial<UpgradeStatus>) => recentRefusals(status(change)).map((refusal) => refusal.at);

it('are the last three', () => {
  const refusals = ['10:01:00', '10:02:00', '10:03:00', '10:04:00'].map(refused);
  expect(left({ ...unanswered, refusals })).toEqual([at('10:02:00'), at('10:03:00'), at('10:04:00')]);
});

it.each<[string, Partial<UpgradeStatus>]>([
  [
    'an answer to a gate',
    { gates: [gate({ outcome: 'approved', by: 'on-call', answeredAt: at('10:02:00') })], actions: [] },
  ],
  [
    'another message',
    { ...unanswered, actions: [{ at: at('10:02:00'), action: 'pause', effect: 'paused' }] },
  ],
])('are those since %s was accepted', (_, accepted) => {
  expect(left({ ...accepted, refusals: [refused('10:01:00'), refused('10:03:00')] })).toEqual([
    at('10:03:00'),
  ]);
});

it('are not forgotten because a gate closed without an answer', () => {
  const gates = [gate({ outcome: 'timed-out', answeredAt: at('10:02:00') })];
  expect(left({ gates, actions: [], refusals: [refused('10:01:00')] })).toEqual([at('10:01:00')]);
});
