import { describe, expect, it } from 'vitest';
import type { ObservedMigration, ObservedRole } from '../../../src/plan/observedMigration.ts';
import { addon, cluster, insight, node, nodeGroup, subnet } from '../../plan/fixtures.ts';
import {
  blueprint,
  observeBoth,
  offered,
  planMigration,
  resources,
  roleArn,
} from '../../plan/migration/fixtures.ts';
import { running, without } from '../findings.ts';
import { findings, found } from './found.ts';
import type { Given } from './found.ts';

const existing = { green: { name: 'shop-b', existing: true } };
const there = (change: Partial<NonNullable<ObservedMigration['green']>> = {}) => ({
  green: { arn: 'arn:green', version: '1.34', status: 'ACTIVE', ...change },
});

describe('a migration that nothing stands against', () => {
  it('has what it costs as its only finding', () => {
    expect(planMigration().findings.map(({ severity, check }) => `${severity} ${check}`)).toEqual([
      'info two-clusters',
    ]);
  });

  it('has no findings about rolling nodes, though Pods under tight budgets run there', () => {
    const pods = running([{ name: 'db', node: 'web-1', owner: { wanted: 1 } }], {
      budgets: [],
    });
    const checks = planMigration(
      observeBoth(
        {},
        { ...pods, nodes: [node('web-1', { nodeGroup: 'web', ready: false, unschedulable: true })] },
      ),
    ).findings.map(({ check }) => check);
    expect(checks).toEqual(['two-clusters']);
  });
});

