import { describe, expect, it } from 'vitest';
import type { Hop } from '../../src/contract/plan.ts';
import { decideTool } from '../../src/plan/toolDecision.ts';
import { compared, observedTool } from '../tools/observedTool.ts';
import { addon, cluster, node, nodeGroup, observe, plan } from './fixtures.ts';

const asked = { name: 'external-dns', version: '1.15.0' };
const descheduler = observedTool({ wanted: { name: 'descheduler', release: 'descheduler' } });

/** Each stage as its kind, and a tool by its name. */
const show = ({ to, stages }: Hop) =>
  `${to}: ${stages.map((stage) => (stage.stage === 'tools' ? stage.tool : stage.stage)).join(', ')}`;

/** A cluster on which nothing lags behind 1.31 but what is given. */
const wellAt131 = {
  cluster: cluster({ version: '1.31' }),
  nodeGroups: [nodeGroup('blue')],
  nodes: [node('blue-1')],
  addons: [addon('coredns', 'v1.11.3-eksbuild.1')],
};

describe('tools in the plan of a cluster', () => {
  it('come after the workers of the last hop, in the order of the request, before its verification', () => {
    const tools = [descheduler, observedTool()];
    const fields = { tools: [{ name: 'descheduler', version: '1.15.0' }, asked] };
    expect(plan(observe({ tools }), fields).plan.hops.map(show)).toEqual([
      '1.32: control-plane, add-ons, workers, workers, verification',
      '1.33: control-plane, add-ons, workers, workers, descheduler, external-dns, verification',
    ]);
  });

  it('come after the hop that the request names', () => {
    const fields = { tools: [{ ...asked, after: '1.32' }] };
    const hops = plan(observe({ tools: [observedTool()] }), fields).plan.hops.map(show);
    expect(hops[0]).toContain('external-dns');
    expect(hops[1]).not.toContain('external-dns');
  });

  it('can not come after a hop that is not on the way', () => {
    const fields = { tools: [{ ...asked, after: '1.34' }] };
    expect(() => plan(observe({ tools: [observedTool()] }), fields)).toThrow(
      'tools.0.after: no hop leads to 1.34 on the way from 1.31 to 1.33; leave it out, or give 1.32 or 1.33',
    );
  });

  it('are all that is done when nothing else lags behind', () => {
    const fields = { targetVersion: '1.31', tools: [asked] };
    const { plan: made } = plan(observe({ ...wellAt131, tools: [observedTool()] }), fields);
    expect(made.hops.map(show)).toEqual(['1.31: external-dns, verification']);
  });

  it('that stand in their own way are told, even when there is nothing else to do', () => {
    const fields = { targetVersion: '1.31', tools: [asked] };
    const tools = [observedTool({ tool: { comparison: compared('breaking') } })];
    const { plan: made, findings } = plan(observe({ ...wellAt131, tools }), fields);
    expect(made.hops.map(show)).toEqual(['1.31: verification']);
    expect(findings.filter(({ severity }) => severity === 'blocker').map(({ check }) => check)).toEqual([
      'tool-crds',
    ]);
  });

  it('have estimates of their own', () => {
    const { estimates } = plan(observe({ tools: [observedTool()] }), { tools: [asked] });
    expect(estimates.filter(({ stage }) => stage === 'tools')).toEqual([
      { hop: '1.33', stage: 'tools', tool: 'external-dns', seconds: 180 },
    ]);
  });

  it('are part of its digest, down to what helm renders', () => {
    const digestOf = (...change: Parameters<typeof observedTool>) =>
      plan(observe({ tools: [observedTool(...change)] }), { tools: [asked] }).digest;
    const same = digestOf();
    expect(digestOf()).toBe(same);
    const rendered = { added: [], changed: [], removed: [], renderedSha256: 'd'.repeat(64) };
    expect(digestOf({ tool: { rendered } })).not.toBe(same);
    expect(digestOf({ release: { revision: 8 } })).not.toBe(same);
    expect(digestOf({ wanted: { values: ['a.yaml'] } })).not.toBe(same);
    // Which other versions were looked at is evidence, and no part of what will be done.
    expect(digestOf({ tool: { candidates: [] } })).toBe(same);
  });

  it.each(['upgradeNodeGroup', 'upgradeAddons', 'upgradeControlPlane'] as const)(
    'are none of %s',
    (workflowType) => {
      const behind = {
        nodeGroups: [nodeGroup('blue', { version: '1.30' })],
        nodes: [],
        addons: [addon('coredns', 'v1.10.0-eksbuild.1')],
        tools: [observedTool()],
      };
      const fields = {
        tools: [asked],
        ...(workflowType === 'upgradeNodeGroup' ? { nodeGroup: 'blue' } : {}),
      };
      const { hops } = plan(observe(behind), fields, { workflowType }).plan;
      expect(hops.flatMap(({ stages }) => stages.filter(({ stage }) => stage === 'tools'))).toEqual([]);
    },
  );
});

