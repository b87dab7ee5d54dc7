import { createHash } from 'node:crypto';
import { madeByNoteKey } from '../../plan/leftovers.ts';
import { canonical, isObject, listAt, objectAt, textAt } from '../../tools/crds/json.ts';
import type { Json } from '../../tools/crds/json.ts';
import { unheld } from '../copying/holding.ts';
import type { CopiedKind } from '../copying/objectFacts.ts';
import { stripObject } from '../copying/strip.ts';
import { withoutNewerDefaults } from './newerDefaults.ts';

/** What of two clusters decides what their objects say. */
export interface ContentsContext {
  /** Claims (`namespace/name`) whose volume both clusters use. */
  sharedClaims: ReadonlySet<string>;
  /** What an autoscaler of either cluster scales, by `scaledKey`. */
  autoscaled: ReadonlySet<string>;
}

/**
 * What an object says, as far as it should say the same on both clusters: less what copying leaves out of it, what stands
 * still given back, and less what only one of them fills in: newer defaults, replicas of an autoscaler, authorities that
 * a controller injects. A value that is null is one that is not there.
 */
export function contentsOf(kind: CopiedKind, object: Json, context: ContentsContext): Json {
  const stripped = stripObject(kind, unheld(object), {
    sharedClaims: context.sharedClaims,
    ownNotes: [madeByNoteKey, ...restatements],
  });
  const metadata = objectAt(stripped, 'metadata');
  const annotations = Object.keys(objectAt(metadata, 'annotations'));
  const injected = annotations.some((key) => key.startsWith('cert-manager.io/inject-'));
  const unscaled = context.autoscaled.has(scaledKey(object)) ? withoutReplicas(stripped) : stripped;
  return withoutNulls(withoutNewerDefaults(kind, injected ? withoutAuthorities(unscaled) : unscaled));
}

/** The same contents have the same digest (SHA-256, base64). */
export function digestOf(contents: Json): string {
  return createHash('sha256').update(canonical(contents)).digest('base64');
}

/** By what an autoscaler's target and an object are the same: without the version. */
export function scaledKey(object: Json): string {
  const { group, kind, namespace, name } = {
    group: groupOf(textAt(object, 'apiVersion')),
    kind: textAt(object, 'kind'),
    namespace: textAt(objectAt(object, 'metadata'), 'namespace'),
    name: textAt(objectAt(object, 'metadata'), 'name'),
  };
  return `${group}/${kind}/${namespace}/${name}`;
}

/** Notes that say once more what the object says, in the words in which somebody has last applied it. */
const restatements = ['kubectl.kubernetes.io/last-applied-configuration'];

function groupOf(apiVersion: string): string {
  const slash = apiVersion.lastIndexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

function withoutReplicas(object: Json): Json {
  const { replicas: _replicas, ...spec } = objectAt(object, 'spec');
  return { ...object, spec };
}

/** Where a webhook, an APIService and a CRD's conversion have the authority that cert-manager injects. */
function withoutAuthorities(object: Json): Json {
  const stripped: Json = { ...object };
  if (Array.isArray(object['webhooks']))
    stripped['webhooks'] = listAt(object, 'webhooks').map((each) => withoutBundle(each, ['clientConfig']));
  return isObject(object['spec'])
    ? {
        ...stripped,
        spec: withoutBundle(withoutBundle(object['spec'], []), ['conversion', 'webhook', 'clientConfig']),
      }
    : stripped;
}

function withoutBundle(value: unknown, [key, ...deeper]: readonly string[]): unknown {
  if (!isObject(value)) return value;
  if (key !== undefined)
    return isObject(value[key]) ? { ...value, [key]: withoutBundle(value[key], deeper) } : value;
  const { caBundle: _bundle, ...rest } = value;
  return rest;
}

function withoutNulls(object: Json): Json {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => (isNothing(value) ? [] : [[key, plain(value)]])),
  );
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  return isObject(value) ? withoutNulls(value) : value;
}

const isNothing = (value: unknown): boolean => value === null || value === undefined;