it.each<[string, string, Given, string[]]>([
  ['green-name', 'no cluster of that name', {}, []],
  ['green-name', 'one of somebody else', { seen: there() }, ['blocker green-name/Cluster/demo-1-34']],
  [
    'green-name',
    'one that another migration has left',
    { seen: there({ madeBy: 'other', ours: false }) },
    ['blocker green-name/Cluster/demo-1-34'],
  ],
  [
    'green-name',
    'one that an earlier run of this one has left',
    { seen: there({ madeBy: 'this', ours: true }) },
    ['warning green-name/Cluster/demo-1-34'],
  ],
  ['green-name', 'one that the request means', { seen: there(), migration: existing }, []],
  [
    'green-name',
    'one that the request means and that is not well',
    { seen: there({ status: 'FAILED' }), migration: existing },
    ['blocker green-name/Cluster/shop-b'],
  ],

  [
    'green-like-blue',
    'something that is not copied',
    {
      seen: {
        blueprint: blueprint({
          notCopied: [{ severity: 'blocker', what: 'Fargate profile a', why: 'b', remedy: 'c' }],
        }),
      },
    },
    ['blocker green-like-blue/Part/Fargate profile a'],
  ],
  [
    'green-like-blue',
    'the same where the cluster is there already',
    {
      seen: {
        ...there(),
        blueprint: blueprint({ notCopied: [{ severity: 'blocker', what: 'a', why: 'b', remedy: 'c' }] }),
      },
      migration: existing,
    },
    [],
  ],

  [
    'green-add-ons',
    'no version for the target',
    { seen: { blueprint: blueprint({ addonVersions: { ...blueprint().addonVersions, coredns: [] } }) } },
    ['blocker green-add-ons/Addon/coredns'],
  ],
  [
    'green-add-ons',
    'only older ones',
    {
      seen: {
        blueprint: blueprint({
          addonVersions: { ...blueprint().addonVersions, coredns: offered('v1.10.0-eksbuild.1') },
        }),
      },
    },
    ['blocker green-add-ons/Addon/coredns'],
  ],
  [
    'green-add-ons',
    'nobody told which fit',
    { seen: { blueprint: blueprint({ addonVersions: {} }) }, blue: { addonVersions: {} } },
    ['aws-ebs-csi-driver', 'coredns', 'kube-proxy', 'vpc-cni'].map(
      (name) => `unknown green-add-ons/Addon/${name}`,
    ),
  ],
  [
    'green-add-ons',
    'one that ails',
    { blue: { addons: [addon('coredns', 'v1.11.3-eksbuild.1', { status: 'DEGRADED' })] } },
    ['warning green-add-ons/Addon/coredns'],
  ],

  [
    'green-nodes',
    'a template with its own image',
    {
      seen: {
        blueprint: blueprint({
          nodeGroups: [{ name: 'web', size: { min: 1, max: 2, desired: 1 }, ownImage: true }],
        }),
      },
    },
    ['blocker green-nodes/NodeGroup/web'],
  ],
  [
    'green-nodes',
    'one of which the request names a version',
    {
      seen: {
        blueprint: blueprint({
          nodeGroups: [{ name: 'web', size: { min: 1, max: 2, desired: 1 }, ownImage: true }],
        }),
      },
      request: { workers: { groups: { web: { templateVersion: '7' } } } },
    },
    [],
  ],
  [
    'green-nodes',
    'nodes of Karpenter',
    { blue: { nodes: [node('k-1', { provider: 'karpenter' })] } },
    ['warning green-nodes/Nodes/karpenter'],
  ],
  [
    'green-nodes',
    'no node at all',
    { seen: { blueprint: blueprint({ nodeGroups: [] }) } },
    ['blocker green-nodes/Cluster/demo-1-34'],
  ],
  [
    'green-nodes',
    'none, because EKS makes them',
    { seen: { blueprint: blueprint({ nodeGroups: [] }) }, blue: { cluster: cluster({ autoMode: true }) } },
    [],
  ],
  [
    'green-nodes',
    'none, because they were not seen',
    {
      seen: {
        blueprint: blueprint({ nodeGroups: [] }),
        unseen: [{ what: 'a', why: 'b', source: 'c', part: 'blueprint' }],
      },
    },
    [],
  ],

  [
    'free-addresses',
    'too few for another control plane',
    { blue: { subnets: { controlPlane: ['c'], all: [subnet('c', 4), subnet('subnet-a')] } } },
    ['blocker free-addresses/Cluster/demo-1-34'],
  ],
  [
    'free-addresses',
    // Two groups of two nodes; one Pod on one node.
    'too few for the nodes with their Pods',
    {
      blue: {
        ...running([{ name: 'p', node: 'web-1' }]),
        nodes: [node('web-1', { nodeGroup: 'web' })],
        subnets: { controlPlane: ['c'], all: [subnet('c'), subnet('subnet-a', 7)] },
      },
    },
    ['warning free-addresses/Cluster/demo-1-34'],
  ],
  [
    'free-addresses',
    'too few for the nodes alone',
    { blue: { subnets: { controlPlane: ['c'], all: [subnet('c'), subnet('subnet-a', 3)] } } },
    ['blocker free-addresses/Cluster/demo-1-34'],
  ],
  [
    'free-addresses',
    'subnets that are gone',
    { blue: { subnets: { controlPlane: ['gone'], all: [subnet('subnet-a')] } } },
    ['unknown free-addresses/Cluster/demo-1-34'],
  ],
  [
    'free-addresses',
    'nobody allowed to ask',
    { blue: without('subnets') },
    ['unknown free-addresses/Observation/subnets'],
  ],
  [
    'free-addresses',
    'a cluster that is there',
    { seen: there(), migration: existing, blue: without('subnets') },
    [],
  ],

  [
    'singletons',
    'one that is not there',
    { migration: { singletons: [{ kind: 'Deployment', namespace: 'shop', name: 'queue' }] } },
    ['blocker singletons/Deployment/shop/queue'],
  ],
  [
    'singletons',
    'one of another kind',
    {
      migration: { singletons: [{ kind: 'StatefulSet', namespace: 'shop', name: 'queue' }] },
      blue: running([{ name: 'queue', owner: {} }]),
    },
    ['blocker singletons/StatefulSet/shop/queue'],
  ],
  [
    'singletons',
    'one that is there',
    {
      migration: { singletons: [{ kind: 'Deployment', namespace: 'shop', name: 'queue' }] },
      blue: running([{ name: 'queue', owner: {} }]),
    },
    [],
  ],
  [
    'singletons',
    'workloads that could not be seen',
    {
      migration: { singletons: [{ kind: 'Deployment', namespace: 'shop', name: 'queue' }] },
      blue: without('workloads'),
    },
    ['unknown singletons/Observation/pods'],
  ],

  ['probes', 'none', { migration: { probes: [] } }, ['warning probes/Cluster/demo-1-34']],
  [
    'probes',
    'one by the users’ own way',
    { migration: { probes: [{ name: 'shop', green: 'http://SHOP.example.test:80/health' }] } },
    ['warning probes/Probe/shop'],
  ],
  [
    'probes',
    'a Service',
    {
      migration: {
        probes: [{ name: 'shop', green: { service: { namespace: 'shop', name: 'web', port: 80 } } }],
      },
    },
    [],
  ],

  [
    'cluster-state',
    'somebody changing the old cluster',
    {
      blue: {
        updatesInProgress: [{ what: 'node group web', updateId: 'u-1', type: 'VersionUpdate' }],
      },
    },
    ['blocker cluster-state/Update/u-1'],
  ],
  [
    'unseen',
    'a part that could not be seen',
    { seen: { unseen: [{ what: 'the roles', why: 'denied', source: 'IAM', part: 'roles' }] } },
    ['unknown unseen/Observation/the roles'],
  ],
])('%s: %s', (check, _, given, expected) => {
  expect(found(check, given).sort()).toEqual(expected);
});

