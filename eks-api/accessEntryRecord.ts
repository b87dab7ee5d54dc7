import type { AccessEntry, AccessScope, AssociatedAccessPolicy } from '@aws-sdk/client-eks';
import { stableUuid } from './random.ts';
import type { EksAccessEntryState, EksAccessPolicyState, EksClusterState } from './state.ts';

/** EKS's record of one access entry. */
export interface AccessEntryRecord {
  principalArn: string;
  arn: string;
  type: string;
  kubernetesGroups: string[];
  username: string;
  createdAt: Date;
  modifiedAt: Date;
  tags: Record<string, string>;
  /** By the policy's ARN. */
  policies: Map<string, AccessPolicyRecord>;
}

/** A policy that an access entry has, and where in the cluster it holds. */
export interface AccessPolicyRecord {
  policyArn: string;
  /** Undefined for the whole cluster. */
  namespaces: string[] | undefined;
  associatedAt: Date;
  modifiedAt: Date;
}

type ClusterOfEntry = Pick<EksClusterState, 'name' | 'region' | 'account'>;

/** The record that an access entry starts with. */
export function accessEntryRecord(
  cluster: ClusterOfEntry,
  state: EksAccessEntryState,
  now: Date,
): AccessEntryRecord {
  const { principalArn, type = 'STANDARD' } = state;
  const usual = usualIdentity(type, principalArn);
  return {
    principalArn,
    arn: arnOf(cluster, principalArn),
    type,
    kubernetesGroups: state.kubernetesGroups ?? usual.groups,
    username: state.username ?? usual.username,
    createdAt: now,
    modifiedAt: now,
    tags: { ...state.tags },
    policies: new Map((state.policies ?? []).map((policy) => [policy.policyArn, policyRecord(policy, now)])),
  };
}

export function policyRecord({ policyArn, namespaces }: EksAccessPolicyState, now: Date): AccessPolicyRecord {
  return { policyArn, namespaces, associatedAt: now, modifiedAt: now };
}

/** The IAM role or user that calls; who has assumed a role comes in by the role. */
export function principalOf(callerArn: string): string {
  const session = /^(arn:aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(callerArn);
  if (session === null) return callerArn;
  return `${session[1] ?? ''}:iam::${session[2] ?? ''}:role/${session[3] ?? ''}`;
}

/** Who Kubernetes takes them for unless it is said otherwise, by the type of the entry. */
function usualIdentity(type: string, principalArn: string): { username: string; groups: string[] } {
  switch (type) {
    case 'EC2_LINUX':
      return { username: 'system:node:{{EC2PrivateDNSName}}', groups: ['system:nodes'] };
    case 'EC2_WINDOWS':
      return {
        username: 'system:node:{{EC2PrivateDNSName}}',
        groups: ['system:nodes', 'eks:kube-proxy-windows'],
      };
    case 'FARGATE_LINUX':
    case 'HYBRID_LINUX':
      return {
        username: 'system:node:{{SessionName}}',
        groups: ['system:nodes', ...(type === 'FARGATE_LINUX' ? ['system:node-proxier'] : [])],
      };
    default:
      return { username: standardUsername(principalArn), groups: [] };
  }
}

function standardUsername(principalArn: string): string {
  const role = /^(arn:aws[a-z-]*):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(principalArn);
  if (role === null) return principalArn;
  return `${role[1] ?? ''}:sts::${role[2] ?? ''}:assumed-role/${role[3] ?? ''}/{{SessionName}}`;
}

function arnOf({ name, region, account }: ClusterOfEntry, principalArn: string): string {
  const kind = principalArn.includes(':user/') ? 'user' : 'role';
  const principal = principalArn.slice(principalArn.lastIndexOf('/') + 1);
  const id = stableUuid(`${name}/${principalArn}`);
  return `arn:aws:eks:${region}:${account}:access-entry/${name}/${kind}/${account}/${principal}/${id}`;
}

/** As DescribeAccessEntry tells it. */
export function describeAccessEntryRecord(record: AccessEntryRecord, clusterName: string): AccessEntry {
  return {
    clusterName,
    principalArn: record.principalArn,
    kubernetesGroups: record.kubernetesGroups,
    accessEntryArn: record.arn,
    createdAt: record.createdAt,
    modifiedAt: record.modifiedAt,
    tags: record.tags,
    username: record.username,
    type: record.type,
  };
}

/** As ListAssociatedAccessPolicies tells it. */
export function describePolicyRecord(record: AccessPolicyRecord): AssociatedAccessPolicy {
  const { policyArn, namespaces, associatedAt, modifiedAt } = record;
  const accessScope: AccessScope =
    namespaces === undefined ? { type: 'cluster', namespaces: [] } : { type: 'namespace', namespaces };
  return { policyArn, accessScope, associatedAt, modifiedAt };
}
