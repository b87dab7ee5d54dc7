import { describe, expect, it } from 'vitest';
import { abortedOutcome } from '../../src/contract/abortedOutcome.ts';
import type { Compensation, StageStatus } from '../../src/contract/status.ts';

const began = '2026-11-27T10:00:00.000Z';
const earlier = '2026-11-27T09:00:00.000Z';
const later = '2026-11-27T11:00:00.000Z';

const stopped = (stage: StageStatus['stage']): StageStatus => ({
  stage,
  state: 'stopped',
  startedAt: began,
  ...(stage === 'workers' ? { nodeGroup: 'blue' } : {}),
});
const change = (
  undo: Compensation['undo'],
  state: Compensation['state'],
  recordedAt = later,
): Compensation => ({ undo, args: {}, what: undo, recordedAt, state });

const finished = 'What EKS had begun was finished';

describe('an upgrade that was aborted', () => {
  it('says that nothing was changed, where nothing was', () => {
    expect(abortedOutcome({ hops: [], compensations: [] }, false)).toBe(
      'It was aborted before anything was changed.',
    );
  });

  it.each<[string, StageStatus | undefined, Compensation[], string]>([
    ['at the control plane', stopped('control-plane'), [], finished],
    ['at add-ons', stopped('add-ons'), [], finished],
    ['in EKS’s own roll', stopped('workers'), [], finished],
    [
      'in EKS’s own roll with settings of its own',
      stopped('workers'),
      [change('restoreUpdateSettings', 'put-back')],
      finished,
    ],
    [
      'in EKS’s own roll after one of ours',
      stopped('workers'),
      [change('deleteNodeGroup', 'kept', earlier)],
      finished,
    ],
    ['between two hops', undefined, [], 'aborted; see the stages'],
    ['at the verification', stopped('verification'), [], 'aborted; see the stages'],
    [
      'in a roll of ours that was taken back',
      stopped('workers'),
      [change('releaseAutoscalers', 'put-back'), change('deleteNodeGroup', 'put-back')],
      'during the roll of blue, and all that had been changed for it was put back.',
    ],
    [
      'in a roll of ours where both groups stay',
      stopped('workers'),
      [change('releaseAutoscalers', 'put-back'), change('deleteNodeGroup', 'kept')],
      'during the roll of blue; see the stages and the notes for how its nodes stand now.',
    ],
    [
      'in a roll of ours that could not be taken back',
      stopped('workers'),
      [change('releaseAutoscalers', 'failed'), change('deleteNodeGroup', 'put-back')],
      'Not all that was changed for it could be put back',
    ],
  ])('says how it stands %s', (_, stage, compensations, outcome) => {
    const hops = [
      { from: '1.31', to: '1.32', state: 'stopped' as const, stages: stage === undefined ? [] : [stage] },
    ];
    expect(abortedOutcome({ hops, compensations }, true)).toContain(outcome);
  });
});
