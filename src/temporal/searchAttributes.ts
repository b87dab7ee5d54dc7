import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import { setTimeout as sleep } from 'node:timers/promises';
import { StepladderError } from '../contract/errors.ts';
import { searchAttributeNames } from '../contract/searchAttributes.ts';
import { grpcCodeOf } from './connection.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const invalidArgument = 3;
/** What is needed of a connection, of a client's or a worker's. */
export type SearchAttributeServices = Pick<
  Connection | NativeConnection,
  'operatorService' | 'workflowService'
>;

/** A server's own caches take up to a minute to see a new attribute. */
const usableTimeoutMs = 90_000;

/**
 * Makes sure that a namespace knows our search attributes: looks, creates what is missing, and waits until it can be
 * used. Throws with the command to run when that is not possible; a worker must not start then, because an upgrade
 * would stay RUNNING with its workflow task failing for ever.
 */
export async function ensureSearchAttributes(
  connection: SearchAttributeServices,
  namespace: string,
): Promise<{ created: string[] }> {
  const missing = await findMissing(connection, namespace);
  if (missing.length === 0) return { created: [] };
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(
        missing.map((name) => [name, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD]),
      ),
    });
  } catch (error) {
    // Another worker may have been faster by a moment.
    if ((await findMissing(connection, namespace)).length > 0) {
      throw refusal(namespace, missing, error instanceof Error ? error.message : String(error));
    }
  }
  await awaitUsable(connection, namespace, missing);
  return { created: missing };
}

/** The commands that create search attributes, for a server of one's own and for Temporal Cloud. */
export function searchAttributeCommands(
  namespace: string,
  names: readonly string[] = searchAttributeNames,
): { server: string; cloud: string } {
  const pairs = names.map((name) => ` --name ${name} --type Keyword`).join('');
  const cloudPairs = names.map((name) => ` --search-attribute "${name}=Keyword"`).join('');
  return {
    server: `temporal operator search-attribute create --namespace ${namespace}${pairs}`,
    cloud: `tcld namespace search-attributes add --namespace ${namespace}${cloudPairs}`,
  };
}

/** Names that the namespace does not know. Throws when one has another type, or when it can't be found out. */
async function findMissing(connection: SearchAttributeServices, namespace: string): Promise<string[]> {
  let known: Record<string, number | null>;
  try {
    known = (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes;
  } catch {
    // Temporal Cloud, and servers that keep operators' calls to operators, still let us search.
    return findMissingBySearching(connection, namespace);
  }
  const wrong = searchAttributeNames.filter(
    (name) => Object.hasOwn(known, name) && known[name] !== IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  );
  if (wrong.length > 0) {
    throw new StepladderError(
      'InvalidInput',
      `The search attributes ${wrong.join(', ')} exist in the namespace "${namespace}" with another type than Keyword. Remove them first (temporal operator search-attribute remove --namespace ${namespace} ${wrong.map((name) => `--name ${name}`).join(' ')}), or use another namespace.`,
      { wrong },
    );
  }
  return searchAttributeNames.filter((name) => !Object.hasOwn(known, name));
}

async function findMissingBySearching(
  connection: SearchAttributeServices,
  namespace: string,
): Promise<string[]> {
  const missing: string[] = [];
  for (const name of searchAttributeNames) {
    if (!(await canSearchBy(connection, namespace, name))) missing.push(name);
  }
  return missing;
}

/** Whether a search by the attribute is understood: an unknown one is an invalid argument. */
async function canSearchBy(
  connection: SearchAttributeServices,
  namespace: string,
  name: string,
): Promise<boolean> {
  try {
    await connection.workflowService.countWorkflowExecutions({ namespace, query: `${name} = 'none'` });
    return true;
  } catch (error) {
    if (grpcCodeOf(error) === invalidArgument) return false;
    throw refusal(namespace, searchAttributeNames, error instanceof Error ? error.message : String(error));
  }
}

async function awaitUsable(
  connection: SearchAttributeServices,
  namespace: string,
  names: readonly string[],
): Promise<void> {
  const deadline = Date.now() + usableTimeoutMs;
  for (const name of names) {
    while (!(await canSearchBy(connection, namespace, name))) {
      if (Date.now() > deadline) {
        throw refusal(namespace, [name], `created, but not usable after ${usableTimeoutMs / 1000} s`);
      }
      await sleep(250);
    }
  }
}

function refusal(namespace: string, names: readonly string[], reason: string): StepladderError {
  const commands = searchAttributeCommands(namespace, names);
  return new StepladderError(
    'CredentialsRefused',
    `The namespace "${namespace}" lacks search attributes that upgrades need (${names.join(', ')}), and they could not be created: ${reason}\n` +
      `Let somebody who may do so run this once:\n  ${commands.server}\nor, for Temporal Cloud:\n  ${commands.cloud}`,
    { missing: [...names] },
  );
}
