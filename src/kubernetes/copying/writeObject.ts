import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesConnection } from '../connection.ts';
import { createPath } from '../discovery.ts';
import type { ListableResource } from '../discovery.ts';
import { statusBehind } from '../errors.ts';
import type { KubernetesStatusError } from '../errors.ts';
import { isObject, objectAt, sameJson, textAt } from '../../tools/crds/json.ts';
import type { Json } from '../../tools/crds/json.ts';
import { madeByNoteKey } from '../../plan/leftovers.ts';
import type { Singleton } from '../../contract/migration.ts';
import { holdNoteKey } from './holdNote.ts';
import { hold, isAtWork } from './holding.ts';
import { mergePatched, patchToward } from './mergePatch.ts';

export interface WriteContext {
  green: KubernetesConnection;
  singletons: readonly Singleton[];
  /** The root's workflow ID, noted on whatever is made. */
  madeBy: string;
  signal?: AbortSignal | undefined;
}

/** What came of one object. `refused` says why green does not take it. */
export type Written = { outcome: 'created' | 'changed' | 'unchanged' } | { outcome: 'refused'; why: string };

/**
 * Brings one object to green: made, with our note, where there is none of its name; where there is, only what differs
 * is changed, so that doing it twice is doing it once. What must not work twice stands still from the first moment.
 *
 * @param wanted as `stripObject` gives it
 * @param isThere false when it is known that green has none; it is looked up all the same when that turns out wrong
 * @throws StepladderError when green itself is the trouble (out of reach, throttled, credentials)
 */
export async function writeObject(
  resource: ListableResource,
  wanted: Json,
  isThere: boolean,
  context: WriteContext,
): Promise<Written> {
  const metadata = objectAt(wanted, 'metadata');
  const namespace = resource.namespaced ? textAt(metadata, 'namespace') : undefined;
  const collection = createPath(resource, namespace);
  const path = `${collection}/${encodeURIComponent(textAt(metadata, 'name'))}`;
  const what = `${resource.kind} ${namespace === undefined ? '' : `${namespace}/`}${textAt(metadata, 'name')}`;
  const live = isThere ? await find(path, what, context) : undefined;
  if (live !== undefined && 'why' in live) return { outcome: 'refused', why: live.why };
  if (live !== undefined) return bringToTheSame(path, what, live.object, wanted, context);
  const made = await create(collection, what, wanted, context);
  if (made !== 'taken') return made;
  // Somebody has made it meanwhile: a controller of green, or an attempt before this one.
  const found = await find(path, what, context);
  if (found === undefined) return { outcome: 'refused', why: 'it came and went while it was being made' };
  if ('why' in found) return { outcome: 'refused', why: found.why };
  return bringToTheSame(path, what, found.object, wanted, context);
}

async function create(
  path: string,
  what: string,
  wanted: Json,
  { green, singletons, madeBy, signal }: WriteContext,
): Promise<Written | 'taken'> {
  const noted = mergePatched(wanted, { metadata: { annotations: { [madeByNoteKey]: madeBy } } });
  const body = mergePatched(noted, hold(noted, { singletons, madeBy }) ?? {});
  try {
    await patiently(signal, () =>
      green.change('POST', path, { body, signal, what: `make ${what}`, isAnswer: isWebhookTrouble }),
    );
    return { outcome: 'created' };
  } catch (error) {
    const status = statusBehind(error);
    if (status?.code === 409 && status.reason === 'AlreadyExists') return 'taken';
    return refusal(error);
  }
}

async function bringToTheSame(
  path: string,
  what: string,
  live: Json,
  wanted: Json,
  { green, singletons, madeBy, signal }: WriteContext,
): Promise<Written> {
  const { apiVersion: _apiVersion, kind: _kind, ...said } = wanted;
  const toward = withoutWork(live, patchToward(live, said) ?? {}, { singletons, madeBy });
  if (Object.keys(toward).length === 0) return { outcome: 'unchanged' };
  try {
    const answer = await green.change('PATCH', path, {
      body: toward,
      signal,
      what: `change ${what}`,
      isAnswer: isWebhookTrouble,
    });
    const changed = versionOf(isObject(answer) ? answer : {}) !== versionOf(live);
    return { outcome: changed ? 'changed' : 'unchanged' };
  } catch (error) {
    return refusal(error);
  }
}

