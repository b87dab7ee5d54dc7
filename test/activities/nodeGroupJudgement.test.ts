import { describe, expect, it } from 'vitest';
import { judgeNodeGroup } from '../../src/activities/awaitNodeGroupNodes.ts';
import { madeByNote } from '../../src/activities/madeBy.ts';
import { readSizeNote, writeSizeNote } from '../../src/plan/sizeNote.ts';
import type { GroupNode } from '../../src/kubernetes/groupNodes.ts';

const node = (more: Partial<GroupNode> = {}): GroupNode => ({
  name: 'n',
  kubeletVersion: 'v1.32.1-eks-5d632ec',
  ready: true,
  unschedulable: false,
  ...more,
});
const wanted = { nodeGroup: 'blue', nodes: 2, version: '1.32' };
const both = [node(), node()];
const one = [node(), node({ ready: false })];
const old = [node(), node({ kubeletVersion: 'v1.31.4' })];
const issue = ['NodeCreationFailure: Instances failed to join'];

describe('whether a node group has its nodes', () => {
  it.each([
    ['ACTIVE with all of them', 'ACTIVE', both, [], false, 'ready'],
    ['DEGRADED by something else, with all of them', 'DEGRADED', both, issue, true, 'ready'],
    ['CREATING with all of them: EKS is not done yet', 'CREATING', both, [], false, 'waiting'],
    ['UPDATING', 'UPDATING', one, [], false, 'waiting'],
    ['ACTIVE with one that is not Ready', 'ACTIVE', one, [], false, 'waiting'],
    ['ACTIVE with one of another version', 'ACTIVE', old, [], false, 'waiting'],
    ['DEGRADED in passing', 'DEGRADED', one, issue, false, 'waiting'],
    ['DEGRADED for good', 'DEGRADED', one, issue, true, 'failed'],
    ['CREATE_FAILED', 'CREATE_FAILED', one, issue, false, 'failed'],
    ['CREATE_FAILED, although its nodes came in the end', 'CREATE_FAILED', both, issue, false, 'failed'],
    ['DELETING', 'DELETING', both, [], false, 'failed'],
    ['with a status that EKS may invent', 'SLEEPING', both, [], true, 'waiting'],
  ] as const)('%s', (_, status, nodes, healthIssues, stays, state) => {
    const outcome = judgeNodeGroup({ status, healthIssues: [...healthIssues] }, nodes, wanted, stays);
    expect(outcome.state).toBe(state);
    if (state !== 'ready') expect(outcome.problems.join(' ')).toContain(status);
  });

  it('says that it is gone', () => {
    expect(judgeNodeGroup(undefined, [], wanted, false)).toEqual({
      state: 'failed',
      ready: 0,
      problems: ['Node group blue is not there any more.'],
    });
  });
});

describe('notes on node groups', () => {
  it('hold a workflow ID as it is where AWS allows it, and one of its own where not', () => {
    expect(madeByNote('upgrade/demo-1.32 @x')).toBe('upgrade/demo-1.32 @x');
    const one = madeByNote('upgrade"1"');
    expect(one).toMatch(/^upgrade_1_-[0-9a-f]{12}$/);
    expect(madeByNote('upgrade#1#')).not.toBe(one);
    expect(madeByNote('x'.repeat(300))).toHaveLength(256);
  });

  it('hold a size, and nothing that somebody else has written', () => {
    const size = { min: 1, max: 5_000, desired: 300 };
    expect(readSizeNote(writeSizeNote(size))).toEqual(size);
    for (const text of [undefined, '', 'min=1', 'min=1 max=x desired=2', 'min=-1 max=1 desired=1']) {
      expect(readSizeNote(text)).toBeUndefined();
    }
  });
});
