import type { PlanResult } from '../../src/contract/plan.ts';
import { readRequest } from '../../src/contract/request.ts';
import type { Request } from '../../src/contract/request.ts';
import type { WorkflowType } from '../../src/contract/workflowTypes.ts';
import type { FitNode } from '../../src/plan/fit/index.ts';
import { makePlan } from '../../src/plan/makePlan.ts';
import type { PlanInput } from '../../src/plan/makePlan.ts';
import type {
  Observation,
  ObservedAddon,
  ObservedInsight,
  ObservedNode,
  ObservedNodeGroup,
  ObservedSubnet,
} from '../../src/plan/observation.ts';
import type { ObservedWorkloads } from '../../src/plan/observedWorkloads.ts';

export const observedAt = '2026-03-02T10:00:00.000Z';

/** A healthy cluster `demo` at 1.31 with two node groups and the three core add-ons. */
export function observe(change: Partial<Observation> = {}): Observation {
  return {
    observedAt,
    identity: {
      arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/demo',
      endpoint: 'https://demo.example.test',
      certificateAuthoritySha256: 'a'.repeat(64),
    },
    cluster: cluster(),
    versions: [
      { version: '1.29', status: 'UNSUPPORTED' },
      ...['1.30', '1.31', '1.32', '1.33', '1.34', '1.35'].map((version) => ({
        version,
        status: 'STANDARD_SUPPORT' as const,
        endOfStandardSupport: '2027-07-01T00:00:00Z',
      })),
    ],
    nodeGroups: [nodeGroup('blue'), nodeGroup('green')],
    nodes: [node('blue-1'), node('blue-2'), node('green-1', { nodeGroup: 'green' })],
    addons: [addon('vpc-cni', 'v1.19.0-eksbuild.1'), addon('kube-proxy', 'v1.31.2-eksbuild.3'), coredns],
    addonVersions: {
      coredns: offers({
        '1.31': ['v1.11.3-eksbuild.1'],
        '1.32': ['v1.11.4-eksbuild.2', 'v1.11.3-eksbuild.1'],
        '1.33': ['v1.12.1-eksbuild.2', 'v1.11.4-eksbuild.2'],
      }),
      'kube-proxy': offers({
        '1.31': ['v1.31.2-eksbuild.3'],
        '1.32': ['v1.32.0-eksbuild.2', 'v1.31.2-eksbuild.3'],
        '1.33': ['v1.33.0-eksbuild.2', 'v1.32.0-eksbuild.2', 'v1.31.2-eksbuild.3'],
      }),
      'vpc-cni': offers({
        '1.31': ['v1.19.0-eksbuild.1'],
        '1.32': ['v1.19.0-eksbuild.1'],
        '1.33': ['v1.19.2-eksbuild.1', 'v1.19.0-eksbuild.1'],
      }),
    },
    selfManagedAddons: [],
    kubeProxies: [{ version: '1.31', nodes: ['blue-1', 'blue-2', 'green-1'] }],
    insights: [],
    updatesInProgress: [],
    workloads: workloads(),
    extensions: { apiServices: [], webhooks: [], systemNamespaces: {}, storedVersions: [] },
    subnets: { controlPlane: ['subnet-a', 'subnet-b'], all: [subnet('subnet-a'), subnet('subnet-b')] },
    kubeProxyMode: { mode: 'iptables' },
    unseen: [],
    ...change,
  };
}

/** Nothing runs unless given; the nodes are those of `observe`. */
export function workloads(change: Partial<ObservedWorkloads> = {}): ObservedWorkloads {
  return {
    kinds: [],
    owners: [],
    pods: [],
    budgets: [],
    nodes: ['blue-1', 'blue-2', 'green-1'].map((name) => placementNode(name)),
    ...change,
  };
}

export function placementNode(name: string, change: Partial<FitNode> = {}): FitNode {
  return {
    name,
    labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': 'eu-west-1a', ...change.labels },
    allocatable: { cpu: 4, memory: 16 * 2 ** 30, pods: 58, ...change.allocatable },
    ...(change.taints === undefined ? {} : { taints: change.taints }),
  };
}

export function subnet(id: string, freeAddresses = 1_000): ObservedSubnet {
  return { id, zone: 'eu-west-1a', freeAddresses };
}

export function cluster(change: Partial<Observation['cluster']> = {}): Observation['cluster'] {
  return {
    name: 'demo',
    region: 'eu-west-1',
    version: '1.31',
    status: 'ACTIVE',
    tags: {},
    autoMode: false,
    healthIssues: [],
    ...change,
  };
}

export function nodeGroup(name: string, change: Partial<ObservedNodeGroup> = {}): ObservedNodeGroup {
  return {
    name,
    version: '1.31',
    status: 'ACTIVE',
    ownImage: false,
    size: { min: 1, max: 5, desired: 2 },
    subnetIds: ['subnet-a'],
    zones: 2,
    updateSettings: { maxUnavailable: 1 },
    tags: {},
    healthIssues: [],
    ...change,
  };
}

export function node(name: string, change: Partial<ObservedNode> = {}): ObservedNode {
  const managed = (change.provider ?? 'managed') === 'managed';
  return {
    name,
    kubeletVersion: 'v1.31.4-eks-aeac579',
    ready: true,
    unschedulable: false,
    provider: 'managed',
    system: {
      containerRuntime: 'containerd://2.1.4',
      osImage: 'Amazon Linux 2023.6.20250203',
      kernel: '6.1.127-135.201.amzn2023.x86_64',
    },
    ...(managed ? { nodeGroup: 'blue' } : {}),
    ...change,
  };
}

export function addon(name: string, version: string, change: Partial<ObservedAddon> = {}): ObservedAddon {
  return { name, version, status: 'ACTIVE', tags: {}, healthIssues: [], ...change };
}

export const coredns = addon('coredns', 'v1.11.3-eksbuild.1');

/** For each minor the versions on offer, EKS's default first. */
export function offers(versions: Record<string, string[]>): Observation['addonVersions'][string] {
  return Object.fromEntries(
    Object.entries(versions).map(([minor, list]) => [
      minor,
      list.map((version, index) => ({ version, isDefault: index === 0 })),
    ]),
  );
}

export function insight(id: string, change: Partial<ObservedInsight> = {}): ObservedInsight {
  return {
    id,
    name: 'Deprecated APIs removed in Kubernetes v1.32',
    category: 'UPGRADE_READINESS',
    kubernetesVersion: '1.32',
    status: 'ERROR',
    reason: 'Deprecated APIs are in use',
    recommendation: 'Move to the newer API',
    usages: [],
    ...change,
  };
}

type RequestFields = Record<string, unknown>;

export function request(fields: RequestFields = {}, workflowType: WorkflowType = 'upgradeCluster'): Request {
  const target =
    workflowType === 'upgradeCluster'
      ? { targetVersion: '1.33' }
      : workflowType === 'upgradeControlPlane'
        ? { targetVersion: '1.32' }
        : {};
  return readRequest(workflowType, { cluster: { name: 'demo' }, ...target, ...fields });
}

export function plan(
  observation: Observation = observe(),
  fields: RequestFields = {},
  rest: Partial<Pick<PlanInput, 'workflowType' | 'approved' | 'now'>> = {},
): PlanResult {
  const workflowType = rest.workflowType ?? 'upgradeCluster';
  return makePlan({
    observation,
    request: request(fields, workflowType),
    workflowType,
    approved: rest.approved,
    now: rest.now ?? new Date(observedAt),
  });
}
