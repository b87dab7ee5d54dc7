import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { findMissingPermissions, neededPermissions } from '../../src/kubernetes/permissions.ts';
import { describePermission } from '../../src/plan/permission.ts';
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

test('the ClusterRole grants what the engine needs, and no verb that changes anything', async () => {
  const [role] = parseAllDocuments(await readFile(join(deploy, 'kubernetes', 'cluster-role.yaml'), 'utf8'));
  const rules = (role?.toJS() as { rules: Rule[] }).rules;
  expect(new Set(rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(['get', 'list']));
  for (const { permission } of neededPermissions) {
    const granted = rules.some((rule) =>
      'path' in permission
        ? rule.nonResourceURLs?.includes(permission.path)
        : rule.verbs.includes(permission.verb) &&
          rule.apiGroups?.includes(permission.group) &&
          rule.resources?.includes(permission.resource) &&
          (rule.resourceNames === undefined || rule.resourceNames.includes(permission.name ?? '')),
    );
    expect([describePermission(permission), granted]).toEqual([describePermission(permission), true]);
  }
});

test('the IAM policy names the calls of EKS and EC2 that the engine makes, and no others', async () => {
  const policy = JSON.parse(await readFile(join(deploy, 'iam', 'policy.json'), 'utf8')) as {
    Statement: { Action: string | string[] }[];
  };
  const actions = policy.Statement.flatMap(({ Action }) => Action).filter((action) =>
    /^(eks|ec2):/.test(action),
  );
  const folder = join(import.meta.dirname, '..', '..', 'src', 'platform', 'eks');
  const sources = await Promise.all(
    ['addons', 'cluster', 'insights', 'nodeGroups', 'subnets', 'updates'].map((name) =>
      readFile(join(folder, `${name}.ts`), 'utf8'),
    ),
  );
  const sent = new Set(
    sources.flatMap((text) =>
      [...text.matchAll(/\bnew (\w+)Command\(/g)].map(
        ([, name]) => `${text.includes('@aws-sdk/client-ec2') ? 'ec2' : 'eks'}:${name ?? ''}`,
      ),
    ),
  );
  expect(actions.sort()).toEqual([...sent].sort());
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
