import { describe, expect, it } from 'vitest';
import { StepladderError } from '../../../src/contract/errors.ts';
import type { MigrationStage } from '../../../src/contract/migration.ts';
import type { PlanResult } from '../../../src/contract/plan.ts';
import { blueprint, migrationSeen, observeBoth, planMigration, resources, roleArn } from './fixtures.ts';
import { cluster } from '../fixtures.ts';

const stagesOf = ({ plan }: PlanResult) => plan.hops.flatMap(({ stages }) => stages) as MigrationStage[];

function stage<Name extends MigrationStage['stage']>(
  name: Name,
  result: PlanResult = planMigration(),
): Extract<MigrationStage, { stage: Name }> {
  const found = stagesOf(result).find((each) => each.stage === name);
  if (found === undefined) throw new Error(`the plan has no stage ${name}`);
  return found as Extract<MigrationStage, { stage: Name }>;
}

function problems(...of: Parameters<typeof planMigration>): unknown {
  try {
    planMigration(...of);
  } catch (error) {
    if (error instanceof StepladderError) return error.details['problems'] ?? error.type;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the hop of a migration', () => {
  it('is one, from blue to the target, whatever lies between', () => {
    const { plan } = planMigration();
    expect(plan.hops.map(({ from, to }) => [from, to])).toEqual([['1.31', '1.34']]);
    expect(stagesOf(planMigration()).map((each) => each.stage)).toEqual([
      'green-cluster',
      'green-add-ons',
      'green-workers',
      'resources',
      'green-verification',
      'cutover',
      'retirement',
    ]);
  });

  it('makes neither add-ons nor workers where the new cluster is there already', () => {
    const green = { arn: 'arn:green', version: '1.34', status: 'ACTIVE' };
    const result = planMigration(observeBoth({ green }), {
      migration: { green: { name: 'shop-b', existing: true } },
    });
    expect(stagesOf(result).map((each) => each.stage)).toEqual([
      'green-cluster',
      'resources',
      'green-verification',
      'cutover',
      'retirement',
    ]);
    expect(stage('green-cluster', result)).toMatchObject({
      cluster: 'shop-b',
      create: false,
      accessEntries: [],
      podIdentities: [],
    });
  });

  it('is the same whichever workflow it was asked of', () => {
    expect(planMigration(observeBoth(), {}, { workflowType: 'migrateCluster' }).digest).toBe(
      planMigration().digest,
    );
  });

  it.each([
    ['back', '1.30'],
    ['nowhere', '1.31'],
  ])('goes not %s', (_, targetVersion) => {
    expect(problems(observeBoth(), { targetVersion })).toEqual([
      {
        path: 'targetVersion',
        message: 'cluster demo is at 1.31, and a migration goes to a later version',
      },
    ]);
  });

  it('goes to no version that EKS does not know', () => {
    expect(problems(observeBoth(), { targetVersion: '1.39' })).toMatchObject([{ path: 'targetVersion' }]);
  });

  it('is not planned by an observation that has not looked at what it stands on', () => {
    const { migration: _, ...observation } = observeBoth();
    expect(problems(observation)).toBe('PlanRefused');
  });
});

describe('the new cluster', () => {
  it('has the old name with the new version, and the old version out of it', () => {
    expect(stage('green-cluster').cluster).toBe('demo-1-34');
    const named = planMigration(observeBoth({}, { cluster: cluster({ name: 'demo-1-31' }) }), {
      cluster: { name: 'demo-1-31' },
    });
    expect(stage('green-cluster', named).cluster).toBe('demo-1-34');
  });

  it('has a name that EKS takes, however long the old one is', () => {
    const name = `${'a'.repeat(95)}-bcde`;
    const long = planMigration(observeBoth({}, { cluster: cluster({ name }) }), { cluster: { name } });
    expect(stage('green-cluster', long).cluster).toBe(`${'a'.repeat(95)}-1-34`);
  });

  it('may not have the old one’s name', () => {
    expect(problems(observeBoth(), { migration: { green: { name: 'demo' } } })).toMatchObject([
      { path: 'migration.green.name' },
    ]);
  });

  it('must be there, and at the target, where the request says that it is', () => {
    const named = { migration: { green: { name: 'shop-b', existing: true } } };
    expect(problems(observeBoth(), named)).toMatchObject([
      {
        path: 'migration.green.name',
        message: expect.stringContaining('there is no cluster shop-b') as string,
      },
    ]);
    const green = { arn: 'arn:green', version: '1.33', status: 'ACTIVE' };
    expect(problems(observeBoth({ green }), named)).toMatchObject([{ path: 'targetVersion' }]);
  });

  it('gets every access entry and Pod identity, in order', () => {
    expect(stage('green-cluster')).toMatchObject({
      accessEntries: [roleArn('admins'), roleArn('operators')],
      podIdentities: ['shop/web'],
      create: true,
    });
  });

  it('is to be trusted by the roles that can be told to, unless the request only checks', () => {
    const role = (name: string, state: 'can-be-told' | 'trusts-green' | 'foreign' | 'unknown') => ({
      arn: roleArn(name),
      serviceAccounts: ['shop/web'],
      state,
    });
    const seen = observeBoth({
      roles: [
        role('web', 'can-be-told'),
        role('db', 'can-be-told'),
        role('a', 'trusts-green'),
        role('b', 'foreign'),
        role('c', 'unknown'),
      ],
    });
    expect(stage('green-cluster', planMigration(seen)).trustedBy).toEqual([roleArn('db'), roleArn('web')]);
    const checked = planMigration(seen, { migration: { roles: 'check' } });
    expect(stage('green-cluster', checked).trustedBy).toEqual([]);
  });
});

