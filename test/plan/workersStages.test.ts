import { describe, expect, it } from 'vitest';
import type { Hop, Plan, WorkersStage } from '../../src/contract/plan.ts';
import type { Observation } from '../../src/plan/observation.ts';
import { addon, cluster, nodeGroup, observe, plan } from './fixtures.ts';

const surge = { workers: { strategy: 'surge' } };

function workers(hops: readonly Hop[]): WorkersStage[] {
  return hops.flatMap(({ stages }) => stages.filter((stage) => stage.stage === 'workers'));
}

/** `blue→blue-1-32 (surge)`, `green 1.31-1.32`. */
function show(stage: WorkersStage): string {
  const { nodeGroup: name, from, to } = stage;
  if (stage.strategy === 'managed') return `${name} ${from}-${to}`;
  return `${name} → ${stage.newNodeGroup} ${from}-${to} (${stage.strategy})`;
}

const shown = (...of: Parameters<typeof plan>) =>
  plan(...of).plan.hops.map((hop) => workers([hop]).map(show).join(', '));

/** The cluster after the first hop of a plan, as if it had been carried out. */
function afterFirstHop(before: Observation, { hops }: Plan): Observation {
  const [hop] = hops;
  const addons = new Map(
    hop?.stages
      .flatMap((stage) => (stage.stage === 'add-ons' ? stage.addons : []))
      .map((each) => [each.name, each.to]),
  );
  const stages = workers(hop === undefined ? [] : [hop]);
  return {
    ...before,
    cluster: { ...before.cluster, version: hop?.to ?? '' },
    addons: before.addons.map((each) => addon(each.name, addons.get(each.name) ?? each.version)),
    nodeGroups: before.nodeGroups.map((group) => {
      const stage = stages.find((each) => each.nodeGroup === group.name);
      if (stage === undefined) return group;
      return {
        ...group,
        version: stage.to,
        name: stage.strategy === 'managed' ? group.name : stage.newNodeGroup,
      };
    }),
    nodes: [],
    kubeProxies: [],
  };
}

describe('groups that take others’ places', () => {
  it('are named hop after hop', () => {
    expect(shown(observe(), surge)).toEqual([
      'blue → blue-1-32 1.31-1.32 (surge), green → green-1-32 1.31-1.32 (surge)',
      'blue-1-32 → blue-1-33 1.32-1.33 (surge), green-1-32 → green-1-33 1.32-1.33 (surge)',
    ]);
  });

  it('have the waves and the drain of the request, each group its own', () => {
    const request = {
      targetVersion: '1.32',
      workers: {
        strategy: 'surge',
        maxParallel: 3,
        nodeOrder: ['n1'],
        drain: { force: true, gracePeriodSeconds: 5 },
        groups: {
          blue: { strategy: 'in-place', maxParallel: '50%', canary: false, templateVersion: '4' },
          green: { strategy: 'managed' },
        },
      },
    };
    const observation = observe({ nodeGroups: ['blue', 'green', 'red'].map((name) => nodeGroup(name)) });
    const drain = { ignoreDaemonSets: true, deleteEmptyDirData: true, force: true, gracePeriodSeconds: 5 };
    expect(workers(plan(observation, request).plan.hops)).toEqual([
      {
        stage: 'workers',
        strategy: 'in-place',
        nodeGroup: 'blue',
        newNodeGroup: 'blue-1-32',
        from: '1.31',
        to: '1.32',
        templateVersion: '4',
        waves: { maxParallel: '50%', canary: false, order: ['n1'] },
        drain,
      },
      { stage: 'workers', strategy: 'managed', nodeGroup: 'green', from: '1.31', to: '1.32' },
      {
        stage: 'workers',
        strategy: 'surge',
        nodeGroup: 'red',
        newNodeGroup: 'red-1-32',
        from: '1.31',
        to: '1.32',
        waves: { maxParallel: 3, canary: true, order: ['n1'] },
        drain,
      },
    ]);
  });

  it('never get a name that another group has or will have', () => {
    const names = ['blue', 'blue-1-32', 'blue-1-33'];
    const observation = observe({
      nodeGroups: names.map((name) => nodeGroup(name)),
      nodes: [],
      kubeProxies: [],
    });
    const hops = plan(observation, surge).plan.hops;
    const made = workers(hops).flatMap((stage) => (stage.strategy === 'managed' ? [] : [stage.newNodeGroup]));
    expect(new Set([...made, ...names]).size).toBe(made.length + names.length);
    expect(made[0]).toBe('blue-1-32-2');
  });

  it('leave a plan without them as it was', () => {
    expect(workers(plan().plan.hops)[0]).toEqual({
      stage: 'workers',
      strategy: 'managed',
      nodeGroup: 'blue',
      from: '1.31',
      to: '1.32',
    });
  });
});

