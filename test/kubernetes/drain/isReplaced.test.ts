import { describe, expect, it } from 'vitest';
import { isReplaced } from '../../../src/kubernetes/drain/isReplaced.ts';

const old = { name: 'old', nodeGroup: 'blue', ready: true, unschedulable: true };
const fresh = { name: 'fresh', nodeGroup: 'blue', ready: true, unschedulable: false };

describe('whether the successor of a Pod goes to a node that stays', () => {
  it.each([
    ['its node is cordoned and a new one takes Pods', [old, fresh], true],
    ['its node still takes Pods', [{ ...old, unschedulable: false }, fresh], false],
    ['the new node is not Ready yet', [old, { ...fresh, ready: false }], false],
    ['all nodes of its group are cordoned', [old, { ...fresh, unschedulable: true }], false],
    [
      'the node that takes Pods is of another group',
      [old, { ...old, name: 'older' }, { ...fresh, nodeGroup: 'green' }],
      false,
    ],
    ['its node is the only one of its group, and cordoned', [old, { ...fresh, nodeGroup: 'green' }], true],
    ['its node is gone', [fresh], true],
  ])('%s', (_, nodes, expected) => {
    expect(isReplaced('old', 'blue', nodes)).toBe(expected);
  });
});