describe('the add-ons of the new cluster', () => {
  it('are EKS’s default for the target, in the order in which a new cluster needs them', () => {
    expect(stage('green-add-ons').addons).toEqual([
      { name: 'vpc-cni', version: 'v1.19.2-eksbuild.1' },
      { name: 'kube-proxy', version: 'v1.34.0-eksbuild.2' },
      { name: 'coredns', version: 'v1.12.3-eksbuild.1' },
      { name: 'aws-ebs-csi-driver', version: 'v1.40.0-eksbuild.1' },
    ]);
  });

  it('are never older than the old cluster’s', () => {
    const addons = [{ name: 'coredns', version: 'v1.13.0-eksbuild.1' }];
    const addonVersions = {
      coredns: [
        { version: 'v1.12.3-eksbuild.1', isDefault: true },
        { version: 'v1.13.1-eksbuild.1', isDefault: false },
      ],
    };
    const result = planMigration(observeBoth({ blueprint: blueprint({ addons, addonVersions }) }));
    expect(stage('green-add-ons', result).addons).toEqual([
      { name: 'coredns', version: 'v1.13.1-eksbuild.1' },
    ]);
  });

  it('are as the request says, where EKS offers that for the target', () => {
    const versions = (coredns: string) => ({ addons: { versions: { coredns } } });
    const result = planMigration(observeBoth(), versions('v1.12.1-eksbuild.2'));
    expect(stage('green-add-ons', result).addons).toContainEqual({
      name: 'coredns',
      version: 'v1.12.1-eksbuild.2',
    });
    expect(problems(observeBoth(), versions('v1.11.3-eksbuild.1'))).toEqual([
      {
        path: 'addons.versions.coredns',
        message:
          'EKS does not offer coredns v1.11.3-eksbuild.1 for 1.34; it offers v1.12.3-eksbuild.1, v1.12.1-eksbuild.2',
      },
    ]);
  });
});

describe('the workers of the new cluster', () => {
  it('are as blue has them, by name', () => {
    expect(stage('green-workers')).toMatchObject({
      to: '1.34',
      nodeGroups: [
        { name: 'db', size: { min: 1, max: 5, desired: 3 } },
        { name: 'web', size: { min: 1, max: 5, desired: 2 } },
      ],
    });
  });

  it('have the template that the request names', () => {
    const workers = { groups: { web: { templateVersion: '7' } } };
    expect(stage('green-workers', planMigration(observeBoth(), { workers })).nodeGroups[1]).toMatchObject({
      name: 'web',
      templateVersion: '7',
    });
  });
});

describe('the resources of the plan', () => {
  it('come from the sources of the request in its order, Argo CD before its Applications', () => {
    const applications = [{ name: 'argocd/web', place: 'here' as const }];
    const argoCd = { namespace: 'argocd', applications, missing: [], clusterSecrets: [] };
    const sources = [
      { manifests: { path: '/srv/argocd' } },
      { argoCd: { namespace: 'argocd', applications: ['web'] } },
    ];
    const result = planMigration(observeBoth({ argoCd }), { migration: { resources: sources } });
    expect(stage('resources', result).sources).toEqual(sources);
    expect(result.findings.filter(({ check }) => check === 'argo-cd')).toEqual([]);
    const late = planMigration(observeBoth({ argoCd }), { migration: { resources: sources.toReversed() } });
    expect(late.findings.filter(({ severity }) => severity === 'blocker').map(({ check }) => check)).toEqual([
      'argo-cd',
    ]);
    expect(late.digest).not.toBe(result.digest);
  });

  it('has the sources of the resources in the order of the request, a chart by what it comes from', () => {
    const chart = { release: 'web', namespace: 'shop', version: '1.2.0', source: { path: '/srv/web' } };
    const given = [
      { manifests: { path: '/srv/base' } },
      { chart },
      { copy: { excludeKinds: ['jobs.batch'] } },
    ];
    const result = planMigration(observeBoth(), { migration: { resources: given } });
    expect(stage('resources', result).sources).toEqual([
      { manifests: { path: '/srv/base' } },
      { chart: { ...chart, values: [] } },
      { copy: { excludeNamespaces: [], excludeKinds: ['jobs.batch'] } },
    ]);
  });
});