/** The patch, and what has the object stand still if it would work with it. */
function withoutWork(
  live: Json,
  patch: Json,
  by: { singletons: readonly Singleton[]; madeBy: string },
): Json {
  const patched = mergePatched(live, patch);
  // What the patch would set to work is how much works on blue by now: that is to be given back, and no more what was.
  const wouldStart = isAtWork(patched) && !isAtWork(live);
  const still = hold(wouldStart ? mergePatched(patched, withoutHoldNote) : patched, by);
  const whole = still === undefined ? patch : mergedPatches(patch, still);
  // What stood still before and stands still again is no change.
  return patchOf(live, whole);
}

const withoutHoldNote = { metadata: { annotations: { [holdNoteKey]: null } } };

/** Two merge patches as one: the second has the last word. Unlike applying one, nulls are kept. */
function mergedPatches(one: Json, other: Json): Json {
  const result: Json = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const old = result[key];
    result[key] = isObject(value) && isObject(old) ? mergedPatches(old, value) : value;
  }
  return result;
}

/** What of a patch still changes something. */
function patchOf(live: Json, patch: Json): Json {
  const result: Json = {};
  for (const [key, value] of Object.entries(patch)) {
    const old = live[key];
    if (isObject(value) && isObject(old)) {
      const inner = patchOf(old, value);
      if (Object.keys(inner).length > 0) result[key] = inner;
    } else if (value === null ? old !== undefined : !sameJson(old, value)) result[key] = value;
  }
  return result;
}

/** What is there; `why` when we may not look. Undefined for nothing. */
async function find(
  path: string,
  what: string,
  { green, signal }: WriteContext,
): Promise<{ object: Json } | { why: string } | undefined> {
  try {
    const found = await green.getJson(path, { signal, what: `read ${what}` });
    return { object: isObject(found) ? found : {} };
  } catch (error) {
    const status = statusBehind(error);
    if (status?.code === 404) return undefined;
    if (status?.code === 403) return { why: status.message };
    throw error;
  }
}

/** A namespace's or a CRD's own caches lag behind for a moment: what is refused for that is tried again. */
const lagTries = 5;
const lagMs = 200;

async function patiently<T>(signal: AbortSignal | undefined, once: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await once();
    } catch (error) {
      const status = statusBehind(error);
      const lags =
        (status?.code === 404 && status.reason === 'NotFound') ||
        (status?.code === 403 && /unknown for quota|namespace .* not found/.test(status.message));
      if (!lags || tries >= lagTries) throw error;
    }
    await sleep(lagMs * tries, undefined, signal === undefined ? {} : { signal });
  }
}

/** What green says about this one object; anything else is thrown on. */
function refusal(error: unknown): Written {
  const status = statusBehind(error);
  const aboutObject = status !== undefined && status.code !== 401 && status.code !== 429;
  if (!aboutObject || (status.code >= 500 && !isWebhookTrouble(status))) throw error;
  return { outcome: 'refused', why: withoutValues(status.message.split('\n')[0] ?? '').slice(0, 300) };
}

/** What stands between may be gone for long: it is not waited for here, and tried once more at the end. */
function isWebhookTrouble({ code, message }: KubernetesStatusError): boolean {
  return code >= 500 && /failed calling webhook|conversion webhook|no endpoints available/.test(message);
}

/** A refusal names the field and quotes what stands in it, which may be a secret or a whole spec. */
function withoutValues(message: string): string {
  return message.replaceAll(/Invalid value: (?:"(?:[^"\\]|\\.)*"|.*?): /g, 'Invalid value: ');
}

function versionOf(object: Json): string {
  return textAt(objectAt(object, 'metadata'), 'resourceVersion');
}
