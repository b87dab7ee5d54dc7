import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { oldClusterPermissions, probePermissions } from '../../src/kubernetes/migrationPermissions.ts';
import { findMissingPermissions, neededPermissions } from '../../src/kubernetes/permissions.ts';
import type { Probe } from '../../src/contract/probe.ts';
import type { NeededPermission } from '../../src/kubernetes/permissions.ts';
import { describePermission } from '../../src/plan/permission.ts';
import { knownTools, profileOf } from '../../src/tools/profiles/index.ts';
import { toolPermissions } from '../../src/tools/toolPermissions.ts';
import { fakeConnection } from '../kubernetes/fakeConnection.ts';

const deploy = join(import.meta.dirname, '..', '..', 'deploy');
const reviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

interface Rule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

const granting = (verb: string, group: string, resource: string, name?: string): string =>
  [verb, group, resource, name].join(' ').trimEnd();

/** Every verb on every resource that a file's ClusterRole grants, and its paths. */
async function grantedBy(file: string): Promise<{ granted: string[]; paths: string[] }> {
  const [role] = parseAllDocuments(await readFile(join(deploy, 'kubernetes', file), 'utf8'));
  const { rules } = role?.toJS() as { rules: Rule[] };
  const granted = rules.flatMap(({ verbs, apiGroups = [], resources = [], resourceNames = [undefined] }) =>
    verbs.flatMap((verb) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => resourceNames.map((name) => granting(verb, group, resource, name))),
      ),
    ),
  );
  return {
    granted: granted.sort(),
    paths: rules.flatMap(({ nonResourceURLs = [] }) => nonResourceURLs),
  };
}

const needing = (needed: readonly NeededPermission[]): string[] =>
  needed
    .flatMap(({ permission }) => {
      if ('path' in permission) return [];
      const { verb, group, resource, subresource, name } = permission;
      return [
        granting(verb, group, subresource === undefined ? resource : `${resource}/${subresource}`, name),
      ];
    })
    .sort();

test('the ClusterRole grants what the engine needs of objects, and nothing else', async () => {
  const { granted, paths } = await grantedBy('cluster-role.yaml');
  expect(granted).toEqual(needing(neededPermissions));
  for (const { permission } of neededPermissions)
    if ('path' in permission) expect(paths).toContain(permission.path);
});

test('the ClusterRole for tools grants what the tools need that are known, and nothing else', async () => {
  const { granted, paths } = await grantedBy('cluster-role-tools.yaml');
  expect(granted).toEqual(needing(toolPermissions(knownTools)));
  expect(paths).toEqual([]);
});

test('the ClusterRole for migrations grants what one needs of the old cluster, and nothing else', async () => {
  const { granted, paths } = await grantedBy('cluster-role-migration.yaml');
  // A rule may name no Service that it does not know.
  const asking = [...oldClusterPermissions, ...asksService('GET')].map(({ permission, ...rest }) => {
    if ('path' in permission || permission.subresource !== 'proxy') return { permission, ...rest };
    const { name: _name, namespace: _namespace, ...any } = permission;
    return { permission: any, ...rest };
  });
  expect(granted).toEqual(needing(asking));
  expect(paths).toEqual([]);
});

const asksService = (method: Probe['method']) => {
  const blue = { service: { namespace: 'shop', name: 'web', port: 80, https: false } };
  return probePermissions([
    { name: 'web', blue, method },
    { name: 'by address', blue: 'https://blue.example.test', method },
    { name: 'alone', method },
  ]);
};

test.each([
  ['GET', 'get'],
  ['HEAD', 'get'],
  ['POST', 'create'],
] as const)(
  'a probe by %s of the old cluster’s Service needs the verb %s, and no other probe',
  (method, verb) => {
    expect(asksService(method).map(({ permission }) => describePermission(permission))).toEqual([
      `${verb} services/proxy shop/web:80`,
    ]);
  },
);

