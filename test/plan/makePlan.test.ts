import { describe, expect, it } from 'vitest';
import { StepladderError } from '../../src/contract/errors.ts';
import type { Hop } from '../../src/contract/plan.ts';
import type { Observation } from '../../src/plan/observation.ts';
import { minorDistance } from '../../src/plan/versions.ts';
import { addon, cluster, insight, nodeGroup, node, observe, offers, plan } from './fixtures.ts';

/** Short form of a hop: `1.31-1.32: cp, coredns kube-proxy, blue 1.31-1.32, verify`. */
function show({ from, to, stages }: Hop): string {
  const shown = stages.map((stage) => {
    switch (stage.stage) {
      case 'control-plane':
        return stage.force ? 'cp!' : 'cp';
      case 'add-ons':
        return stage.addons.map((each) => each.name).join(' ');
      case 'workers':
        return `${stage.nodeGroup} ${stage.from}-${stage.to}`;
      case 'tools':
        return `${stage.tool} ${stage.to.version}`;
      case 'verification':
        return 'verify';
      default:
        return stage.stage;
    }
  });
  return `${from}-${to}: ${shown.join(', ')}`;
}

const hops = (...of: Parameters<typeof plan>) => plan(...of).plan.hops.map(show);

function refusal(...of: Parameters<typeof plan>): StepladderError {
  try {
    plan(...of);
  } catch (error) {
    if (error instanceof StepladderError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const problems = (...of: Parameters<typeof plan>) => refusal(...of).details['problems'];

/** A cluster of which all is at one version. */
function allAt(version: string, change: Partial<Observation> = {}): Observation {
  const groups = ['blue', 'green'].map((name) => nodeGroup(name, { version }));
  return observe({
    cluster: cluster({ version }),
    nodeGroups: groups,
    nodes: [],
    kubeProxies: [],
    ...change,
  });
}

describe('upgradeCluster', () => {
  it('goes one minor at a time: control plane, add-ons, workers, verification', () => {
    expect(hops()).toEqual([
      '1.31-1.32: cp, coredns kube-proxy, blue 1.31-1.32, green 1.31-1.32, verify',
      '1.32-1.33: cp, coredns kube-proxy vpc-cni, blue 1.32-1.33, green 1.32-1.33, verify',
    ]);
  });

  it('takes each add-on from where the hop before has left it', () => {
    const stages = plan().plan.hops.flatMap((hop) => hop.stages);
    const coredns = stages
      .flatMap((stage) => (stage.stage === 'add-ons' ? stage.addons : []))
      .filter((change) => change.name === 'coredns');
    expect(coredns).toEqual([
      { name: 'coredns', from: 'v1.11.3-eksbuild.1', to: 'v1.11.4-eksbuild.2', resolveConflicts: 'PRESERVE' },
      { name: 'coredns', from: 'v1.11.4-eksbuild.2', to: 'v1.12.1-eksbuild.2', resolveConflicts: 'PRESERVE' },
    ]);
  });

  it('rises by one in every hop, wherever it begins and ends', () => {
    for (let from = 25; from < 34; from += 1) {
      for (let to = from + 1; to < 36; to += 1) {
        const observation = allAt(`1.${from}`, { versions: [], addons: [] });
        const made = plan(observation, { targetVersion: `1.${to}` }).plan;
        expect(made.hops).toHaveLength(to - from);
        for (const hop of made.hops) {
          expect(minorDistance(hop.from, hop.to)).toBe(1);
          expect(hop.stages[0]).toMatchObject({ stage: 'control-plane', from: hop.from, to: hop.to });
          expect(hop.stages.at(-1)).toEqual({ stage: 'verification' });
        }
      }
    }
  });

  it("brings a node group that lags behind straight to the hop's version", () => {
    const observation = observe({ nodeGroups: [nodeGroup('blue'), nodeGroup('green', { version: '1.30' })] });
    expect(hops(observation, { targetVersion: '1.32' })[0]).toContain('green 1.30-1.32');
  });

  it("rolls groups in the request's order and leaves out those to skip and those with an image of their own", () => {
    const observation = observe({
      nodeGroups: ['a', 'b', 'c', 'd'].map((name) => nodeGroup(name, { ownImage: name === 'b' })),
    });
    expect(hops(observation, { targetVersion: '1.32', workers: { order: ['d'], skip: ['c'] } })[0]).toContain(
      'd 1.31-1.32, a 1.31-1.32, verify',
    );
  });

  it('leaves out the add-on stage when no add-on changes', () => {
    expect(hops(observe({ addons: [] }), { targetVersion: '1.32' })).toEqual([
      '1.31-1.32: cp, blue 1.31-1.32, green 1.31-1.32, verify',
    ]);
  });

  it('leaves an add-on alone when it is not known what fits', () => {
    const made = plan(observe({ addonVersions: {} }), { targetVersion: '1.32' });
    expect(made.plan.hops.map(show)[0]).toBe('1.31-1.32: cp, blue 1.31-1.32, green 1.31-1.32, verify');
    expect(made.summary.unknown).toBe(3);
  });

  describe('when the control plane is there already', () => {
    const left = allAt('1.33');
    const done = allAt('1.33', { addons: [addon('coredns', 'v1.12.1-eksbuild.2')] });

    it('brings up the add-ons that lag behind', () => {
      expect(hops(left)).toEqual(['1.33-1.33: coredns kube-proxy vpc-cni, verify']);
    });

    it('brings up the node groups that lag behind', () => {
      const observation = {
        ...done,
        nodeGroups: [nodeGroup('blue'), nodeGroup('green', { version: '1.33' })],
      };
      expect(hops(observation)).toEqual(['1.33-1.33: blue 1.31-1.33, verify']);
    });

    it('puts back what a terminated upgrade has left behind, even when nothing else is left to do', () => {
      const noted = nodeGroup('blue', { version: '1.33', noted: { maxUnavailable: 2 } });
      const made = plan({ ...done, nodeGroups: [noted] });
      expect(made.plan.putBack).toEqual([{ nodeGroup: 'blue', settings: { maxUnavailable: 2 } }]);
      expect(made.plan.hops.map(show)).toEqual(['1.33-1.33: verify']);
    });

    it('refuses when nothing lags behind', () => {
      const error = refusal(done);
      expect(error.type).toBe('InvalidInput');
      expect(error.message).toContain(
        'targetVersion: cluster demo is at 1.33 already and nothing lags behind',
      );
    });
  });

  it.each([
    ['below', '1.30', 'cluster demo is at 1.31 already, and an upgrade does not go back to 1.30'],
    [
      'that EKS does not know',
      '1.77',
      'EKS knows no version 1.77; it offers 1.30, 1.31, 1.32, 1.33, 1.34, 1.35',
    ],
  ])('refuses a target %s', (_, targetVersion, message) => {
    expect(problems(observe(), { targetVersion })).toEqual([{ path: 'targetVersion', message }]);
  });

  it('refuses a target that EKS supports no more', () => {
    const versions = [{ version: '1.32', status: 'UNSUPPORTED' as const }];
    expect(problems(observe({ versions }), { targetVersion: '1.32' })).toEqual([
      { path: 'targetVersion', message: 'EKS does not support 1.32 any more; it offers none' },
    ]);
  });

  it('lists every name that the cluster does not have, by its path', () => {
    expect(
      problems(observe(), {
        workers: { order: ['blue', 'red'], skip: ['pink'] },
        addons: { versions: { corends: 'v1' } },
      }),
    ).toEqual([
      {
        path: 'workers.order.1',
        message: 'cluster demo has no managed node group "red"; it has blue, green',
      },
      {
        path: 'workers.skip.0',
        message: 'cluster demo has no managed node group "pink"; it has blue, green',
      },
      {
        path: 'addons.versions.corends',
        message: 'cluster demo has no EKS add-on "corends"; it has coredns, kube-proxy, vpc-cni',
      },
    ]);
  });

  it("takes the request's add-on version in the last hop", () => {
    const made = plan(observe(), { addons: { versions: { coredns: 'v1.11.4-eksbuild.2' } } }).plan;
    const last = made.hops[1]?.stages.flatMap((stage) => (stage.stage === 'add-ons' ? stage.addons : []));
    expect(made.hops[0]?.stages[1]).toMatchObject({
      addons: [{ name: 'coredns', to: 'v1.11.4-eksbuild.2' }, {}],
    });
    expect(last?.map((change) => change.name)).toEqual(['kube-proxy', 'vpc-cni']);
  });

  it('refuses an add-on version that EKS does not offer for the target, and says what it offers', () => {
    expect(problems(observe(), { addons: { versions: { coredns: 'v9' } } })).toEqual([
      {
        path: 'addons.versions.coredns',
        message: 'EKS does not offer coredns v9 for 1.33; it offers v1.12.1-eksbuild.2, v1.11.4-eksbuild.2',
      },
    ]);
  });

  describe('force', () => {
    const observation = observe({ insights: [insight('i1'), insight('i2', { status: 'WARNING' })] });

    it('is not asked of EKS by itself', () => {
      expect(hops(observation).join()).not.toContain('cp!');
    });

    it('is when the request overrides insights', () => {
      expect(hops(observe(), { controlPlane: { overrideInsights: true } })[1]).toContain('cp!');
    });

    it('is for the very hop of an insight that the request overrides by name', () => {
      const made = hops(observation, { overrides: ['insights/Insight/i1'] });
      expect(made[0]).toContain('cp!');
      expect(made[1]).not.toContain('cp!');
    });

    it('is not for an insight that EKS would not refuse for', () => {
      expect(hops(observation, { overrides: ['insights/Insight/i2'] }).join()).not.toContain('cp!');
    });
  });

  describe('update settings', () => {
    const workers = (made: ReturnType<typeof plan>) =>
      made.plan.hops[0]?.stages.filter((stage) => stage.stage === 'workers');
    const noted = { updateSettings: { maxUnavailable: 5 }, noted: { maxUnavailable: 1 } };

    it("are in the plan only where the request's differ from the group's own", () => {
      const observation = observe({
        nodeGroups: [nodeGroup('blue', { updateSettings: { maxUnavailable: 2 } }), nodeGroup('green')],
      });
      const made = workers(plan(observation, { workers: { maxUnavailable: 2 } }));
      expect(made?.[0]).not.toHaveProperty('updateSettings');
      expect(made?.[1]).toMatchObject({ nodeGroup: 'green', updateSettings: { maxUnavailable: 2 } });
    });

    it('left behind are put back first for a group that is not rolled', () => {
      const observation = observe({ nodeGroups: [nodeGroup('blue', noted)] });
      expect(plan(observation, { workers: { skip: ['blue'] } }).plan.putBack).toEqual([
        { nodeGroup: 'blue', settings: { maxUnavailable: 1 } },
      ]);
    });

    it('left behind are put back first for a group that is rolled with its own', () => {
      const made = plan(observe({ nodeGroups: [nodeGroup('blue', noted)] }));
      expect(made.plan.putBack).toEqual([{ nodeGroup: 'blue', settings: { maxUnavailable: 1 } }]);
      expect(workers(made)?.[0]).not.toHaveProperty('updateSettings');
    });

    it('left behind give way to those of the request, and are put back after the roll', () => {
      const made = plan(observe({ nodeGroups: [nodeGroup('blue', noted)] }), {
        workers: { maxUnavailable: 5 },
      });
      expect(made.plan.putBack).toEqual([]);
      expect(workers(made)?.[0]).toMatchObject({ updateSettings: { maxUnavailable: 5 } });
    });
  });
});

describe('upgradeControlPlane', () => {
  const workflowType = 'upgradeControlPlane';

  it('goes up one minor, with nothing but the control plane and the verification', () => {
    expect(hops(observe(), {}, { workflowType })).toEqual(['1.31-1.32: cp, verify']);
  });

  it.each([
    ['1.33', /one minor version at a time: cluster demo is at 1\.31, so 1\.32 is next/],
    ['1.31', /the control plane of cluster demo is at 1\.31 already$/],
    ['1.30', /does not go back to 1\.30/],
  ])('refuses %s', (targetVersion, message) => {
    expect(problems(observe(), { targetVersion }, { workflowType })).toEqual([
      { path: 'targetVersion', message: expect.stringMatching(message) },
    ]);
  });
});

describe('upgradeAddons', () => {
  const workflowType = 'upgradeAddons';
  const observation = allAt('1.32');

  it("brings the add-ons up to the control plane's version, and nothing else", () => {
    expect(hops(observation, {}, { workflowType })).toEqual(['1.32-1.32: coredns kube-proxy, verify']);
    expect(hops(observation, { targetVersion: '1.32' }, { workflowType })).toHaveLength(1);
  });

  it('refuses another version', () => {
    expect(problems(observation, { targetVersion: '1.33' }, { workflowType })).toEqual([
      { path: 'targetVersion', message: expect.stringContaining('leave this field out or give "1.32"') },
    ]);
  });

  it('refuses when no add-on lags behind, although node groups do', () => {
    const done = observe({ nodeGroups: [nodeGroup('blue', { version: '1.30' })] });
    expect(refusal(done, {}, { workflowType }).message).toContain(
      'at 1.31 already and no add-on lags behind',
    );
  });
});

describe('upgradeNodeGroup', () => {
  const workflowType = 'upgradeNodeGroup';
  const observation = observe({ cluster: cluster({ version: '1.33' }) });
  const fields = { nodeGroup: 'green' };

  it("brings one group straight to the control plane's version", () => {
    expect(hops(observation, fields, { workflowType })).toEqual(['1.33-1.33: green 1.31-1.33, verify']);
  });

  it('stops short of it when asked to', () => {
    expect(hops(observation, { ...fields, targetVersion: '1.32' }, { workflowType })).toEqual([
      '1.32-1.32: green 1.31-1.32, verify',
    ]);
  });

  it.each([
    [{ ...fields, targetVersion: '1.34' }, 'targetVersion', /never newer than its control plane/],
    [{ ...fields, targetVersion: '1.31' }, 'targetVersion', /node group green is at 1\.31 already$/],
    [{ ...fields, targetVersion: '1.30' }, 'targetVersion', /does not go back to 1\.30/],
    [{ nodeGroup: 'red' }, 'nodeGroup', /has no managed node group "red"; it has blue, green/],
    [{ ...fields, workers: { skip: ['green'] } }, 'workers.skip.0', /the very node group/],
  ])('refuses %o', (wrong, path, message) => {
    expect(problems(observation, wrong, { workflowType })).toEqual([
      { path, message: expect.stringMatching(message) },
    ]);
  });

  it('refuses a group with an image of its own, and says what to do', () => {
    const own = { ...observation, nodeGroups: [nodeGroup('green', { ownImage: true })] };
    const error = refusal(own, fields, { workflowType });
    expect(error.type).toBe('PlanRefused');
    expect(error.message).toMatch(
      /node group green brings its own image.*Make a version of the template with an image/,
    );
  });
});

describe('while an approved plan is carried out', () => {
  const approved = plan().plan;
  const afterFirstHop = observe({
    cluster: cluster({ version: '1.32' }),
    nodeGroups: [nodeGroup('blue', { version: '1.32' }), nodeGroup('green', { version: '1.32' })],
    nodes: [
      node('blue-3', { kubeletVersion: 'v1.32.1' }),
      node('green-2', { nodeGroup: 'green', kubeletVersion: 'v1.32.1' }),
    ],
    addons: [
      addon('coredns', 'v1.11.4-eksbuild.2'),
      addon('kube-proxy', 'v1.32.0-eksbuild.2'),
      addon('vpc-cni', 'v1.19.0-eksbuild.1'),
    ],
    kubeProxies: [{ version: '1.32', nodes: ['blue-3', 'green-2'] }],
  });

  it('what is left of it has the digest that was approved', () => {
    const made = plan(afterFirstHop, {}, { approved });
    expect(made.hopDigests).toEqual(plan().hopDigests.slice(1));
  });

  it('keeps the versions that were approved although the defaults have moved', () => {
    const moved = {
      ...afterFirstHop,
      addonVersions: {
        ...afterFirstHop.addonVersions,
        coredns: offers({ '1.33': ['v1.12.9-eksbuild.1', 'v1.12.1-eksbuild.2'] }),
        'vpc-cni': offers({ '1.33': ['v1.20.0-eksbuild.1', 'v1.19.2-eksbuild.1'] }),
      },
    };
    expect(plan(moved, {}, { approved }).hopDigests).toEqual(plan().hopDigests.slice(1));
    expect(plan(moved, {}).hopDigests).not.toEqual(plan().hopDigests.slice(1));
  });

  it('has another digest when something really changed', () => {
    const grown = {
      ...afterFirstHop,
      nodeGroups: [...afterFirstHop.nodeGroups, nodeGroup('red', { version: '1.32' })],
    };
    expect(plan(grown, {}, { approved }).hopDigests).not.toEqual(plan().hopDigests.slice(1));
  });

  it('has nothing left when it is done', () => {
    const done = allAt('1.33', { addons: [] });
    expect(plan(done, {}, { approved }).plan.hops).toEqual([]);
    const one = plan(observe(), {}, { workflowType: 'upgradeControlPlane' }).plan;
    const there = observe({ cluster: cluster({ version: '1.32' }) });
    expect(plan(there, {}, { workflowType: 'upgradeControlPlane', approved: one }).plan.hops).toEqual([]);
  });

  it('does not mind that a node group named in the request has gone', () => {
    const gone = { ...afterFirstHop, nodeGroups: afterFirstHop.nodeGroups.slice(0, 1) };
    expect(() => plan(gone, { workers: { order: ['green'] } }, { approved })).not.toThrow();
  });

  it('is refused as a plan, not as a request, when the cluster has gone beyond it', () => {
    const error = refusal(allAt('1.34'), {}, { approved });
    expect(error.type).toBe('PlanRefused');
    expect(error.message).toContain('Start a new upgrade');
    expect(error.message).not.toContain('nothing was touched');
  });
});

it('lists the windows only when the request has one', () => {
  expect(plan().windows).toEqual([]);
  const window = { from: '22:00', to: '06:00', timeZone: 'Asia/Tokyo' };
  expect(plan(observe(), { window }).windows.map((each) => each.hop)).toEqual(['1.32', '1.33']);
});
