import { clusterAdminPolicy } from '../eks-api/accessPolicies.ts';
import { principalOf } from '../eks-api/accessEntryRecord.ts';
import type { AccessKey, EksService } from '../eks-api/index.ts';
import { accessKeyOfToken, refusalOf } from '../eks-api/clusterToken.ts';
import type { LabIdentity } from './controlPlane/tokenWebhook.ts';

/** The access key that an EKS token was made with, if it is a good one. */
export function keyOfToken(token: string, known: readonly AccessKey[]): AccessKey | undefined {
  if (refusalOf(token, { credentials: [...known], staticTokens: [] }) !== undefined) return undefined;
  const id = accessKeyOfToken(token);
  return known.find(({ accessKeyId }) => accessKeyId === id);
}

/**
 * Who a principal is in a cluster, as EKS has it: by its access entry; or, where there are none, the creator is the
 * administrator. Of the access policies only that of the cluster's administrators is known.
 *
 * @param creator ARN of who has created the cluster
 */
export function identityByEntries(
  { cluster, accessEntries }: EksService,
  callerArn: string,
  creator: string | undefined,
): LabIdentity | undefined {
  const principal = principalOf(callerArn);
  const administrator = { username: callerArn, groups: ['system:masters'] };
  if (cluster.settings.authenticationMode === 'CONFIG_MAP')
    return creator !== undefined && principalOf(creator) === principal ? administrator : undefined;
  const entry = accessEntries.get(principal);
  if (entry === undefined) return undefined;
  const policy = entry.policies.get(clusterAdminPolicy);
  if (policy !== undefined && policy.namespaces === undefined) return administrator;
  return { username: callerArn, groups: entry.kubernetesGroups };
}
