import type { IamSetup, RoleSetup } from '../iam-api/index.ts';
import type { Scenario } from './scenario.ts';

/** The annotation by which a service account names its role. */
const annotation = 'eks.amazonaws.com/role-arn';
const audience = 'sts.amazonaws.com';

/**
 * What IAM knows of a scenario: the roles that it lists, and those of its account that service accounts name, with the
 * OIDC provider of the cluster where there is any of them.
 *
 * @param issuer URL of the cluster's OIDC issuer
 */
export function iamStateOf(scenario: Scenario, issuer: string): IamSetup {
  const { account } = scenario.cluster;
  const name = issuer.replace(/^https:\/\//, '');
  const provider = `arn:aws:iam::${account}:oidc-provider/${name}`;
  const named = rolesOfServiceAccounts(scenario);
  const listed = scenario.roles.map(({ arn, trustPolicy }): RoleSetup => ({
    arn,
    trustPolicy:
      trustPolicy === undefined
        ? trustOf(named.get(arn) ?? [], { name, provider })
        : filledIn(trustPolicy, { issuer: name, provider }),
  }));
  const others = [...named]
    .filter(([arn]) => arn.includes(`::${account}:`) && !listed.some((role) => role.arn === arn))
    .map(([arn, subjects]): RoleSetup => ({ arn, trustPolicy: trustOf(subjects, { name, provider }) }));
  const roles = [...listed, ...others];
  return { account, roles, providers: roles.length === 0 ? [] : [{ url: issuer, clientIds: [audience] }] };
}

/** By the role's ARN: the subjects of the service accounts that name it. */
function rolesOfServiceAccounts({ manifests }: Scenario): Map<string, string[]> {
  const roles = new Map<string, string[]>();
  for (const { kind, metadata } of manifests) {
    const { namespace = 'default', annotations } = metadata;
    if (kind !== 'ServiceAccount' || typeof annotations !== 'object' || annotations === null) continue;
    const role: unknown = Reflect.get(annotations, annotation);
    if (typeof role !== 'string') continue;
    roles.set(role, [...(roles.get(role) ?? []), `system:serviceaccount:${namespace}:${metadata.name}`]);
  }
  return roles;
}

function trustOf(subjects: string[], { name, provider }: { name: string; provider: string }): object {
  const sub = subjects.length === 1 ? subjects[0] : subjects;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${name}:sub`]: sub, [`${name}:aud`]: audience } },
      },
    ],
  };
}

function filledIn(policy: object, words: { issuer: string; provider: string }): object {
  const text = JSON.stringify(policy)
    .replaceAll('{provider}', words.provider)
    .replaceAll('{issuer}', words.issuer);
  return JSON.parse(text) as object;
}
