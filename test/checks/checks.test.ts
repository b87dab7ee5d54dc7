import { describe, expect, it } from 'vitest';
import { blockingFindings, findingKey } from '../../src/checks/index.ts';
import type { Finding } from '../../src/contract/finding.ts';
import type { Observation } from '../../src/plan/observation.ts';
import {
  addon,
  cluster,
  coredns,
  insight,
  node,
  nodeGroup,
  observe,
  observedAt,
  offers,
  plan,
} from '../plan/fixtures.ts';

/** Findings of one check as `severity key[ @hop]`. */
function found(
  check: string,
  change: Partial<Observation>,
  fields: Record<string, unknown> = {},
  rest: Parameters<typeof plan>[2] = {},
): string[] {
  return findings(check, change, fields, rest).map(
    (finding) =>
      `${finding.severity} ${findingKey(finding)}${finding.hop === undefined ? '' : ` @${finding.hop}`}`,
  );
}

function findings(
  check: string,
  change: Partial<Observation>,
  fields: Record<string, unknown> = {},
  rest: Parameters<typeof plan>[2] = {},
): Finding[] {
  return plan(observe(change), fields, rest).findings.filter((finding) => finding.check === check);
}

const toNext = { targetVersion: '1.32' };

it('says nothing of a healthy cluster', () => {
  expect(plan().findings).toEqual([]);
});

it('gives every finding a message, a remedy and evidence with a time', () => {
  const all = plan(
    observe({
      cluster: cluster({ status: 'UPDATING', healthIssues: ['Ec2SubnetNotFound'] }),
      versions: [
        { version: '1.31', status: 'EXTENDED_SUPPORT' },
        { version: '1.35', status: 'EXTENDED_SUPPORT' },
      ],
      nodeGroups: [nodeGroup('blue', { ownImage: true, noted: {}, status: 'DEGRADED', healthIssues: ['x'] })],
      nodes: [
        node('a', { ready: false, unschedulable: true, kubeletVersion: 'v1.30.0' }),
        node('k', { provider: 'karpenter', kubeletVersion: 'odd' }),
      ],
      addons: [addon('coredns', 'v9', { status: 'DEGRADED' })],
      selfManagedAddons: [{ name: 'vpc-cni', image: 'cni', tag: 'v1' }],
      insights: [insight('i')],
      updatesInProgress: [{ what: 'cluster demo', updateId: 'u', type: 'ConfigUpdate' }],
      unseen: [{ what: 'tags', why: 'not allowed', source: 'EKS: ListTags' }],
    }),
    { targetVersion: '1.35', overrides: ['no/such'] },
  ).findings;
  expect(new Set(all.map((finding) => finding.check)).size).toBe(14);
  for (const finding of all) {
    expect(finding.message, finding.check).toMatch(/\S{2}[\s\S]*\.$/);
    expect(finding.remedy, finding.check).not.toBe('');
    expect(finding.evidence.length, finding.check).toBeGreaterThan(0);
    for (const { source, observedAt: at } of finding.evidence) {
      expect(source).not.toBe('');
      expect(at).toBe(observedAt);
    }
  }
  const order = all.map((finding) => ['blocker', 'unknown', 'warning', 'info'].indexOf(finding.severity));
  expect(order).toEqual(order.toSorted());
});

describe('version-skew', () => {
  const hybrid = { nodes: [node('h', { provider: 'hybrid', kubeletVersion: 'v1.30.0' })], kubeProxies: [] };

  it('blocks a plan that would break the policy, at its hop and with the component', () => {
    const [finding] = findings('version-skew', hybrid, { targetVersion: '1.34' });
    expect(finding).toMatchObject({
      severity: 'blocker',
      hop: '1.34',
      subject: { kind: 'Nodes', name: 'hybrid' },
    });
    expect(finding?.message).toMatch(
      /^While the control plane goes from 1\.33 to 1\.34: kubelet of hybrid nodes \(h\) at 1\.30/,
    );
  });

  it('is silent when it does not', () => {
    expect(found('version-skew', hybrid)).toEqual([]);
  });

  it('does not know about a kubelet that has no readable version', () => {
    expect(found('version-skew', { nodes: [node('odd', { kubeletVersion: 'dev' })] })).toEqual([
      'unknown version-skew/Nodes/unreadable-version',
    ]);
  });

  it('warns of what is out of line already', () => {
    const [finding] = findings('version-skew', { nodes: [node('n', { kubeletVersion: 'v1.32.0' })] }, toNext);
    expect(finding?.severity).toBe('warning');
    expect(finding?.message).toMatch(/^Out of the version-skew policy already: .* is one minor newer/);
  });

  it('keeps to the maximum skew of the request', () => {
    expect(found('version-skew', {}, { ...toNext, workers: { maxSkew: 0 } })).toContain(
      'blocker version-skew/NodeGroup/blue @1.32',
    );
  });
});