describe('volumes', () => {
  const volumes = [
    { claim: 'shop/data-0', storageClass: 'gp3', capacity: '20Gi', driver: 'ebs.csi.aws.com' },
    { claim: 'shop/data-1', driver: 'ebs.csi.aws.com' },
    { claim: 'logs/files', driver: 'efs.csi.aws.com' },
  ];
  const seen = { resources: resources({ volumes }) };

  it.each<[string, Record<string, string>, string[]]>([
    ['nothing', {}, ['blocker volumes/Namespace/logs', 'blocker volumes/Namespace/shop']],
    ['one claim of two', { 'shop/data-0': 'empty', 'logs/*': 'shared' }, ['blocker volumes/Namespace/shop']],
    ['all of them', { '*': 'restored' }, []],
    [
      'that a disk of one machine is shared',
      { '*': 'empty', 'shop/data-0': 'shared' },
      ['blocker volumes/PersistentVolumeClaim/shop/data-0'],
    ],
    [
      'something of a claim that is not there',
      { '*': 'empty', 'shop/data-7': 'empty', 'old/*': 'empty' },
      ['warning volumes/Volumes/old/*', 'warning volumes/Volumes/shop/data-7'],
    ],
  ])('the request says %s', (_, decisions, expected) => {
    expect(found('volumes', { seen, migration: { volumes: decisions } })).toEqual(expected);
  });

  it('names each with its size and class, and says what to write', () => {
    const [, shop] = findings('volumes', { seen });
    expect(shop?.message).toContain('shop/data-0 (20Gi, gp3), shop/data-1');
    expect(shop?.remedy).toContain('{"migration":{"volumes":{"shop/*":"…"}}}');
  });

  it('can not be passed over by an override', () => {
    const { findings: all } = planMigration(observeBoth(seen), {
      migration: { volumes: { 'logs/*': 'shared' } },
      overrides: ['volumes/Namespace/shop'],
    });
    expect(all.filter(({ check }) => check === 'overrides')).toMatchObject([
      { message: expect.stringContaining("can't be overridden") as string },
    ]);
  });

  it('are not taken for being gone where they could not be seen', () => {
    const unseen = [{ what: 'a', why: 'b', source: 'c', part: 'resources' as const }];
    expect(found('volumes', { seen: { unseen }, migration: { volumes: { 'shop/a': 'empty' } } })).toEqual([]);
  });
});

describe('roles', () => {
  const role = (state: ObservedRole['state'], change: Partial<ObservedRole> = {}) => ({
    seen: { roles: [{ arn: roleArn('web'), serviceAccounts: ['shop/web'], state, ...change }] },
  });
  const key = `roles/Role/${roleArn('web')}`;

  it.each<[string, Given, string[]]>([
    ['trusts green', role('trusts-green'), []],
    ['can be told', role('can-be-told'), []],
    [
      'can be told, and nothing may be',
      { ...role('can-be-told'), migration: { roles: 'check' } },
      [`blocker ${key}`],
    ],
    ['is foreign', role('foreign'), [`blocker ${key}`]],
    ['is unknown', role('unknown'), [`unknown ${key}`]],
    ['is known to be refused', role('unknown', { blocks: true }), [`blocker ${key}`]],
  ])('one that %s', (_, given, expected) => {
    expect(found('roles', given)).toEqual(expected);
  });

  it('says why, whose it is, and what helps', () => {
    const [finding] = findings(
      'roles',
      role('unknown', { why: 'its policy is too long', remedy: 'Shorten it.' }),
    );
    expect(finding).toMatchObject({
      message: expect.stringContaining('its policy is too long. It is of shop/web.') as string,
      remedy: 'Shorten it.',
    });
  });
});

describe('routing', () => {
  const seen = (change: Partial<ObservedMigration['routing']>) => ({
    seen: { routing: { router: 'rule 3', addresses: [], notes: [], ...change } },
  });

  it.each(['blocker', 'unknown', 'warning'] as const)('tells a note as the %s that it is', (severity) => {
    expect(found('routing', seen({ notes: [{ severity, message: 'a', remedy: 'b' }] }))).toEqual([
      `${severity} routing/Router/rule 3`,
    ]);
  });

  it('warns where users are sent to green already', () => {
    expect(found('routing', seen({ weights: { blue: 95, green: 5 } }))).toEqual([
      'warning routing/Router/rule 3',
    ]);
    expect(found('routing', seen({ weights: { blue: 100, green: 0 } }))).toEqual([]);
  });

  it('says how often a person is asked', () => {
    const [finding] = findings('routing', { ...seen({}), migration: { routing: { manual: {} } } });
    expect(finding?.message).toContain('asks 4 times');
  });
});