describe('upgradeTool', () => {
  const workflowType = 'upgradeTool';

  it('upgrades tools and nothing else, at the version that the cluster has', () => {
    const { plan: made } = plan(observe({ tools: [observedTool()] }), { tools: [asked] }, { workflowType });
    expect(made.target).toBe('1.31');
    expect(made.hops.map(show)).toEqual(['1.31: external-dns, verification']);
  });

  it('has nothing to do when all are at their versions', () => {
    const there = observedTool({ tool: { chosen: { version: '1.14.0' } } });
    expect(() => plan(observe({ tools: [there] }), { tools: [asked] }, { workflowType })).toThrow(
      'tools: all are at their versions in cluster demo already',
    );
  });

  it('looked at again when it is done, has nothing left to do', () => {
    const approved = plan(observe({ tools: [observedTool()] }), { tools: [asked] }, { workflowType }).plan;
    const done = observedTool({ release: { chart: { name: 'external-dns', version: '1.15.0' } } });
    const { plan: left } = plan(observe({ tools: [done] }), { tools: [asked] }, { workflowType, approved });
    expect(left.hops).toEqual([]);
  });

  it('is not held up by add-ons that it does not touch', () => {
    const change = {
      tools: [observedTool()],
      selfManagedAddons: [{ name: 'kube-proxy', image: 'registry.test/kube-proxy', tag: 'v1.31.2' }],
    };
    const { summary } = plan(observe(change), { tools: [asked] }, { workflowType });
    expect(summary.blocker).toBe(0);
  });
});

describe('what becomes of a tool', () => {
  type Change = Parameters<typeof observedTool>[0];
  const decide = (change?: Change) => decideTool(observedTool(change)).decision;
  const argoCd = { by: 'argo-cd' as const, manager: 'argocd/dns', seenOn: ['x'] };

  it.each<[string, Change, string]>([
    ['goes up', {}, 'change'],
    ['is there', { tool: { chosen: { version: 'v1.14.0' } } }, 'there-already'],
    ['does not go down', { tool: { chosen: { version: '1.13.9' } } }, 'undecided'],
    ['is not installed', { release: 'none' }, 'undecided'],
    ['is pending', { release: { status: 'pending-upgrade' } }, 'undecided'],
    ['has failed', { release: { status: 'failed' } }, 'undecided'],
    ['is manifests', { wanted: { source: { manifests: '/crds' } } }, 'undecided'],
    ['differs in documentation', { tool: { comparison: compared('documentation') } }, 'change'],
    ['differs against the policy', { tool: { comparison: compared('additive') } }, 'undecided'],
    [
      'differs by the policy',
      { wanted: { crds: 'additive' }, tool: { comparison: compared('additive') } },
      'change',
    ],
    [
      'would break a custom resource',
      { wanted: { crds: 'allow' }, tool: { comparison: compared('breaking', { refusedCount: 1 }) } },
      'undecided',
    ],
    ['is kept by Argo CD', { installed: { management: argoCd } }, 'undecided'],
    ['is kept by Flux', { installed: { management: { by: 'flux', seenOn: [] } } }, 'undecided'],
    [
      'is kept by Argo CD, and waited for',
      { installed: { management: argoCd }, wanted: { awaitGit: true } },
      'change',
    ],
    [
      'manages itself, whatever the request says',
      { installed: { management: { ...argoCd, managesItself: true } }, wanted: { awaitGit: true } },
      'undecided',
    ],
    ['belongs to nobody', { installed: { management: { by: 'nobody', seenOn: [] } } }, 'change'],
  ])('that %s', (_, change, expected) => {
    expect(decide(change)).toBe(expected);
  });

  it('of which something is not known is undecided', () => {
    const { chosen, comparison, rendered, ...rest } = observedTool();
    if (chosen === undefined || comparison === undefined || rendered === undefined) throw new Error('none');
    const decided = (of: object) => decideTool({ ...rest, ...of }).decision;
    expect(decided({ chosen, comparison, rendered })).toBe('change');
    expect(decided({ comparison, rendered })).toBe('undecided');
    expect(decided({ chosen, rendered })).toBe('undecided');
    expect(decided({ chosen, comparison })).toBe('undecided');
  });

  it('is a change with all that will be done, and CRDs that the chart does not change by itself', () => {
    const comparison = compared('additive', {
      differences: [
        { crd: 'c.test', state: 'missing', verdict: 'additive', changes: [] },
        { crd: 'b.test', state: 'changed', verdict: 'documentation', changes: [] },
        { crd: 'a.test', state: 'changed', verdict: 'additive', changes: [] },
        { crd: 'd.test', state: 'extra', verdict: 'none', changes: [] },
      ],
    });
    expect(decideTool(observedTool({ wanted: { crds: 'additive' }, tool: { comparison } }))).toEqual({
      decision: 'change',
      change: {
        tool: 'external-dns',
        namespace: 'dns',
        release: 'external-dns',
        source: { repository: 'https://charts.example.test', chart: 'external-dns' },
        driver: { by: 'helm' },
        from: { version: '1.14.0', appVersion: '0.14.0', revision: 7 },
        to: { version: '1.15.0', appVersion: '0.15.0' },
        values: [],
        renderedSha256: 'c'.repeat(64),
        crds: { policy: 'additive', verdict: 'additive', applied: ['a.test', 'c.test'] },
      },
    });
  });

  it('that Git brings has nothing applied here', () => {
    const decided = decideTool(
      observedTool({
        installed: { management: argoCd },
        release: 'none',
        wanted: { awaitGit: true, crds: 'additive' },
        tool: { comparison: compared('additive') },
      }),
    );
    expect(decided).toMatchObject({
      decision: 'change',
      change: { awaitGit: { application: 'argocd/dns' }, renderedSha256: '', crds: { applied: [] } },
    });
  });
});
