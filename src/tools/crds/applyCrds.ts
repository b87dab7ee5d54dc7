import { setTimeout as sleep } from 'node:timers/promises';
import { StepladderError } from '../../contract/errors.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { statusBehind } from '../../kubernetes/errors.ts';
import type { CrdDocument } from '../types.ts';
import { classifyCrd } from './classify/classifyCrd.ts';
import { readCrd, submitCrd } from './crdApi.ts';
import { isObject, listAt, objectAt, textAt } from './json.ts';
import type { Json } from './json.ts';
import { migrateStorage } from './migrateStorage.ts';

export interface ApplyOptions {
  signal?: AbortSignal | undefined;
  /** Called while something goes on: a heartbeat. */
  onProgress?: () => void;
  /** How long a CRD may take until it is Established with its names accepted. Milliseconds; a minute without it. */
  timeoutMs?: number;
  /** Between two looks at it. Milliseconds; half a second without it. */
  pollMs?: number;
  /**
   * Before objects are written again in a new storage version, so that every API server of the cluster knows of it.
   * Milliseconds; five seconds without it.
   */
  settleMs?: number;
}

export interface AppliedCrds {
  /** CRDs that were changed or made, by name. */
  applied: string[];
  /** Those that were as they should be already. */
  unchanged: string[];
  /** Objects that were written again because the version in which they are stored changed, by CRD. */
  migrated: Record<string, number>;
}

/**
 * Brings CRDs into the cluster and waits until each is Established and its names are accepted. One that is as it should
 * be is left alone, so that doing it twice is doing it once. Where another version is stored than before, all objects
 * are written again in it, and the old ones are taken off `status.storedVersions`.
 *
 * New CRDs among a chart's templates are left to Helm, which would not take over what it has not made.
 *
 * @throws StepladderError `ToolFailed` when the API server refuses one, or does not establish it in time; otherwise as
 * `KubernetesConnection.change`
 */
export async function applyCrds(
  connection: KubernetesConnection,
  crds: readonly CrdDocument[],
  options: ApplyOptions = {},
): Promise<AppliedCrds> {
  const { signal, onProgress } = options;
  const result: AppliedCrds = { applied: [], unchanged: [], migrated: {} };
  for (const document of crds) {
    const live = await readCrd(connection, document.name, signal);
    onProgress?.();
    if (live === undefined && document.from === 'template') continue;
    const changed = await bringIn(connection, document, live, signal);
    (changed ? result.applied : result.unchanged).push(document.name);
    const established = await awaitEstablished(connection, document.name, options);
    const objects = await migrateStorage(connection, established, options);
    if (objects !== undefined) result.migrated[document.name] = objects;
  }
  return result;
}

async function bringIn(
  connection: KubernetesConnection,
  document: CrdDocument,
  live: Json | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    if (live !== undefined) {
      const next = await submitCrd(connection, document, live, { dryRun: true, signal });
      if (classifyCrd(live, next).length === 0) return false;
    }
    await submitCrd(connection, document, live, { dryRun: false, signal });
    return true;
  } catch (error) {
    const status = statusBehind(error);
    if (status?.code !== 400 && status?.code !== 422) throw error;
    throw new StepladderError(
      'ToolFailed',
      `The API server refuses the CustomResourceDefinition ${document.name}: ${status.message}`,
      { crd: document.name },
      { cause: error },
    );
  }
}

const defaultTimeoutMs = 60_000;
const defaultPollMs = 500;

async function awaitEstablished(
  connection: KubernetesConnection,
  name: string,
  { signal, onProgress, timeoutMs = defaultTimeoutMs, pollMs = defaultPollMs }: ApplyOptions,
): Promise<Json> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const crd = (await readCrd(connection, name, signal)) ?? {};
    const missing = ['NamesAccepted', 'Established'].filter((type) => !holds(crd, type));
    if (missing.length === 0) return crd;
    if (performance.now() >= deadline) {
      throw new StepladderError(
        'ToolFailed',
        `The CustomResourceDefinition ${name} was applied, but is not ${missing.join(' and ')} after ${Math.round(timeoutMs / 1000)} s${reasonOf(crd, missing)}. \`kubectl describe crd ${name}\` tells more.`,
        { crd: name },
      );
    }
    onProgress?.();
    await sleep(pollMs, undefined, signal === undefined ? {} : { signal });
  }
}

function conditionsOf(crd: Json): Json[] {
  return listAt(objectAt(crd, 'status'), 'conditions').filter(isObject);
}

function holds(crd: Json, type: string): boolean {
  return conditionsOf(crd).some((each) => each['type'] === type && each['status'] === 'True');
}

function reasonOf(crd: Json, types: readonly string[]): string {
  const messages = conditionsOf(crd)
    .filter((each) => types.includes(textAt(each, 'type')) && textAt(each, 'message') !== '')
    .map((each) => textAt(each, 'message'));
  return messages.length === 0 ? '' : `: ${messages.join('; ')}`;
}
