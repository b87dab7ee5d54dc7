import type { AccessEntry, CreateAccessEntryRequest } from '@aws-sdk/client-eks';
import type { AccessCopy } from '../clusterCopy.ts';
import { copyTags } from './copyTags.ts';

/**
 * What CreateAccessEntry is asked for so that a principal is let in as elsewhere. EKS takes groups and a name for the
 * type STANDARD only; a name that it has made from the principal, it makes again.
 */
export function copyAccessEntry(
  cluster: string,
  like: AccessEntry,
  copy: AccessCopy,
): CreateAccessEntryRequest {
  const { type = 'STANDARD', kubernetesGroups = [], username } = like;
  const named = type === 'STANDARD' && username !== undefined && username !== usualName(copy.principal);
  return {
    clusterName: cluster,
    principalArn: copy.principal,
    clientRequestToken: copy.token,
    type,
    ...(type === 'STANDARD' && kubernetesGroups.length > 0 ? { kubernetesGroups } : {}),
    ...(named ? { username } : {}),
    tags: { ...copyTags(like.tags), ...copy.notes },
  };
}

/**
 * Whether an entry is made by EKS itself wherever it is needed: for the nodes of node groups, for Fargate, for EKS Auto
 * Mode's own nodes, and for roles of AWS's services. All others somebody has made, those of Karpenter's nodes among them.
 *
 * @param nodeRoles roles of the cluster's node groups, and of EKS Auto Mode
 */
export function isMadeByEks(
  { principalArn = '', type }: Pick<AccessEntry, 'principalArn' | 'type'>,
  nodeRoles: ReadonlySet<string>,
): boolean {
  if (/:role\/aws-service-role\//.test(principalArn)) return true;
  return type === 'FARGATE_LINUX' || (type !== 'STANDARD' && nodeRoles.has(principalArn));
}

/** As EKS names whoever comes in by an entry without a name of its own. */
function usualName(principal: string): string {
  const [, partition, account, role] =
    /^arn:([a-z-]+):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(principal) ?? [];
  if (partition === undefined || account === undefined || role === undefined) return principal;
  return `arn:${partition}:sts::${account}:assumed-role/${role}/{{SessionName}}`;
}
