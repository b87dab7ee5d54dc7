import type { Addon, AddonStatus } from '@aws-sdk/client-eks';
import { findAddonInfo } from './addonCatalogue.ts';
import { stableUuid } from './random.ts';
import type { EksAddonState, EksClusterState, EksHealthIssue } from './state.ts';

/** EKS's record of one add-on. */
export interface AddonRecord {
  name: string;
  arn: string;
  version: string;
  status: AddonStatus;
  createdAt: Date;
  modifiedAt: Date;
  tags: Record<string, string>;
  serviceAccountRoleArn: string | undefined;
  configurationValues: string | undefined;
  modifiedFields: string[];
  issues: EksHealthIssue[];
  /** ARNs of the Pod Identity associations that it was made with. */
  podIdentities: string[];
}

/** The record that an add-on starts with. */
export function addonRecord(cluster: EksClusterState, state: EksAddonState): AddonRecord {
  const { name, region, account } = cluster;
  const createdAt = state.createdAt ?? cluster.createdAt;
  return {
    name: state.name,
    arn: `arn:aws:eks:${region}:${account}:addon/${name}/${state.name}/${stableUuid(`${name}/${state.name}`)}`,
    version: state.version,
    status: state.status ?? 'ACTIVE',
    createdAt,
    modifiedAt: createdAt,
    tags: { ...state.tags },
    serviceAccountRoleArn: state.serviceAccountRoleArn,
    configurationValues: state.configurationValues,
    modifiedFields: [...(state.modifiedFields ?? [])],
    issues: [...(state.health ?? [])],
    podIdentities: [],
  };
}

/** As DescribeAddon tells it. */
export function describeAddonRecord(
  record: AddonRecord,
  clusterName: string,
): Omit<Addon, 'health'> & { health: { issues: EksHealthIssue[] } } {
  const info = findAddonInfo(record.name);
  return {
    addonName: record.name,
    clusterName,
    status: record.status,
    addonVersion: record.version,
    health: { issues: record.issues },
    addonArn: record.arn,
    createdAt: record.createdAt,
    modifiedAt: record.modifiedAt,
    serviceAccountRoleArn: record.serviceAccountRoleArn,
    configurationValues: record.configurationValues,
    tags: record.tags,
    publisher: info?.publisher,
    owner: info?.owner,
    podIdentityAssociations: record.podIdentities,
  };
}