test('a tool is asked about for what its own chart makes, and no tool for nothing', () => {
  const of = (...names: string[]) => needing(toolPermissions(names.map(profileOf)));
  expect(of()).toEqual([]);
  expect(of('external-dns')).toContain('create apps deployments');
  expect(of('external-dns')).not.toContain('create batch cronjobs');
  expect(of('karpenter')).toContain('update  secrets');
  expect(of('karpenter')).not.toContain('create apps deployments');
  expect(new Set(of('argo-cd', 'external-dns')).size).toBe(of('argo-cd', 'external-dns').length);
});

test('what is missing for tools names the file that grants it', async () => {
  const connection = fakeConnection({
    [reviews]: ({ spec }: { spec: { resourceAttributes?: { verb: string } } }) => ({
      status: { allowed: spec.resourceAttributes?.verb !== 'escalate' },
    }),
  });
  const more = toolPermissions([profileOf('external-dns')]);
  expect(await findMissingPermissions(connection, { withContext: false })).toEqual([]);
  expect(await findMissingPermissions(connection, { withContext: false, more })).toEqual([
    expect.objectContaining({
      permission: { verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
      ...{ why: 'the chart of ExternalDNS', grantedBy: 'deploy/kubernetes/cluster-role-tools.yaml' },
    }),
  ]);
});

test('only who drains nodes is asked for what changes something', async () => {
  const asked: string[] = [];
  const connection = fakeConnection({
    [reviews]: ({ spec }: { spec: { resourceAttributes?: { verb: string; resource: string } } }) => {
      asked.push(spec.resourceAttributes?.verb ?? 'get');
      return { status: { allowed: true } };
    },
  });
  await findMissingPermissions(connection, { withContext: true });
  expect(new Set(asked)).toEqual(new Set(['list', 'get']));
  await findMissingPermissions(connection, { withContext: true, withDrains: true });
  expect(new Set(asked)).toEqual(new Set(['list', 'get', 'watch', 'create', 'patch', 'delete']));
});

/** Files whose calls only a migration makes, besides those that an upgrade makes as well. */
const migrationFiles = [
  'access.ts',
  'blueprint.ts',
  'createCluster.ts',
  'greenAddons.ts',
  'podIdentities.ts',
  'removeCluster.ts',
];

async function statementsOf(
  file: string,
): Promise<{ Action: string | string[]; Condition?: object; Resource: string | string[] }[]> {
  const policy = JSON.parse(await readFile(join(deploy, 'iam', file), 'utf8')) as {
    Statement: Awaited<ReturnType<typeof statementsOf>>;
  };
  return policy.Statement;
}

/** The actions of a policy that are calls of the engine itself; the others AWS needs to carry these out. */
async function callsAllowedBy(file: string): Promise<string[]> {
  const actions = (await statementsOf(file)).flatMap(({ Action }) => Action);
  return actions
    .filter((action) => /^(eks|autoscaling):/.test(action) || action === 'ec2:DescribeSubnets')
    .sort();
}

async function callsMadeIn(files: readonly string[], folder = platform): Promise<string[]> {
  const sent = new Set<string>();
  for (const file of files) {
    const text = await readFile(join(folder, file), 'utf8');
    const client = /from '@aws-sdk\/client-([a-z0-9-]+)'/.exec(text.slice(text.indexOf('Command')))?.[1];
    const service = client === 'auto-scaling' ? 'autoscaling' : client;
    for (const [, name] of text.matchAll(/\bnew (\w+)Command\(/g)) sent.add(`${service}:${name ?? ''}`);
  }
  return [...sent].sort();
}

const platform = join(import.meta.dirname, '..', '..', 'src', 'platform', 'eks');

test('the IAM policy names the calls that an upgrade makes, and no others', async () => {
  const files = (await readdir(platform)).filter(
    (file) => file.endsWith('.ts') && !migrationFiles.includes(file),
  );
  expect(await callsAllowedBy('policy.json')).toEqual(await callsMadeIn(files));
});

test('the IAM policy for migrations names the calls that only they make, and no others', async () => {
  const allowed = await callsAllowedBy('policy-migration.json');
  // Tags are set as something is created, not by a call of its own.
  expect(allowed.filter((action) => action !== 'eks:TagResource')).toEqual(await callsMadeIn(migrationFiles));
});

test('the IAM policy for migrations names the calls to IAM itself that they make, and no others', async () => {
  const actions = (await statementsOf('policy-migration.json')).flatMap(({ Action }) => Action);
  const files = (await readdir(join(platform, 'roles'))).map((file) => join('roles', file));
  expect(
    actions
      .filter((action) => action.startsWith('iam:'))
      // The one AWS asks for when it hands a role on, the other when something is created with tags.
      .filter((action) => action !== 'iam:PassRole' && action !== 'iam:TagOpenIDConnectProvider')
      .sort(),
  ).toEqual((await callsMadeIn(files)).filter((call) => call.startsWith('iam:')));
});

test('an OIDC provider is created and deleted only with our note', async () => {
  const statements = await statementsOf('policy-migration.json');
  const conditionsOf = (action: string) =>
    statements.flatMap(({ Action, Condition }) => ([Action].flat().includes(action) ? [Condition] : []));
  expect(conditionsOf('iam:CreateOpenIDConnectProvider')).toEqual([
    { Null: { 'aws:RequestTag/stepladder/made-by': 'false' } },
  ]);
  expect(conditionsOf('iam:DeleteOpenIDConnectProvider')).toEqual([
    { Null: { 'aws:ResourceTag/stepladder/made-by': 'false' } },
  ]);
});

test('the IAM policy for migrations names the calls that the routing makes, and no others', async () => {
  const routing = join(import.meta.dirname, '..', '..', 'src', 'routing');
  const made = await callsMadeIn(await readdir(routing), routing);
  const allowed = (await statementsOf('policy-migration.json')).flatMap(({ Action }) => Action);
  expect(allowed.filter((action) => action.startsWith('elasticloadbalancing:')).sort()).toEqual(
    made.map((call) => call.replace('elastic-load-balancing-v2:', 'elasticloadbalancing:')),
  );
});

test('a cluster, and who is let in to it, is created only with our note', async () => {
  const statements = await statementsOf('policy-migration.json');
  for (const action of ['eks:CreateCluster', 'eks:CreateAccessEntry', 'eks:CreateAddon']) {
    const conditions = statements.flatMap(({ Action, Condition }) =>
      [Action].flat().includes(action) ? [Condition] : [],
    );
    expect(conditions, action).toEqual([{ Null: { 'aws:RequestTag/stepladder/made-by': 'false' } }]);
  }
});

test('instances are started only of launch templates, and ended only in node groups', async () => {
  const policy = JSON.parse(await readFile(join(deploy, 'iam', 'policy.json'), 'utf8')) as {
    Statement: { Action: string | string[]; Condition?: object }[];
  };
  for (const [action, condition] of [
    ['ec2:RunInstances', { ArnLike: { 'ec2:LaunchTemplate': 'arn:aws:ec2:*:*:launch-template/*' } }],
    [
      'autoscaling:TerminateInstanceInAutoScalingGroup',
      { Null: { 'aws:ResourceTag/eks:nodegroup-name': 'false' } },
    ],
    ['iam:PassRole', { StringEquals: { 'iam:PassedToService': 'eks.amazonaws.com' } }],
  ] as const) {
    const statements = policy.Statement.filter(({ Action }) => [Action].flat().includes(action));
    expect(
      statements.map(({ Condition }) => Condition),
      action,
    ).toEqual([condition]);
  }
});

test('who may not list everything is told which kinds, one by one', async () => {
  const connection = fakeConnection({
    '/apis': { groups: [] },
    '/api/v1': {
      resources: [
        { name: 'nodes', kind: 'Node', namespaced: false, verbs: ['list'] },
        { name: 'secrets', kind: 'Secret', namespaced: true, verbs: ['list'] },
      ],
    },
    [reviews]: ({ spec }: { spec: { resourceAttributes?: { resource: string } } }) => ({
      status: { allowed: !['*', 'secrets'].includes(spec.resourceAttributes?.resource ?? '') },
    }),
  });
  const missing = await findMissingPermissions(connection, { withContext: false });
  expect(missing.map(({ permission, state }) => [describePermission(permission), state])).toEqual([
    ['list secrets', 'denied'],
  ]);
});
