/** The subresource scale: the number of replicas alone, as an object of its own. */
import { z } from 'zod';
import type { StoredObject } from '../cluster/types.ts';
import type { Answer, ResourceCall } from './call.ts';
import { isDryRun } from './call.ts';
import type { Fields } from './json.ts';
import { fieldsOf, isFields, valueAt, withValueAt } from './json.ts';
import { formatLabelSelector } from './labelSelector.ts';
import { requireUrlMatch } from './objectNames.ts';
import { readPatch } from './patch.ts';
import { readBody, requireKind } from './requestBody.ts';
import type { ScalePaths } from './servedResource.ts';
import { invalidValue, methodNotAllowed } from './status.ts';
import { replacement } from './storedObject.ts';

export function scaleObject(call: ResourceCall, name: string): Answer {
  const { backend, served, path, verb } = call;
  const paths = served.scale;
  if (paths === undefined) throw methodNotAllowed();
  const current = backend.store.get(served.storage, path.namespace, name);
  switch (verb) {
    case 'get':
      return answer(current, paths);
    case 'update':
      return writeScale(call, current, paths, readBody(call));
    case 'patch': {
      const apply = readPatch(call.headers['content-type'], call.body, served);
      return writeScale(call, current, paths, apply(scaleOf(current, paths)));
    }
    default:
      throw methodNotAllowed();
  }
}

function writeScale(call: ResourceCall, current: StoredObject, paths: ScalePaths, scale: Fields): Answer {
  const { backend, served, path } = call;
  requireKind(scale, served, 'scale');
  const metadata = fieldsOf(scale['metadata']);
  requireUrlMatch(metadata, path.namespace, current.metadata.name);
  const replicas = valueAt(scale, ['spec', 'replicas']) ?? 0;
  if (!Number.isInteger(replicas) || Number(replicas) < 0)
    throw invalidValue(
      `Scale "${current.metadata.name}"`,
      'spec.replicas',
      'Invalid value: must be a whole number that is not negative',
    );
  const { resourceVersion } = metadata;
  const next = replacement(withValueAt({ ...current }, paths.specReplicas, replicas), served, current);
  if (typeof resourceVersion === 'string') next.metadata.resourceVersion = resourceVersion;
  return answer(backend.store.update(served.storage, next, { dryRun: isDryRun(call) }), paths);
}

const answer = (object: StoredObject, paths: ScalePaths): Answer => ({
  code: 200,
  text: JSON.stringify(scaleOf(object, paths)),
});

function scaleOf(object: StoredObject, paths: ScalePaths): Fields {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = selectorText(paths.selector === undefined ? undefined : valueAt(object, paths.selector));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: Number(valueAt(object, paths.specReplicas) ?? 0) },
    status: {
      replicas: Number(valueAt(object, paths.statusReplicas) ?? 0),
      ...(selector === undefined ? {} : { selector }),
    },
  };
}

const selectorSchema = z.object({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).optional() }))
    .optional(),
});

/** Workloads have a selector object, replication controllers a map of labels, custom resources often the text itself. */
function selectorText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!isFields(value)) return undefined;
  if ('matchLabels' in value || 'matchExpressions' in value)
    return formatLabelSelector(selectorSchema.parse(value));
  return formatLabelSelector(selectorSchema.parse({ matchLabels: value }));
}