describe('cluster-state', () => {
  it.each([
    [{ cluster: cluster({ status: 'FAILED' }) }, 'blocker cluster-state/Cluster/demo'],
    [{ cluster: cluster({ status: 'UPDATING' }) }, 'warning cluster-state/Cluster/demo'],
    [{ cluster: cluster({ healthIssues: ['IamRoleNotFound'] }) }, 'blocker cluster-state/Cluster/demo'],
    [
      { updatesInProgress: [{ what: 'cluster demo', updateId: 'u1', type: 'VersionUpdate' }] },
      'warning cluster-state/Update/u1',
    ],
  ])('%o', (change, expected) => {
    expect(found('cluster-state', change)).toEqual([expected]);
  });
});

describe('end-of-support', () => {
  const standard = (version: string, endOfStandardSupport?: string) => ({
    version,
    status: 'STANDARD_SUPPORT' as const,
    ...(endOfStandardSupport === undefined ? {} : { endOfStandardSupport }),
  });
  const extended = (version: string) => ({
    version,
    status: 'EXTENDED_SUPPORT' as const,
    endOfExtendedSupport: '2026-11-26T00:00:00Z',
  });

  it.each([
    [
      'current in extended support',
      [extended('1.31'), standard('1.32')],
      ['info end-of-support/Version/1.31'],
    ],
    [
      'current unsupported',
      [{ version: '1.31', status: 'UNSUPPORTED' as const }, standard('1.32')],
      ['warning end-of-support/Version/1.31'],
    ],
    ['current not listed any more', [standard('1.32')], ['warning end-of-support/Version/1.31']],
    [
      'target in extended support',
      [standard('1.31'), extended('1.32')],
      ['warning end-of-support/Version/1.32'],
    ],
    [
      'target that ends soon',
      [standard('1.31'), standard('1.32', '2026-05-01T00:00:00Z')],
      ['info end-of-support/Version/1.32'],
    ],
    ['target that does not', [standard('1.31'), standard('1.32', '2026-07-01T00:00:00Z')], []],
    ['nothing known', [], []],
  ])('%s', (_, versions, expected) => {
    expect(found('end-of-support', { versions }, toNext)).toEqual(expected);
  });

  it('blocks a way over a version that EKS does not support', () => {
    const versions = [
      standard('1.31'),
      { version: '1.32', status: 'UNSUPPORTED' as const },
      standard('1.33'),
    ];
    expect(found('end-of-support', { versions })).toEqual(['blocker end-of-support/Version/1.32 @1.32']);
  });
});

describe('addon-compatibility', () => {
  const only = (versions: Record<string, string[]>): Partial<Observation> => ({
    addons: [coredns],
    addonVersions: { coredns: offers(versions) },
  });

  it('blocks at the first hop for which EKS offers neither its version nor a newer one', () => {
    const change = only({ '1.32': [coredns.version], '1.33': ['v1.9.0-eksbuild.1'] });
    expect(found('addon-compatibility', change)).toEqual(['blocker addon-compatibility/Addon/coredns @1.33']);
    expect(findings('addon-compatibility', change)[0]?.message).toContain(
      '(v1.9.0-eksbuild.1), and none of them is newer',
    );
  });

  it('blocks when EKS offers none at all', () => {
    expect(findings('addon-compatibility', only({ '1.32': [] }), toNext)[0]?.message).toBe(
      'EKS offers no version of add-on coredns for 1.32.',
    );
  });

  it('does not know when EKS could not be asked', () => {
    expect(found('addon-compatibility', only({ '1.32': [coredns.version] }))).toEqual([
      'unknown addon-compatibility/Addon/coredns @1.33',
    ]);
  });

  it('only warns when the control plane goes alone, and leaves node groups in peace', () => {
    const change = only({ '1.32': ['v1.12.0-eksbuild.1'] });
    expect(found('addon-compatibility', change, {}, { workflowType: 'upgradeControlPlane' })).toEqual([
      'warning addon-compatibility/Addon/coredns @1.32',
    ]);
    const behind = { ...only({}), nodeGroups: [nodeGroup('blue', { version: '1.30' })] };
    expect(
      found('addon-compatibility', behind, { nodeGroup: 'blue' }, { workflowType: 'upgradeNodeGroup' }),
    ).toEqual([]);
  });
});

it('warns of add-ons that are not well before the upgrade', () => {
  const addons = [
    addon('coredns', 'v1.11.3-eksbuild.1', {
      status: 'DEGRADED',
      healthIssues: ['InsufficientNumberOfReplicas'],
    }),
    addon('kube-proxy', 'v1.31.2-eksbuild.3'),
  ];
  expect(found('addon-state', { addons })).toEqual([
    'warning addon-state/Addon/coredns',
    'warning addon-state/Addon/coredns',
  ]);
});

