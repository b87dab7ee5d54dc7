import type { PlanResult } from '../../../src/contract/plan.ts';
import type { PlanInput } from '../../../src/plan/makePlan.ts';
import { makePlan } from '../../../src/plan/makePlan.ts';
import type { Observation } from '../../../src/plan/observation.ts';
import type { ObservedMigration } from '../../../src/plan/observedMigration.ts';
import { addon, coredns, nodeGroup, observe, observedAt, offers, request } from '../fixtures.ts';

const account = '111122223333';
const ofAlb = `arn:aws:elasticloadbalancing:eu-west-1:${account}`;

export const routing = {
  alb: {
    rule: `${ofAlb}:listener-rule/app/shop/1/2/3`,
    blue: `${ofAlb}:targetgroup/blue/1`,
    green: `${ofAlb}:targetgroup/green/2`,
  },
};

export const roleArn = (name: string): string => `arn:aws:iam::${account}:role/${name}`;

/** What a migration of the cluster `demo` from 1.31 to 1.34 stands on, with nothing that stands against it. */
export function migrationSeen(change: Partial<ObservedMigration> = {}): ObservedMigration {
  return {
    blueprint: blueprint(),
    roles: [],
    resources: resources(),
    routing: {
      router: 'listener rule 3 of load balancer shop',
      weights: { blue: 100, green: 0 },
      addresses: ['http://shop.example.test:80'],
      notes: [],
    },
    unseen: [],
    ...change,
  };
}

export function blueprint(
  change: Partial<ObservedMigration['blueprint']> = {},
): ObservedMigration['blueprint'] {
  return {
    accessEntries: [roleArn('operators'), roleArn('admins')],
    podIdentities: ['shop/web'],
    addons: [
      { name: 'coredns', version: 'v1.11.3-eksbuild.1' },
      { name: 'aws-ebs-csi-driver', version: 'v1.38.1-eksbuild.1' },
      { name: 'vpc-cni', version: 'v1.19.0-eksbuild.1' },
      { name: 'kube-proxy', version: 'v1.31.2-eksbuild.3' },
    ],
    addonVersions: {
      coredns: offered('v1.12.3-eksbuild.1', 'v1.12.1-eksbuild.2'),
      'aws-ebs-csi-driver': offered('v1.40.0-eksbuild.1', 'v1.38.1-eksbuild.1'),
      'vpc-cni': offered('v1.19.2-eksbuild.1', 'v1.19.0-eksbuild.1'),
      'kube-proxy': offered('v1.34.0-eksbuild.2'),
    },
    nodeGroups: ['web', 'db'].map((name) => ({
      name,
      size: { min: 1, max: 5, desired: name === 'db' ? 3 : 2 },
      ownImage: false,
    })),
    issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/BLUE',
    notCopied: [],
    ...change,
  };
}

/** The first is EKS's default. */
export function offered(...versions: string[]) {
  return versions.map((version, index) => ({ version, isDefault: index === 0 }));
}

export function resources(
  change: Partial<ObservedMigration['resources']> = {},
): ObservedMigration['resources'] {
  return {
    counts: { 'deployments.apps': 20, configmaps: 80 },
    volumes: [],
    notServed: [],
    notes: [],
    ...change,
  };
}

/** The cluster `demo` at 1.31, looked at for a migration. */
export function observeBoth(
  change: Partial<ObservedMigration> = {},
  rest: Partial<Observation> = {},
): Observation {
  return observe({
    nodeGroups: ['web', 'db'].map((name) => nodeGroup(name)),
    nodes: [],
    addons: [
      coredns,
      addon('aws-ebs-csi-driver', 'v1.38.1-eksbuild.1'),
      addon('vpc-cni', 'v1.19.0-eksbuild.1'),
      addon('kube-proxy', 'v1.31.2-eksbuild.3'),
    ],
    addonVersions: {
      coredns: offers({ '1.34': ['v1.12.3-eksbuild.1'] }),
      'aws-ebs-csi-driver': offers({ '1.34': ['v1.40.0-eksbuild.1'] }),
      'vpc-cni': offers({ '1.34': ['v1.19.2-eksbuild.1'] }),
      'kube-proxy': offers({ '1.34': ['v1.34.0-eksbuild.2'] }),
    },
    migration: migrationSeen(change),
    ...rest,
  });
}

/** What a person asks for; the routing and one probe are given unless said otherwise. */
export interface Asked {
  migration?: Record<string, unknown>;
  [field: string]: unknown;
}

export const probe = { name: 'shop', green: 'http://green.example.test/health' };

export function asked({ migration, ...fields }: Asked = {}): Record<string, unknown> {
  return {
    targetVersion: '1.34',
    migration: { routing, probes: [probe], ...migration },
    ...fields,
    workers: { strategy: 'blue-green', ...(fields['workers'] as object | undefined) },
  };
}

export function planMigration(
  observation: Observation = observeBoth(),
  fields: Asked = {},
  rest: Partial<Pick<PlanInput, 'approved' | 'workflowType'>> = {},
): PlanResult {
  const workflowType = rest.workflowType ?? 'upgradeCluster';
  return makePlan({
    observation,
    request: request(asked(fields), workflowType),
    workflowType,
    approved: rest.approved,
    now: new Date(observedAt),
  });
}