describe('the volumes of the plan', () => {
  const volumes = ['shop/data-0', 'shop/cache', 'logs/disk', 'other/disk'].map((claim) => ({ claim }));

  it('are those that the request decides, the nearest word first', () => {
    const result = planMigration(observeBoth({ resources: resources({ volumes }) }), {
      migration: { volumes: { 'shop/*': 'restored', 'shop/cache': 'empty', 'logs/disk': 'shared' } },
    });
    expect(stage('resources', result).volumes).toEqual([
      { claim: 'logs/disk', decision: 'shared' },
      { claim: 'shop/cache', decision: 'empty' },
      { claim: 'shop/data-0', decision: 'restored' },
    ]);
  });

  it('may be decided all at once', () => {
    const result = planMigration(observeBoth({ resources: resources({ volumes }) }), {
      migration: { volumes: { '*': 'empty' } },
    });
    expect(stage('resources', result).volumes).toHaveLength(4);
  });
});

describe('a plan that was approved', () => {
  it('is the same when nothing has changed', () => {
    const first = planMigration();
    const again = planMigration(observeBoth(), {}, { approved: first.plan });
    expect(again.digest).toBe(first.digest);
    expect(again.hopDigests).toEqual(first.hopDigests);
  });

  it('is the same when things were seen in another order', () => {
    const { blueprint: seen } = migrationSeen();
    const turned = {
      ...seen,
      addons: seen.addons.toReversed(),
      nodeGroups: seen.nodeGroups.toReversed(),
      accessEntries: seen.accessEntries.toReversed(),
    };
    expect(planMigration(observeBoth({ blueprint: turned })).digest).toBe(planMigration().digest);
  });

  it('keeps the size that an autoscaler has moved meanwhile, but not other limits', () => {
    const first = planMigration();
    const with3 = (max: number) =>
      observeBoth({
        blueprint: blueprint({
          nodeGroups: [{ name: 'web', size: { min: 1, max, desired: 4 }, ownImage: false }],
        }),
      });
    const one = planMigration(with3(5));
    expect(stage('green-workers', planMigration(with3(5), {}, { approved: first.plan })).nodeGroups).toEqual([
      { name: 'web', size: { min: 1, max: 5, desired: 2 } },
    ]);
    expect(stage('green-workers', one).nodeGroups[0]?.size.desired).toBe(4);
    expect(
      stage('green-workers', planMigration(with3(9), {}, { approved: first.plan })).nodeGroups[0]?.size,
    ).toEqual({ min: 1, max: 9, desired: 4 });
  });

  it('keeps an add-on’s version when EKS has another default meanwhile', () => {
    const first = planMigration();
    const addonVersions = {
      ...blueprint().addonVersions,
      coredns: [
        { version: 'v1.12.4-eksbuild.1', isDefault: true },
        { version: 'v1.12.3-eksbuild.1', isDefault: false },
      ],
    };
    const later = observeBoth({ blueprint: blueprint({ addonVersions }) });
    expect(planMigration(later, {}, { approved: first.plan }).digest).toBe(first.digest);
    expect(planMigration(later).digest).not.toBe(first.digest);
  });

  it('does not hold when another role has to be told, and holds when one was told', () => {
    const role = { arn: roleArn('web'), serviceAccounts: ['shop/web'], state: 'can-be-told' as const };
    const first = planMigration(observeBoth({ roles: [role] }));
    const told = observeBoth({ roles: [{ ...role, state: 'trusts-green' }] });
    expect(planMigration(told, {}, { approved: first.plan }).digest).toBe(first.digest);
    expect(planMigration(observeBoth(), {}, { approved: first.plan }).digest).not.toBe(first.digest);
  });
});

describe('estimates of a migration', () => {
  const seconds = (fields = {}) =>
    Object.fromEntries(
      planMigration(observeBoth(), fields).estimates.map((each) => [each.stage, each.seconds]),
    );

  it('take soaks and the time for which blue is kept from the request', () => {
    const migration = { steps: { weights: [10, 100], soak: '10m' }, keepOldFor: '1h' };
    expect(seconds({ migration })).toMatchObject({ cutover: 1200, retirement: 4500, resources: 65 });
  });

  it('are scaled as everything is', () => {
    expect(seconds({ timing: { scale: 0.1 } })).toMatchObject({ 'green-cluster': 66, cutover: 120 });
  });

  it('leave keeping blue out of the windows', () => {
    const window = { from: '09:00', to: '18:00', timeZone: 'UTC' };
    expect(planMigration(observeBoth(), { window }).windows).toMatchObject([{ hop: '1.34', fits: true }]);
  });
});
