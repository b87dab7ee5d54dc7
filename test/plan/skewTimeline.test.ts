import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/plan/observation.ts';
import { skewOverPlan } from '../../src/plan/skewTimeline.ts';
import { cluster, node, nodeGroup, observe, plan } from './fixtures.ts';

function skew(observation: Observation, fields: Record<string, unknown> = {}, maxSkew = 3) {
  return skewOverPlan(observation, plan(observation, fields).plan, maxSkew).map(
    ({ hop, moment, component, version, againstVersion }) =>
      `${hop ?? 'now'} | ${moment} | ${component} | ${version} against ${againstVersion}`,
  );
}

const unmanaged = (kubeletVersion: string, provider: 'karpenter' | 'fargate' = 'karpenter') =>
  observe({ nodes: [node('k-1', { provider, kubeletVersion })], kubeProxies: [] });

it('finds nothing in a plan that keeps to the policy', () => {
  expect(skew(observe())).toEqual([]);
});

describe('nodes that nobody upgrades', () => {
  it.each(['karpenter', 'fargate'] as const)('stay where they are: %s nodes', (provider) => {
    expect(skew(unmanaged('v1.30.9', provider))).toEqual([]);
    expect(skew(unmanaged('v1.30.9', provider), { targetVersion: '1.34' })).toEqual([
      `1.34 | while the control plane goes from 1.33 to 1.34 | kubelet of ${provider} nodes (k-1) | 1.30 against 1.34`,
    ]);
  });

  it('are named, three of many', () => {
    const nodes = ['d', 'b', 'a', 'c'].map((name) =>
      node(name, { provider: 'hybrid', kubeletVersion: 'v1.29.0' }),
    );
    expect(skew(observe({ nodes, kubeProxies: [] }))[0]).toContain(
      'kubelet of hybrid nodes (a, b, c and 1 more)',
    );
  });
});

it('counts groups that the request skips over all hops', () => {
  expect(skew(observe(), { targetVersion: '1.35', workers: { skip: ['green'] } })).toEqual([
    '1.35 | while the control plane goes from 1.34 to 1.35 | kubelet of node group green (green-1) | 1.31 against 1.35',
  ]);
});

it('counts a group without nodes, whose next node would start at its version', () => {
  const observation = observe({
    nodeGroups: [nodeGroup('empty', { version: '1.29' })],
    nodes: [],
    kubeProxies: [],
  });
  expect(skew(observation, { workers: { skip: ['empty'] } })).toEqual([
    '1.33 | while the control plane goes from 1.32 to 1.33 | kubelet of node group empty | 1.29 against 1.33',
  ]);
});

it('goes by what the kubelets say, not by what the group says', () => {
  const observation = observe({ nodes: [node('old', { kubeletVersion: 'v1.28.0' })], kubeProxies: [] });
  expect(skew(observation, { targetVersion: '1.32' })).toEqual([
    '1.32 | while the control plane goes from 1.31 to 1.32 | kubelet of node group blue (old) | 1.28 against 1.32',
  ]);
});

it("keeps to the request's own limit", () => {
  expect(skew(observe(), { targetVersion: '1.32' }, 0)).toContain(
    '1.32 | while the control plane goes from 1.31 to 1.32 | kubelet of node group blue (blue-1, blue-2) | 1.31 against 1.32',
  );
  expect(skew(observe(), { targetVersion: '1.32' }, 1)).toEqual([]);
});

describe('kube-proxy', () => {
  const selfManaged = (version: string, kubelet = 'v1.31.0') =>
    observe({
      addons: [],
      nodeGroups: [],
      nodes: [node('n', { provider: 'self-managed', kubeletVersion: kubelet })],
      kubeProxies: [{ version, nodes: ['n'] }],
    });

  it('that EKS does not manage stays at its version', () => {
    expect(skew(selfManaged('1.30'), { targetVersion: '1.34' })).toContain(
      '1.34 | while the control plane goes from 1.33 to 1.34 | kube-proxy on self-managed nodes (n) | 1.30 against 1.34',
    );
  });

  it('follows its add-on', () => {
    expect(skew(observe(), { targetVersion: '1.33' })).toEqual([]);
  });

  it('is judged beside its kubelet', () => {
    const observation = { ...selfManaged('1.28', 'v1.32.0'), cluster: cluster({ version: '1.32' }) };
    expect(skew(observation)).toContain(
      'now | now | kube-proxy on self-managed nodes (n) | 1.28 against 1.32',
    );
  });
});

it('tells what is out of line already from what the plan would break', () => {
  const observation = observe({ nodes: [node('new', { kubeletVersion: 'v1.32.0' })], kubeProxies: [] });
  expect(skew(observation, { targetVersion: '1.32' })).toEqual([
    'now | now | kubelet of node group blue (new) | 1.32 against 1.31',
  ]);
});
