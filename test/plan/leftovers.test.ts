import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/plan/observation.ts';
import type { ObservedWorkloads } from '../../src/plan/observedWorkloads.ts';
import { node, nodeGroup, observe, plan } from './fixtures.ts';

const surge = { targetVersion: '1.32', workers: { strategy: 'surge', skip: ['green'] } };

/** Pods on these nodes, of one kind. */
function podsOn(...nodes: string[]): ObservedWorkloads {
  return {
    kinds: [{ placement: { labels: {}, requests: {} }, localVolumes: [], graceSeconds: 30, heldBy: [] }],
    owners: [],
    pods: [
      ...nodes.map((name) => ({ namespace: 'shop', name: `web-${name}`, node: name, kind: 0, ready: true })),
      {
        namespace: 'kube-system',
        name: 'log',
        node: 'new-1',
        kind: 0,
        ready: true,
        staysOnNode: 'DaemonSet',
      },
    ],
    budgets: [],
    nodes: [],
  };
}

/** A surge of `blue` that was terminated: its nodes are cordoned, and the new group stands beside it. */
function halfWay(workloads: ObservedWorkloads | undefined): Observation {
  const marks = { unschedulable: true, cordonedBy: 'upgrade-dead', heldOffBy: 'upgrade-dead' };
  const { workloads: _, ...unseen } = observe({
    nodeGroups: [
      nodeGroup('blue'),
      nodeGroup('green'),
      nodeGroup('blue-1-32', {
        version: '1.32',
        tags: { 'stepladder/made-by': 'upgrade-dead', 'stepladder/in-place-of': 'blue' },
      }),
    ],
    nodes: [
      node('blue-1', marks),
      node('blue-2', marks),
      node('new-1', { nodeGroup: 'blue-1-32', kubeletVersion: 'v1.32.1-eks-1' }),
    ],
    kubeProxies: [],
  });
  return workloads === undefined ? unseen : { ...unseen, workloads };
}

const stages = (made: ReturnType<typeof plan>) =>
  made.plan.hops.flatMap((hop) => hop.stages.filter((stage) => stage.stage === 'workers'));
const leftBehind = (made: ReturnType<typeof plan>) =>
  made.findings
    .filter(({ check }) => check === 'left-behind')
    .map(({ severity, subject }) => `${severity} ${subject.name}`);

describe('what a terminated upgrade has left', () => {
  it('is put back before the first hop when no Pod has moved, and its name is free again', () => {
    const made = plan(halfWay(podsOn('blue-1')), surge);
    expect(made.plan.putBack).toEqual([
      { nodeGroup: 'blue', cordonedBy: 'upgrade-dead' },
      { nodeGroup: 'blue', heldOffBy: 'upgrade-dead' },
      { nodeGroup: 'blue-1-32', madeBy: 'upgrade-dead', inPlaceOf: 'blue' },
    ]);
    expect(stages(made)).toMatchObject([{ nodeGroup: 'blue', newNodeGroup: 'blue-1-32' }]);
    expect(leftBehind(made)).toEqual(['warning blue', 'warning blue', 'warning blue-1-32']);
  });

  it('gives the same plan when it is looked at again before it begins', () => {
    const observation = halfWay(podsOn('blue-1'));
    const approved = plan(observation, surge);
    expect(plan(observation, surge, { approved: approved.plan }).digest).toBe(approved.digest);
  });

  it.each<[string, ObservedWorkloads | undefined]>([
    ['Pods run on the new group', podsOn('blue-1', 'new-1')],
    ['nobody knows whether Pods run there', undefined],
  ])('is a person’s choice when %s', (_, workloads) => {
    const made = plan(halfWay(workloads), surge);
    expect(made.plan.putBack).toHaveLength(2);
    expect(leftBehind(made)).toEqual(['blocker blue-1-32', 'warning blue', 'warning blue']);
    expect(stages(made)).toMatchObject([{ nodeGroup: 'blue', newNodeGroup: 'blue-1-32-2' }]);
  });

  it('is also a least size that a roll in place had lowered, until a plan lowers it itself', () => {
    const tags = { 'stepladder/size-before': 'min=3 max=6 desired=4' };
    const lowered = observe({
      nodeGroups: [
        nodeGroup('blue', { size: { min: 1, max: 6, desired: 2 }, tags }),
        nodeGroup('green', { tags: { 'stepladder/size-before': 'mine' } }),
      ],
    });
    const inPlace = {
      targetVersion: '1.32',
      workers: { strategy: 'in-place', acceptLostCapacity: true, skip: ['green'] },
    };
    const made = plan(lowered, inPlace);
    expect(made.plan.putBack).toEqual([{ nodeGroup: 'blue', leastSize: 3 }]);
    expect(leftBehind(made)).toEqual(['warning blue']);
    // Looked at again before it begins it is the same plan.
    expect(plan(lowered, inPlace, { approved: made.plan }).digest).toBe(made.digest);

    const { plan: approved } = plan(observe(), inPlace);
    expect(plan(lowered, inPlace, { approved }).plan.putBack).toEqual([]);
  });

  it('is nothing once the group has taken the other’s place', () => {
    const { nodeGroups, ...rest } = halfWay(podsOn('new-1'));
    const nodes = rest.nodes.filter((each) => each.nodeGroup !== 'blue');
    const made = plan({ ...rest, nodes, nodeGroups: nodeGroups.slice(1) }, { targetVersion: '1.33' });
    expect(made.plan.putBack).toEqual([]);
    expect(leftBehind(made)).toEqual([]);
    expect(stages(made).map((stage) => stage.nodeGroup)).toContain('blue-1-32');
  });

  it('is nothing of an upgrade’s own, while it runs', () => {
    const { plan: approved } = plan(observe(), surge);
    const made = plan(halfWay(podsOn('new-1')), surge, { approved });
    expect(leftBehind(made)).not.toContain('blocker blue-1-32');
  });
});