describe('what is left of an approved plan', () => {
  it.each<[string, Record<string, unknown>]>([
    ['by surge', surge],
    [
      'by several strategies, in an order of its own',
      {
        workers: {
          strategy: 'in-place',
          order: ['green'],
          groups: { blue: { strategy: 'managed' }, green: { maxParallel: 1 } },
        },
      },
    ],
    ['with a group that is skipped', { workers: { strategy: 'surge', skip: ['green'] } }],
    [
      'with the fewest rolls',
      { targetVersion: '1.34', workers: { strategy: 'surge', hops: 'fewest', maxSkew: 2 } },
    ],
  ])('is the same after a hop, %s', (_, request) => {
    const offered = (version: string) => [{ version, isDefault: true }];
    const before = observe({
      addons: [],
      addonVersions: { coredns: { '1.34': offered('v1') } },
    });
    const first = plan(before, request);
    const second = plan(afterFirstHop(before, first.plan), request, { approved: first.plan });
    expect(second.hopDigests).toEqual(first.hopDigests.slice(1));
    expect(second.hopDigests.length).toBeGreaterThan(0);
  });

  it('keeps a name that it was approved with, though another is free by now', () => {
    const before = observe({ nodeGroups: [nodeGroup('blue'), nodeGroup('blue-1-32')], nodes: [] });
    const request = { targetVersion: '1.32', workers: { strategy: 'surge', skip: ['blue-1-32'] } };
    const { plan: approved } = plan(before, request);
    const now = { ...before, nodeGroups: [nodeGroup('blue')] };
    expect(shown(before, request)).toEqual(['blue → blue-1-32-2 1.31-1.32 (surge)']);
    expect(plan(now, request, { approved }).plan.hops.map((hop) => workers([hop]).map(show))).toEqual([
      ['blue → blue-1-32-2 1.31-1.32 (surge)'],
    ]);
  });

  it('still knows a group by its first name when it was approved anew half way', () => {
    const request = { workers: { strategy: 'surge', skip: ['green'], groups: { blue: { canary: false } } } };
    const before = observe();
    const half = afterFirstHop(before, plan(before, request).plan);
    const { hops } = plan(half, request, { approved: { ...plan(before, request).plan, hops: [] } }).plan;
    expect(workers(hops)).toMatchObject([{ nodeGroup: 'blue-1-32', waves: { canary: false } }]);
  });
});

describe('the fewest rolls', () => {
  const fewest = (workersFields: Record<string, unknown>, targetVersion: string, version = '1.31') =>
    shown(
      observe({
        cluster: cluster({ version }),
        nodeGroups: [nodeGroup('blue', { version })],
        nodes: [],
        kubeProxies: [],
        addons: [],
      }),
      { targetVersion, workers: { hops: 'fewest', ...workersFields } },
    );

  it.each<[string, Record<string, unknown>, string, string[]]>([
    ['are one where the skew policy bears all hops', {}, '1.34', ['', '', 'blue 1.31-1.34']],
    [
      'come just before the hop that would break it',
      {},
      '1.35',
      ['', '', 'blue 1.31-1.34', 'blue 1.34-1.35'],
    ],
    ['follow the request’s own limit', { maxSkew: 1 }, '1.33', ['blue 1.31-1.32', 'blue 1.32-1.33']],
    ['are all of them where nothing may lag', { maxSkew: 0 }, '1.33', ['blue 1.31-1.32', 'blue 1.32-1.33']],
    [
      'skip names as they skip minors',
      { strategy: 'surge' },
      '1.33',
      ['', 'blue → blue-1-33 1.31-1.33 (surge)'],
    ],
  ])('%s', (_, workersFields, targetVersion, expected) => {
    expect(fewest(workersFields, targetVersion)).toEqual(expected);
  });

  it('never break the skew policy', () => {
    for (const maxSkew of [1, 2, 3]) {
      const made = plan(observe({ nodes: [], kubeProxies: [], addons: [] }), {
        targetVersion: '1.35',
        workers: { hops: 'fewest', maxSkew },
      });
      expect(made.findings.filter(({ check }) => check === 'version-skew')).toEqual([]);
    }
  });

  it('begin where the nodes are, not where the control plane is', () => {
    const observation = observe({
      cluster: cluster({ version: '1.32' }),
      nodeGroups: [nodeGroup('blue', { version: '1.30' })],
      nodes: [],
      kubeProxies: [],
      addons: [],
    });
    expect(shown(observation, { targetVersion: '1.34', workers: { hops: 'fewest' } })).toEqual([
      'blue 1.30-1.33',
      'blue 1.33-1.34',
    ]);
  });
});

describe('a launch template with its own image', () => {
  const observation = observe({ nodeGroups: [nodeGroup('gpu', { ownImage: true }), nodeGroup('green')] });

  it('is rolled once, in the last hop, to the version that the request names', () => {
    const request = { workers: { groups: { gpu: { templateVersion: '7' } } } };
    expect(shown(observation, request)).toEqual(['green 1.31-1.32', 'gpu 1.31-1.33, green 1.32-1.33']);
    expect(workers(plan(observation, request).plan.hops)).toContainEqual(
      expect.objectContaining({ nodeGroup: 'gpu', templateVersion: '7' }),
    );
  });

  it('is not rolled without one', () => {
    expect(shown(observation, surge).join()).not.toContain('gpu');
  });
});
