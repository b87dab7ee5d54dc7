import type { PodIdentityAssociation } from '@aws-sdk/client-eks';
import { stableHex, stableUuid } from './random.ts';
import type { EksClusterState, EksPodIdentityState } from './state.ts';

/** EKS's record of one Pod Identity association. */
export interface PodIdentityRecord {
  /** `a-` and 17 digits. */
  id: string;
  arn: string;
  namespace: string;
  serviceAccount: string;
  roleArn: string;
  createdAt: Date;
  modifiedAt: Date;
  tags: Record<string, string>;
  disableSessionTags: boolean;
  targetRoleArn: string | undefined;
  /** The add-on that it belongs to. */
  ownerArn: string | undefined;
}

/** The record that an association starts with. */
export function podIdentityRecord(
  cluster: Pick<EksClusterState, 'name' | 'region' | 'account'>,
  state: EksPodIdentityState & { ownerArn?: string },
  now: Date,
): PodIdentityRecord {
  const { name, region, account } = cluster;
  const { namespace, serviceAccount, roleArn } = state;
  const id = `a-${stableHex(`${name}/${namespace}/${serviceAccount}/${now.toISOString()}`, 17)}`;
  return {
    id,
    arn: `arn:aws:eks:${region}:${account}:podidentityassociation/${name}/${id}`,
    namespace,
    serviceAccount,
    roleArn,
    createdAt: now,
    modifiedAt: now,
    tags: { ...state.tags },
    disableSessionTags: state.disableSessionTags ?? false,
    targetRoleArn: state.targetRoleArn,
    ownerArn: state.ownerArn,
  };
}

/** As DescribePodIdentityAssociation tells it. */
export function describePodIdentityRecord(
  record: PodIdentityRecord,
  clusterName: string,
): PodIdentityAssociation {
  const { id, arn, targetRoleArn, ownerArn } = record;
  return {
    clusterName,
    namespace: record.namespace,
    serviceAccount: record.serviceAccount,
    roleArn: record.roleArn,
    associationArn: arn,
    associationId: id,
    tags: record.tags,
    createdAt: record.createdAt,
    modifiedAt: record.modifiedAt,
    disableSessionTags: record.disableSessionTags,
    ...(ownerArn === undefined ? {} : { ownerArn }),
    // A role of another account is assumed with an external ID, by which that one knows the association.
    ...(targetRoleArn === undefined ? {} : { targetRoleArn, externalId: stableUuid(arn) }),
  };
}