describe('self-managed-addons', () => {
  const change = { selfManagedAddons: [{ name: 'kube-proxy', image: 'eks/kube-proxy', tag: 'v1.31.2' }] };

  it('blocks until the request says what to do', () => {
    expect(found('self-managed-addons', change)).toEqual(['blocker self-managed-addons/Addon/kube-proxy']);
    expect(findings('self-managed-addons', change)[0]?.remedy).toContain(
      '{"addons": {"selfManaged": {"kube-proxy": "leave"}}}',
    );
  });

  it('warns when the request leaves it', () => {
    expect(
      found('self-managed-addons', change, { addons: { selfManaged: { 'kube-proxy': 'leave' } } }),
    ).toEqual(['warning self-managed-addons/Addon/kube-proxy']);
  });

  it('warns when the request leaves one that is not there', () => {
    expect(found('self-managed-addons', {}, { addons: { selfManaged: { coredns: 'leave' } } })).toEqual([
      'warning self-managed-addons/Addon/coredns',
    ]);
  });
});

describe('node-groups', () => {
  const one = (change: Parameters<typeof nodeGroup>[1]): Partial<Observation> => ({
    nodeGroups: [nodeGroup('blue', change)],
    nodes: [],
    kubeProxies: [],
  });
  const skip = { workers: { skip: ['blue'] } };

  it.each([
    ['an image of its own', { ownImage: true }, {}, ['blocker node-groups/NodeGroup/blue']],
    ['an image of its own, skipped', { ownImage: true }, skip, ['info node-groups/NodeGroup/blue']],
    ['a failed creation', { status: 'CREATE_FAILED' }, {}, ['blocker node-groups/NodeGroup/blue']],
    ['a failed creation, skipped', { status: 'CREATE_FAILED' }, skip, ['warning node-groups/NodeGroup/blue']],
    ['an update in progress', { status: 'UPDATING' }, {}, ['warning node-groups/NodeGroup/blue']],
    [
      'DEGRADED, as a failed roll leaves it',
      { status: 'DEGRADED' },
      {},
      ['warning node-groups/NodeGroup/blue'],
    ],
    [
      'a health issue',
      { healthIssues: ['AsgInstanceLaunchFailures'] },
      {},
      ['warning node-groups/NodeGroup/blue'],
    ],
    ['a version that is there already', { ownImage: true, version: '1.33' }, {}, []],
  ])('%s', (_, group, fields, expected) => {
    expect(found('node-groups', one(group), fields)).toEqual(expected);
  });

  it('does not mind an image of its own where no group is rolled', () => {
    expect(
      found('node-groups', one({ ownImage: true }), {}, { workflowType: 'upgradeControlPlane' }),
    ).toEqual([]);
  });

  it('names nodes that are older than their group says', () => {
    const nodes = [node('old', { kubeletVersion: 'v1.30.1' }), node('well')];
    expect(findings('node-groups', { nodes })[0]?.message).toContain(
      '1 of its nodes are older: old (v1.30.1)',
    );
  });
});

describe('nodes', () => {
  it('names those that are not Ready, and those that are cordoned, by owner', () => {
    const nodes = [
      node('b', { ready: false }),
      node('a', { ready: false }),
      node('c', { unschedulable: true }),
      node('k', { provider: 'karpenter', ready: false }),
    ];
    expect(findings('nodes', { nodes }).map((finding) => `${finding.severity}: ${finding.message}`)).toEqual([
      'warning: 2 nodes of blue are not Ready: a, b.',
      'warning: 1 node of karpenter is not Ready: k.',
      'info: 1 node of blue is cordoned: c.',
    ]);
  });

  it('lists at most twenty', () => {
    const nodes = Array.from({ length: 5000 }, (_, index) => node(`n${index}`, { ready: false }));
    expect(findings('nodes', { nodes })[0]?.message).toContain('and 4980 more.');
  });
});

it('names and counts nodes that the plan does not upgrade', () => {
  const nodes = [
    node('f', { provider: 'fargate' }),
    node('k2', { provider: 'karpenter' }),
    node('k1', { provider: 'karpenter', kubeletVersion: 'v1.30.2' }),
  ];
  expect(findings('unmanaged-nodes', { nodes }).map((finding) => finding.message)).toEqual([
    '1 Fargate node is not upgraded by this plan (v1.31.4-eks-aeac579): f.',
    '2 Karpenter nodes are not upgraded by this plan (v1.30.2, v1.31.4-eks-aeac579): k1, k2.',
  ]);
});

