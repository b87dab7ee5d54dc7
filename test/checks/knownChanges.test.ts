import { describe, expect, it } from 'vitest';
import { knownChanges } from '../../src/checks/data/knownChanges.ts';
import type { Observation, ObservedNodeSystem } from '../../src/plan/observation.ts';
import { cluster, node, nodeGroup } from '../plan/fixtures.ts';
import { findings, found, running, without } from './findings.ts';

const onSystem = (change: Partial<ObservedNodeSystem>, provider: 'karpenter' | 'managed' = 'karpenter') => ({
  nodes: [
    node('k', {
      provider,
      system: {
        osImage: 'Amazon Linux 2023.6',
        containerRuntime: 'containerd://2.1.4',
        kernel: '6.1',
        ...change,
      },
    }),
  ],
});
/** A cluster at a minor from which the plan goes one further. */
const from = (version: string): Pick<Observation, 'cluster' | 'kubeProxies'> => ({
  cluster: cluster({ version }),
  kubeProxies: [{ version, nodes: ['blue-1'] }],
});
const to = (targetVersion: string) => ({ targetVersion });
const known = (change: Partial<Observation>, target = '1.33'): string[] =>
  found('known-changes', change, to(target));

describe('known changes', () => {
  it.each<[string, Partial<Observation>, string, string[]]>([
    [
      'Amazon Linux 2 as an AMI type',
      { nodeGroups: [nodeGroup('blue', { amiType: 'AL2_x86_64' })] },
      '1.33',
      ['blocker known-changes/NodeGroup/blue/al2-images @1.33'],
    ],
    [
      'the same, one hop before it ends',
      { nodeGroups: [nodeGroup('blue', { amiType: 'AL2_ARM_64' })] },
      '1.32',
      [],
    ],
    [
      'another AMI type',
      { nodeGroups: [nodeGroup('blue', { amiType: 'AL2023_x86_64_STANDARD' })] },
      '1.33',
      [],
    ],
    [
      'Amazon Linux 2 on nodes of Karpenter',
      onSystem({ osImage: 'Amazon Linux 2' }),
      '1.33',
      ['warning known-changes/Nodes/karpenter/al2-nodes @1.33'],
    ],
    ['Amazon Linux 2023 on them', onSystem({}), '1.33', []],
    ['nodes whose image EKS chooses', onSystem({ osImage: 'Amazon Linux 2' }, 'managed'), '1.33', []],
    [
      'gitRepo volumes',
      running([{ name: 'p', kind: { legacyVolumes: ['gitRepo'] } }]),
      '1.33',
      ['blocker known-changes/Namespace/shop/git-repo-volumes @1.33'],
    ],
    [
      'gitRepo volumes, one hop before',
      running([{ name: 'p', kind: { legacyVolumes: ['gitRepo'] } }]),
      '1.32',
      [],
    ],
    ['iptables', { kubeProxyMode: { mode: 'iptables' } }, '1.35', []],
    [
      'ipvs',
      { kubeProxyMode: { mode: 'ipvs' } },
      '1.35',
      ['warning known-changes/Addon/kube-proxy/ipvs-deprecated @1.35'],
    ],
    ['ipvs, where no kube-proxy runs', { kubeProxyMode: { mode: 'ipvs' }, kubeProxies: [] }, '1.35', []],
    [
      'a launch template with its own image',
      { nodeGroups: [nodeGroup('blue', { ownImage: true })] },
      '1.34',
      ['info known-changes/NodeGroup/blue/kubelet-cloud-config-flag @1.34'],
    ],
  ])('%s', (_, change, target, expected) => {
    expect(known(change, target)).toEqual(expected);
  });

  it('leaves a group of an ended AMI type in peace that the request skips', () => {
    const change = { nodeGroups: [nodeGroup('blue', { amiType: 'AL2_x86_64' })] };
    expect(found('known-changes', change, { ...to('1.33'), workers: { skip: ['blue'] } })).toEqual([
      'info known-changes/NodeGroup/blue/al2-images @1.33',
    ]);
  });

  it('says of containerd 1 and cgroup v1 when their versions come', () => {
    const old = onSystem({ osImage: 'Ubuntu 20.04.6 LTS', containerRuntime: 'containerd://1.7.25' });
    expect(known({ ...old, ...from('1.34') }, '1.35')).toEqual([
      'warning known-changes/Nodes/karpenter/cgroup-v1-refused @1.35',
    ]);
    expect(known({ ...old, ...from('1.35'), versions: [] }, '1.36')).toContain(
      'info known-changes/Nodes/karpenter/runtime-config @1.36',
    );
  });

  it('tells the source of the fact', () => {
    const [finding] = findings('known-changes', { kubeProxyMode: { mode: 'ipvs' } }, to('1.35'));
    expect(finding?.remedy).toContain('https://github.com/kubernetes/kubernetes/pull/134539');
  });
});

describe('does not know', () => {
  it.each<[string, Partial<Observation>, string, string[]]>([
    [
      'how kube-proxy runs',
      { kubeProxyMode: {} },
      '1.35',
      ['unknown known-changes/Observation/kube-proxy-mode'],
    ],
    [
      'when nobody looked',
      without('kubeProxyMode'),
      '1.35',
      ['unknown known-changes/Observation/kube-proxy-mode'],
    ],
    ['and need not, where no change asks', { kubeProxyMode: {} }, '1.33', []],
    ['what volumes Pods have', without('workloads'), '1.33', ['unknown known-changes/Observation/pods']],
    [
      'what nodes run on',
      {
        nodes: [
          node('a', { system: undefined as never, provider: 'hybrid' }),
          node('b', { system: undefined as never, provider: 'hybrid' }),
        ],
      },
      '1.33',
      ['unknown known-changes/Nodes/system'],
    ],
  ])('%s', (_, change, target, expected) => {
    expect(known(change, target)).toEqual(expected);
  });
});

it('keeps a table in order, with a source and names of its own for each', () => {
  const minors = knownChanges.map(({ at }) => Number(at.slice(2)));
  expect(minors).toEqual(minors.toSorted((one, other) => one - other));
  expect(new Set(knownChanges.map(({ id }) => id)).size).toBe(knownChanges.length);
  for (const { source, remedy } of knownChanges) {
    expect(source).toMatch(
      /^https:\/\/(github\.com\/kubernetes\/kubernetes\/pull\/\d+|docs\.aws\.amazon\.com\/)/,
    );
    expect(remedy).toMatch(/\.$/);
  }
});
