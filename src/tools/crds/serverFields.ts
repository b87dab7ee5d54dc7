import { isObject, objectAt } from './json.ts';
import type { Json } from './json.ts';

/** Set by the API server, or by whoever applied it, and no part of what a CRD says. */
const metadataOfServer = new Set([
  ...['managedFields', 'resourceVersion', 'uid', 'generation', 'creationTimestamp', 'selfLink'],
  ...['deletionTimestamp', 'deletionGracePeriodSeconds', 'name'],
]);

const appliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * A CRD without what the API server sets and without what others inject: the CA bundle of a conversion webhook is
 * cert-manager's or the controller's own.
 */
export function withoutServerFields(crd: Json): Json {
  const { status: _status, metadata, spec, ...rest } = crd;
  return { ...rest, metadata: metadataWithout(metadata), spec: specWithout(spec) };
}

function metadataWithout(metadata: unknown): Json {
  if (!isObject(metadata)) return {};
  const kept = Object.fromEntries(Object.entries(metadata).filter(([key]) => !metadataOfServer.has(key)));
  const { [appliedAnnotation]: _applied, ...annotations } = objectAt(kept, 'annotations');
  return { ...kept, annotations, labels: objectAt(kept, 'labels') };
}

function specWithout(spec: unknown): Json {
  if (!isObject(spec)) return {};
  const { conversion, ...rest } = spec;
  if (!isObject(conversion)) return rest;
  const { webhook, ...how } = conversion;
  if (!isObject(webhook)) return { ...rest, conversion: how };
  const { caBundle: _injected, ...clientConfig } = objectAt(webhook, 'clientConfig');
  return { ...rest, conversion: { ...how, webhook: { ...webhook, clientConfig } } };
}
