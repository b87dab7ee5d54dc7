import { z } from 'zod';
import { StepladderError } from '../../contract/errors.ts';
import { inOrder } from '../../kubernetes/inOrder.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { listObjects, metadataOnly } from '../../kubernetes/list.ts';
import type { ObservedAddon } from '../../plan/observation.ts';
import type { ObservedRole } from '../../plan/observedMigration.ts';
import type { EksAccess } from '../../platform/eks/client.ts';
import { ownSid } from '../../platform/eks/roles/greenTrust.ts';
import type { Issuer } from '../../platform/eks/roles/greenTrust.ts';
import { IamConnection } from '../../platform/eks/roles/iamConnection.ts';
import { judgeRole } from '../../platform/eks/roles/judgeRole.ts';
import { accountOf, issuerOf } from '../../platform/eks/roles/oidcProvider.ts';
import { findProvider } from '../../platform/eks/roles/providers.ts';
import { trustPolicyOf } from '../../platform/eks/roles/roles.ts';

/** The annotation by which EKS's webhook gives a service account's Pods a role. */
export const roleAnnotation = 'eks.amazonaws.com/role-arn';

/** Service accounts that are named of one role; all are judged. */
const namedAccounts = 20;

const serviceAccountSchema = z
  .object({
    metadata: z.object({
      namespace: z.string(),
      name: z.string(),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
  })
  .transform(({ metadata: { namespace, name, annotations } }) => ({
    account: `${namespace}/${name}`,
    role: annotations?.[roleAnnotation],
  }));

/** What is asked about. */
export interface RolesWanted {
  kubernetes: KubernetesConnection;
  /** In which region and as which role AWS is asked. */
  access: EksAccess;
  /** Blue's ARN and, where it has one, the URL of its OIDC issuer. */
  blue: { arn: string; issuer?: string | undefined };
  /** Add-ons of blue, which may have roles of their own. */
  addons: readonly Pick<ObservedAddon, 'name' | 'roleArn'>[];
  /** Green's ARN, and the URL of its issuer where it is there already. */
  green: { arn: string; issuer?: string | undefined };
  signal?: AbortSignal | undefined;
}

/**
 * The IAM roles of blue's service accounts and add-ons, each with how it stands to green. A role that can't be read is
 * `unknown`, with why; so is one whose trust policy can't be carried over.
 *
 * @throws StepladderError as listing service accounts does; what AWS says about more than one role (throttling, no
 * route)
 */
export async function observeRoles(wanted: RolesWanted): Promise<ObservedRole[]> {
  const { access, blue, green, signal } = wanted;
  const roles = await rolesOfBlue(wanted);
  if (roles.size === 0) return [];
  const connection = new IamConnection(access);
  const greenIssuer = await usableIssuer(connection, green, blue.arn, signal);
  const look = async ([arn, serviceAccounts]: [string, string[]]): Promise<ObservedRole> => {
    const role = { arn, serviceAccounts: serviceAccounts.slice(0, namedAccounts) };
    if (accountOf(arn) !== accountOf(blue.arn)) {
      return {
        ...role,
        state: 'foreign',
        why: `it is of account ${accountOf(arn)}, and the clusters are of ${accountOf(blue.arn)}`,
      };
    }
    if (blue.issuer === undefined) {
      return { ...role, state: 'unknown', why: 'EKS does not tell the old cluster’s OIDC issuer' };
    }
    try {
      const judged = judgeRole(await trustPolicyOf(connection, arn, signal), {
        blue: issuerOf(blue.issuer, arn),
        green: greenIssuer,
        sid: ownSid(green.arn),
        serviceAccounts: serviceAccounts.filter((account) => account.includes('/')),
      });
      if (judged.state !== 'unclear') return { ...role, state: judged.state };
      const { why, remedy, blocks } = judged;
      return { ...role, state: 'unknown', why, remedy, ...(blocks ? { blocks } : {}) };
    } catch (error) {
      return { ...role, state: 'unknown', ...unreadable(error) };
    }
  };
  const observed: ObservedRole[] = [];
  const sorted = [...roles].sort(([one], [other]) => (one < other ? -1 : 1));
  for await (const role of inOrder(sorted, look)) observed.push(role);
  return observed;
}

/** By ARN: who assumes it, as `namespace/name`, or `add-on name` where no service account of it is seen. */
async function rolesOfBlue({ kubernetes, addons, signal }: RolesWanted): Promise<Map<string, string[]>> {
  const accounts = await listObjects(kubernetes, '/api/v1/serviceaccounts', serviceAccountSchema, {
    name: 'serviceaccounts',
    accept: metadataOnly,
    signal,
  });
  const roles = new Map<string, string[]>();
  for (const { account, role } of accounts) {
    if (role !== undefined && role !== '') roles.set(role, [...(roles.get(role) ?? []), account]);
  }
  for (const { name, roleArn } of addons) {
    if (roleArn !== undefined && !roles.has(roleArn)) roles.set(roleArn, [`add-on ${name}`]);
  }
  return roles;
}

/** Green's issuer, where it is there with its provider: without one, no role can trust it yet. */
async function usableIssuer(
  connection: IamConnection,
  { issuer }: RolesWanted['green'],
  blueArn: string,
  signal: AbortSignal | undefined,
): Promise<Issuer | undefined> {
  if (issuer === undefined) return undefined;
  const found = issuerOf(issuer, blueArn);
  try {
    return (await findProvider(connection, found.providerArn, signal)) === undefined ? undefined : found;
  } catch (error) {
    if (error instanceof StepladderError && error.type === 'CredentialsRefused') return undefined;
    throw error;
  }
}

/** What one role alone is no reason to throw for. */
function unreadable(error: unknown): { why: string; remedy: string } {
  if (!(error instanceof StepladderError)) throw error;
  if (error.type === 'CredentialsRefused') {
    return { why: error.message, remedy: 'Grant the worker iam:GetRole (deploy/iam), and plan again.' };
  }
  if (error.type !== 'PlatformRefused') throw error;
  return {
    why: error.message,
    remedy: `Name a role that there is by ${roleAnnotation}, or take the annotation off.`,
  };
}
