import { isObject } from '../../../src/tools/crds/json.ts';
import type { Json } from '../../../src/tools/crds/json.ts';
import type { CrdDocument } from '../../../src/tools/types.ts';

/** A CRD without what only people read: no description, label or annotation. */
export function withoutDescriptions({ name, object }: CrdDocument): Json {
  const spec = isObject(object['spec']) ? object['spec'] : {};
  const versions = Array.isArray(spec['versions']) ? spec['versions'].filter(isObject) : [];
  return {
    apiVersion: object['apiVersion'],
    kind: object['kind'],
    metadata: { name },
    spec: { ...spec, versions: versions.map(bareVersion) },
  };
}

function bareVersion(version: Json): Json {
  const { schema, additionalPrinterColumns: columns } = version;
  const openAPIV3Schema = isObject(schema) ? bareSchema(schema['openAPIV3Schema']) : undefined;
  return {
    ...version,
    schema: { openAPIV3Schema },
    ...(Array.isArray(columns)
      ? { additionalPrinterColumns: columns.filter(isObject).map(({ description: _, ...column }) => column) }
      : {}),
  };
}

/** `properties` holds fields' names, and a field may be named description. */
function bareSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(bareSchema);
  if (!isObject(schema)) return schema;
  const { description: _, ...rest } = schema;
  return Object.fromEntries(
    Object.entries(rest).map(([key, value]) => {
      if (key === 'properties' && isObject(value)) {
        return [
          key,
          Object.fromEntries(Object.entries(value).map(([name, each]) => [name, bareSchema(each)])),
        ];
      }
      return [key, ['items', 'additionalProperties'].includes(key) ? bareSchema(value) : value];
    }),
  );
}
