import { describe, expect, it } from 'vitest';
import { StepladderError } from '../../src/contract/errors.ts';
import { readRequest } from '../../src/contract/request.ts';
import type { RequestProblem } from '../../src/contract/request.ts';
import type { WorkflowType } from '../../src/contract/workflowTypes.ts';

const ofAlb = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333';
const routing = {
  alb: {
    rule: `${ofAlb}:listener-rule/app/shop/1/2/3`,
    blue: `${ofAlb}:targetgroup/blue/1`,
    green: `${ofAlb}:targetgroup/green/2`,
  },
};
const good = {
  cluster: { name: 'prod' },
  targetVersion: '1.34',
  workers: { strategy: 'blue-green' },
  migration: { routing },
};

const chart = { release: 'shop', namespace: 'shop', source: { path: '/srv/shop' }, version: '1.0.0' };

/** What is wrong with a request, each as `path: message`. */
function problems(request: unknown, type: WorkflowType = 'upgradeCluster'): string[] {
  try {
    readRequest(type, request);
  } catch (error) {
    if (!(error instanceof StepladderError)) throw error;
    return (error.details['problems'] as RequestProblem[]).map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

const paths = (request: unknown, type?: WorkflowType) =>
  problems(request, type).map((problem) => problem.slice(0, problem.indexOf(':')));

describe('a request for a migration', () => {
  it('needs only who routes the users, and has defaults for all else', () => {
    expect(readRequest('upgradeCluster', good).migration).toEqual({
      green: { existing: false, onFailure: 'remove' },
      resources: [{ copy: { excludeNamespaces: [], excludeKinds: [] } }],
      volumes: {},
      singletons: [],
      roles: 'trust',
      probes: [],
      healthyTimeout: '15m',
      routing,
      steps: { weights: [5, 25, 50, 100], soak: '5m', lookEvery: '15s', badLooks: 2 },
      afterReturn: 'ask',
      keepOldFor: '72h',
    });
  });

  it('can be given to migrateCluster, without the strategy', () => {
    const { workers: _, ...alone } = good;
    expect(readRequest('migrateCluster', alone).migration?.routing).toEqual(routing);
    expect(problems({ cluster: good.cluster, targetVersion: '1.34' }, 'migrateCluster')).toEqual([
      'migration: is missing',
    ]);
  });

  it('has a strategy and a migration, or neither', () => {
    const { migration: _, ...without } = good;
    expect(problems(without)).toEqual([
      expect.stringMatching(/^migration: is missing: .* "blue-green" .* --input$/),
    ]);
    expect(problems({ ...good, workers: { strategy: 'surge' } })).toEqual([
      'workers.strategy: must be "blue-green" where there is a `migration`',
    ]);
  });

  it.each(['upgradeControlPlane', 'upgradeAddons', 'upgradeTool'] as const)(
    'is no matter of a stage alone: %s',
    (type) => {
      const tools = type === 'upgradeTool' ? { tools: [{ name: 'argo-cd', version: '1.0.0' }] } : {};
      const { migration: _, targetVersion, ...request } = good;
      const target = type === 'upgradeTool' ? {} : { targetVersion };
      expect(problems({ ...request, ...target, ...tools }, type)).toEqual([
        'workers.strategy: "blue-green" moves the whole cluster: start upgradeCluster or migrateCluster with it',
      ]);
    },
  );

  it.each<[string, Record<string, unknown>, string[]]>([
    ['order', { workers: { order: ['a'] } }, ['workers.order']],
    ['skip', { workers: { skip: ['a'] } }, ['workers.skip']],
    ['nodeOrder', { workers: { nodeOrder: ['a'] } }, ['workers.nodeOrder', 'workers.nodeOrder']],
    ['hops', { workers: { hops: 'fewest' } }, ['workers.hops']],
    ['maxUnavailable', { workers: { maxUnavailable: 2 } }, ['workers.maxUnavailable']],
    [
      'a group’s strategy',
      { workers: { groups: { a: { strategy: 'surge' } } } },
      ['workers.groups.a.strategy'],
    ],
    ['a group’s template', { workers: { groups: { a: { templateVersion: '7' } } } }, []],
    ['gates', { gates: { hop: true, workers: true } }, ['gates.hop', 'gates.workers']],
    ['guards', { guards: [{ name: 'a', http: 'https://a.example.test' }] }, ['guards']],
    [
      'tools',
      { tools: [{ name: 'argo-cd', version: '1.0.0', after: '1.33', awaitGit: true }] },
      ['tools.0.after', 'tools.0.awaitGit'],
    ],
  ])('takes no setting of upgrades in place: %s', (_, change, expected) => {
    const { workers, ...rest } = change;
    expect(paths({ ...good, ...rest, workers: { ...good.workers, ...(workers as object) } })).toEqual(
      expected,
    );
    const alone = paths({ ...good, ...rest, workers: { ...(workers as object) } }, 'migrateCluster');
    // Alone the strategy is left out, so that settings of "managed" contradict nothing by themselves.
    expect(alone.every((path) => expected.includes(path))).toBe(true);
  });

  it.each<[Record<string, unknown>, string[]]>([
    [
      { green: { name: 'prod' } },
      ['migration.green.name: is the name of the old cluster: the new one needs another'],
    ],
    [{ green: { existing: true } }, ['migration.green.name: is missing: which cluster is there already']],
    [{ green: { name: '-a' } }, [expect.stringContaining('must be a cluster name') as string]],
    [{ routing: undefined }, ['migration.routing: must have either `alb` or `manual`']],
    [
      { volumes: { 'shop-data': 'empty' } },
      [expect.stringContaining('must be a claim as "namespace/name"') as string],
    ],
    [
      { volumes: { 'shop/data': 'lost' } },
      [expect.stringContaining('migration.volumes.shop/data: must be one of') as string],
    ],
    [
      { resources: [{ copy: {}, manifests: { path: '/a' } }] },
      [
        expect.stringContaining(
          'must be {"copy": {…}}, {"manifests": {…}}, {"chart": {…}}, {"helmfile": {…}} or {"argoCd": {…}}',
        ) as string,
      ],
    ],
    [
      { resources: [{ chart: { ...chart, source: { manifests: '/a' } } }] },
      [
        'migration.resources.0.chart.source.manifests: are no chart: bring them as {"manifests": {"path": …}}, a source of their own',
      ],
    ],
    [
      { resources: [{ chart: { ...chart, version: 'latest' } }] },
      ['migration.resources.0.chart.version: must be a version in quotes such as "1.15.0"'],
    ],
    [
      { resources: [{ chart: { ...chart, source: { oci: 'oci://me:secret@example.test/shop' } } }] },
      [
        expect.stringContaining(
          'migration.resources.0.chart.source.oci: must hold no user, password or token',
        ) as string,
      ],
    ],
    [{ resources: [] }, ['migration.resources: must not be empty']],
    [
      { resources: [{ argoCd: { applications: ['web'], selector: 'team=shop' } }] },
      ['migration.resources.0.argoCd.selector: contradicts applications: name them or select them'],
    ],
    [
      { resources: [{ argoCd: {} }, { argoCd: { applications: ['web'] } }] },
      [
        'migration.resources.1.argoCd: stands in the list already: put all Applications into one source, which knows their order',
      ],
    ],
    [
      { steps: { weights: [50, 25, 100] } },
      ['migration.steps.weights: each step must be more than the one before'],
    ],
    [{ steps: { weights: [50] } }, ['migration.steps.weights: the last step must be 100']],
    [
      { probes: [1, 2].map((port) => ({ name: 'shop', green: `http://a.example.test:${port}` })) },
      ['migration.probes.1: a probe "shop" stands in the list already'],
    ],
    [
      { singletons: [1, 2].map(() => ({ kind: 'Deployment', namespace: 'a', name: 'b' })) },
      ['migration.singletons.1: Deployment a/b stands in the list already'],
    ],
    [
      { probes: [{ name: 'shop', green: 'http://a.example.test', blue: { service: { name: 'web' } } }] },
      [
        expect.stringContaining(
          'migration.probes.0.blue: must be a URL, without a password, or `{"service": …}`',
        ) as string,
      ],
    ],
    [{ keepOldFor: '3 weeks' }, [expect.stringContaining('must be a duration') as string]],
    [{ blue: {} }, ['migration.blue: is not a field of a request']],
  ])('is told what is wrong with %j', (change, expected) => {
    expect(problems({ ...good, migration: { ...good.migration, ...change } })).toEqual(expected);
  });

  it('says nothing of nodes and add-ons of a cluster that is there already', () => {
    const there = {
      ...good,
      workers: { ...good.workers, groups: { a: { templateVersion: '7' } } },
      addons: { versions: { coredns: 'v1' } },
      migration: { ...good.migration, green: { name: 'shop-b', existing: true } },
    };
    expect(paths(there)).toEqual(['workers.groups.a', 'addons.versions.coredns']);
  });
});