describe('insights', () => {
  it.each([
    [{ status: 'PASSING' as const }, {}, []],
    [{}, {}, ['blocker insights/Insight/i @1.32']],
    [{}, { controlPlane: { overrideInsights: true } }, ['warning insights/Insight/i @1.32']],
    [{ status: 'WARNING' as const }, {}, ['warning insights/Insight/i @1.32']],
    [{ status: 'UNKNOWN' as const }, {}, ['unknown insights/Insight/i @1.32']],
    [{ kubernetesVersion: '1.34' }, {}, ['info insights/Insight/i']],
    [{ kubernetesVersion: '1.31' }, {}, ['info insights/Insight/i']],
    [{ category: 'MISCONFIGURATION' }, {}, ['warning insights/Insight/i @1.32']],
    [{ category: 'ROLLBACK_READINESS' }, {}, []],
  ])('%o with %o', (change, fields, expected) => {
    expect(found('insights', { insights: [insight('i', change)] }, fields)).toEqual(expected);
  });

  it('takes one that names no version as being about all', () => {
    const { kubernetesVersion: _, ...about } = insight('i');
    expect(found('insights', { insights: [about] })).toEqual(['blocker insights/Insight/i']);
  });

  it('does not hold it against an upgrade that leaves the control plane', () => {
    expect(
      found(
        'insights',
        { insights: [insight('i')], nodeGroups: [nodeGroup('blue', { version: '1.30' })] },
        { nodeGroup: 'blue' },
        { workflowType: 'upgradeNodeGroup' },
      ),
    ).toEqual(['info insights/Insight/i']);
  });

  it('shows who uses what, when EKS saw it, and that it looks back 30 days', () => {
    const usage = '/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas by argocd, last 2026-02-20';
    const [finding] = findings('insights', {
      insights: [insight('i', { usages: [usage], refreshedAt: '2026-03-01T00:00:00Z' })],
    });
    expect(finding?.evidence).toEqual([
      { source: 'EKS: DescribeInsight i', observedAt },
      { source: `EKS insight: ${usage}`, observedAt: '2026-03-01T00:00:00Z' },
    ]);
    expect(finding?.remedy).toBe(
      'Move to the newer API. EKS looks back 30 days, so a use that was mended is still reported until then, and refreshes insights once a day.',
    );
  });
});

it('takes what could not be seen as unknown', () => {
  const unseen = [{ what: 'upgrade insights', why: 'AccessDeniedException', source: 'EKS: ListInsights' }];
  const [finding] = findings('unseen', { unseen });
  expect(finding).toMatchObject({
    severity: 'unknown',
    message: 'Upgrade insights could not be seen: AccessDeniedException.',
    evidence: [{ source: 'EKS: ListInsights', observedAt }],
  });
  expect(findingKey(finding!)).toBe('unseen/Observation/upgrade insights');
});

it('warns of settings that a terminated upgrade has left', () => {
  const group = nodeGroup('blue', {
    updateSettings: { maxUnavailable: 5 },
    noted: { maxUnavailablePercentage: 33 },
  });
  expect(findings('left-behind', { nodeGroups: [group] }).map((finding) => finding.message)).toEqual([
    'An upgrade that was terminated has left node group blue with other update settings (maxUnavailable 5, DEFAULT) than its own (maxUnavailablePercentage 33, DEFAULT).',
  ]);
});

describe('overrides', () => {
  const change = {
    insights: [insight('i')],
    unseen: [{ what: 'tags', why: 'no', source: 's' }],
    nodes: [node('h', { provider: 'hybrid' as const, kubeletVersion: 'v1.28.0' })],
    kubeProxies: [],
  };
  const blocking = (...overrides: string[]) => {
    const made = plan(observe(change), { ...toNext, overrides });
    return blockingFindings(made.findings, made.plan.overrides).map(findingKey);
  };

  it('let a named blocker or unknown pass, and no other', () => {
    expect(blocking()).toEqual([
      'insights/Insight/i',
      'version-skew/Nodes/hybrid',
      'unseen/Observation/tags',
    ]);
    expect(blocking('insights/Insight/i', 'unseen/Observation/tags')).toEqual(['version-skew/Nodes/hybrid']);
  });

  it('do not let a plan pass that breaks the skew policy, and say so', () => {
    expect(blocking('version-skew/Nodes/hybrid')).toContain('version-skew/Nodes/hybrid');
    expect(
      findings('overrides', change, { ...toNext, overrides: ['version-skew/Nodes/hybrid'] })[0]?.message,
    ).toContain("can't be overridden");
  });

  it('that match nothing are a warning', () => {
    expect(found('overrides', {}, { overrides: ['insights/Insight/gone'] })).toEqual([
      'warning overrides/Override/insights/Insight/gone',
    ]);
    expect(found('overrides', change, { ...toNext, overrides: ['insights/Insight/i'] })).toEqual([]);
  });
});
