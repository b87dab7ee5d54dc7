import type { EksAccessEntryState, EksPodIdentityState } from '../eks-api/index.ts';
import type { Scenario } from './scenario.ts';

/** The access entries of a scenario, and the one by which EKS lets in the nodes of its groups. */
export function accessEntriesOf({ cluster, nodeGroups, accessEntries }: Scenario): EksAccessEntryState[] {
  if (cluster.authenticationMode === 'CONFIG_MAP') return [];
  const given = accessEntries.map(
    ({ principal, type, groups, username, policies, tags }): EksAccessEntryState => ({
      principalArn: principal,
      type,
      ...(groups === undefined ? {} : { kubernetesGroups: groups }),
      ...(username === undefined ? {} : { username }),
      policies: policies.map(({ policy, namespaces }) => ({
        policyArn: `arn:aws:eks::aws:cluster-access-policy/${policy}`,
        ...(namespaces === undefined ? {} : { namespaces }),
      })),
      tags,
    }),
  );
  const nodeRole = `arn:aws:iam::${cluster.account}:role/${cluster.name}-nodes`;
  if (nodeGroups.length === 0 || given.some(({ principalArn }) => principalArn === nodeRole)) return given;
  return [...given, { principalArn: nodeRole, type: 'EC2_LINUX' }];
}

/** The Pod Identity associations of a scenario. */
export function podIdentitiesOf({ podIdentityAssociations }: Scenario): EksPodIdentityState[] {
  return podIdentityAssociations.map(({ namespace, serviceAccount, role, targetRole, tags }) => ({
    namespace,
    serviceAccount,
    roleArn: role,
    tags,
    ...(targetRole === undefined ? {} : { targetRoleArn: targetRole }),
  }));
}