describe('resources', () => {
  const seen = {
    resources: resources({
      notServed: [{ kind: 'flowschemas.flowcontrol.apiserver.k8s.io', count: 3, names: ['a', 'b'] }],
      notes: [
        { severity: 'warning', subject: 'Service shop/web', what: 'another address.', remedy: 'Know it.' },
      ],
    }),
  };

  it('that the target serves in no version, and others that are not copied as they are', () => {
    expect(found('not-served', { seen })).toEqual([
      'blocker not-served/Kind/flowschemas.flowcontrol.apiserver.k8s.io',
    ]);
    expect(findings('copying', { seen })[0]?.message).toBe('Service shop/web: another address.');
  });

  it('are none where the request leaves the kind behind, or copies nothing', () => {
    const left = [{ copy: { excludeKinds: ['flowschemas.flowcontrol.apiserver.k8s.io'] } }];
    expect(found('not-served', { seen, migration: { resources: left } })).toEqual([]);
    const manifests = [{ manifests: { path: '/srv/manifests' } }];
    expect(found('not-served', { seen, migration: { resources: manifests } })).toEqual([]);
    expect(found('copying', { seen, migration: { resources: manifests } })).toEqual([]);
  });
});

describe('a source that can’t be brought', () => {
  const sourceProblems = (['blocker', 'unknown', 'warning'] as const).map((severity) => ({
    ...{ source: `manifests of /srv/${severity}`, severity },
    ...{ message: `/srv/${severity} can't be read.`, remedy: 'Check the path.' },
  }));

  it('is told before the new cluster is made, as bad as it is', () => {
    expect(found('source-readable', { seen: { sourceProblems } })).toEqual([
      'blocker source-readable/Source/manifests of /srv/blocker',
      'unknown source-readable/Source/manifests of /srv/unknown',
      'warning source-readable/Source/manifests of /srv/warning',
    ]);
    const [finding] = findings('source-readable', { seen: { sourceProblems } });
    expect(finding?.remedy).toBe('Check the path; then plan again.');
  });

  it('is nothing where all can be brought, or an older release has looked', () => {
    expect(found('source-readable', { seen: { sourceProblems: [] } })).toEqual([]);
    expect(found('source-readable')).toEqual([]);
  });
});

describe('what lies between the versions', () => {
  it('says an AL2 group of the old cluster can’t be made at the target', () => {
    const nodeGroups = [nodeGroup('web', { amiType: 'AL2_x86_64' }), nodeGroup('db')];
    expect(found('known-changes', { blue: { nodeGroups } })).toEqual([
      'blocker known-changes/NodeGroup/web/al2-images',
    ]);
  });

  it('finds a version of an API that any minor on the way removes, and tells it for the one hop', () => {
    const uses = [
      {
        ...{ group: 'flowcontrol.apiserver.k8s.io', version: 'v1beta3', kind: 'FlowSchema' },
        ...{ observedAt: '2026-03-02T10:00:00.000Z' },
        place: { kind: 'manifest' as const, file: 'flows.yaml', line: 1 },
      },
    ];
    const apiUses = { uses, coverage: [], problems: [] };
    const [finding] = findings('removed-apis', { blue: { apiUses } });
    expect(finding).toMatchObject({ severity: 'blocker', hop: '1.34' });
    expect(finding?.message).toContain('not served from 1.32 on');
  });

  it('looks for metrics in each minor on the way', () => {
    const monitoring = { uses: [], coverage: [], problems: [] };
    expect(found('monitoring', { blue: { monitoring } })).toEqual([]);
  });

  it('takes no insight about upgrading in place for an obstacle', () => {
    const insights = [insight('skew', { category: 'UPGRADE_READINESS', name: 'Kubelet version skew' })];
    expect(found('insights', { blue: { insights } })).toEqual([]);
  });

  it('tells of an insight that knows a use of an API which nobody else does', () => {
    const insights = [
      insight('apis', {
        deprecations: [{ usage: '/apis/x/v1/things', stopServingVersion: '1.32', clients: [] }],
      }),
    ];
    expect(found('insights', { blue: { insights } })).toEqual(['blocker insights/Insight/apis']);
  });
});

it('counts the node-hours of keeping two', () => {
  const [finding] = findings('two-clusters', { migration: { keepOldFor: '48h' } });
  expect(finding?.message).toContain('240 node-hours (5 nodes)');
});
