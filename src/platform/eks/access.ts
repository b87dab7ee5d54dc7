import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  DescribeAccessEntryCommand,
  ListAccessEntriesCommand,
  ListAssociatedAccessPoliciesCommand,
  UpdateAccessEntryCommand,
} from '@aws-sdk/client-eks';
import type { AccessEntry, AssociatedAccessPolicy } from '@aws-sdk/client-eks';
import { StepladderError } from '../../contract/errors.ts';
import type { AccessCopy, CopyOutcome } from '../clusterCopy.ts';
import type { EksConnection } from './connection.ts';
import { copyAccessEntry } from './copyAccessEntry.ts';
import { isNameTaken, isNotFound } from './presence.ts';

/** ListAccessEntries: ARNs of the principals that are let in. */
export async function listAccessEntries(connection: EksConnection, signal?: AbortSignal): Promise<string[]> {
  return connection.all('ListAccessEntries', undefined, signal, async (client, nextToken, options) => {
    const answer = await client.send(
      new ListAccessEntriesCommand({ clusterName: connection.cluster, nextToken }),
      options,
    );
    return { entries: answer.accessEntries, nextToken: answer.nextToken };
  });
}

/** DescribeAccessEntry; undefined when the principal has none. */
export async function findAccessEntry(
  connection: EksConnection,
  principalArn: string,
  signal?: AbortSignal,
): Promise<AccessEntry | undefined> {
  try {
    const { accessEntry } = await connection.call(
      'DescribeAccessEntry',
      `access entry ${principalArn}`,
      signal,
      (client, options) =>
        client.send(
          new DescribeAccessEntryCommand({ clusterName: connection.cluster, principalArn }),
          options,
        ),
    );
    return accessEntry;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * Lets a principal in as another cluster does. One that has an entry gets the policies and groups that it lacks, where
 * the entry bears our notes or `complete` says so; nothing is taken from it.
 */
export async function letIn(
  connection: EksConnection,
  copy: AccessCopy,
  signal?: AbortSignal,
): Promise<CopyOutcome> {
  const source = connection.to(copy.like);
  const like = await findAccessEntry(source, copy.principal, signal);
  if (like === undefined) return 'missing';
  const policies = await listPolicies(source, copy.principal, signal);
  const present = await findAccessEntry(connection, copy.principal, signal);
  if (present === undefined && (await create(connection, like, copy, signal))) {
    await associate(connection, copy.principal, policies, signal);
    return 'made';
  }
  const found = present ?? (await findAccessEntry(connection, copy.principal, signal));
  return found === undefined || !(copy.complete || isOurs(found, copy))
    ? 'there-already'
    : complete(connection, found, like, policies, signal);
}

/** False when somebody was faster: this call's own first run, perhaps. */
async function create(
  connection: EksConnection,
  like: AccessEntry,
  copy: AccessCopy,
  signal?: AbortSignal,
): Promise<boolean> {
  const request = copyAccessEntry(connection.cluster, like, copy);
  try {
    await connection.call('CreateAccessEntry', `access entry ${copy.principal}`, signal, (client, options) =>
      client.send(new CreateAccessEntryCommand(request), options),
    );
    return true;
  } catch (error) {
    if (isNameTaken(error)) return false;
    throw error;
  }
}

async function complete(
  connection: EksConnection,
  found: AccessEntry,
  like: AccessEntry,
  policies: readonly AssociatedAccessPolicy[],
  signal?: AbortSignal,
): Promise<CopyOutcome> {
  const principalArn = found.principalArn ?? '';
  const has = new Set((await listPolicies(connection, principalArn, signal)).map(scopeText));
  const missing = policies.filter((policy) => !has.has(scopeText(policy)));
  const groups = new Set([...(found.kubernetesGroups ?? []), ...(like.kubernetesGroups ?? [])]);
  const regrouped = found.type === 'STANDARD' && groups.size > (found.kubernetesGroups ?? []).length;
  if (regrouped) {
    await connection.call('UpdateAccessEntry', `access entry ${principalArn}`, signal, (client, options) =>
      client.send(
        new UpdateAccessEntryCommand({
          clusterName: connection.cluster,
          principalArn,
          kubernetesGroups: [...groups],
        }),
        options,
      ),
    );
  }
  await associate(connection, principalArn, missing, signal);
  return regrouped || missing.length > 0 ? 'completed' : 'there-already';
}

async function associate(
  connection: EksConnection,
  principalArn: string,
  policies: readonly AssociatedAccessPolicy[],
  signal?: AbortSignal,
): Promise<void> {
  for (const { policyArn, accessScope } of policies) {
    await connection.call(
      'AssociateAccessPolicy',
      `access entry ${principalArn}`,
      signal,
      (client, options) =>
        client.send(
          new AssociateAccessPolicyCommand({
            clusterName: connection.cluster,
            principalArn,
            policyArn,
            accessScope:
              accessScope?.type === 'namespace'
                ? { type: 'namespace', namespaces: accessScope.namespaces ?? [] }
                : { type: 'cluster' },
          }),
          options,
        ),
    );
  }
}

async function listPolicies(
  connection: EksConnection,
  principalArn: string,
  signal?: AbortSignal,
): Promise<AssociatedAccessPolicy[]> {
  return connection.all(
    'ListAssociatedAccessPolicies',
    `access entry ${principalArn}`,
    signal,
    async (client, nextToken, options) => {
      const answer = await client.send(
        new ListAssociatedAccessPoliciesCommand({ clusterName: connection.cluster, principalArn, nextToken }),
        options,
      );
      return { entries: answer.associatedAccessPolicies, nextToken: answer.nextToken };
    },
  );
}

/** An entry has each policy once, with one scope: giving it another one replaces the scope. */
function scopeText({ policyArn, accessScope }: AssociatedAccessPolicy): string {
  const namespaces = accessScope?.type === 'namespace' ? [...(accessScope.namespaces ?? [])].sort() : [];
  return JSON.stringify([policyArn, namespaces]);
}

function isOurs({ tags = {} }: AccessEntry, { notes }: AccessCopy): boolean {
  return Object.entries(notes).every(([key, value]) => tags[key] === value);
}

/** @throws StepladderError `ServerError` where EKS describes one without saying what it is */
export async function describeAccessEntry(
  connection: EksConnection,
  principalArn: string,
  signal?: AbortSignal,
): Promise<AccessEntry> {
  const found = await findAccessEntry(connection, principalArn, signal);
  if (found !== undefined) return found;
  throw new StepladderError('ServerError', `EKS lists ${principalArn}, and has no access entry of it.`);
}
