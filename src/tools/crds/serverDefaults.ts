import { isObject, objectAt, textAt } from './json.ts';
import type { Json } from './json.ts';

/**
 * A CRD with what the API server would fill in, for one of which it gives no answer because it refuses it
 * (apiextensions.k8s.io/v1, SetDefaults_CustomResourceDefinitionSpec).
 */
export function withServerDefaults(crd: Json): Json {
  const spec = objectAt(crd, 'spec');
  const names = objectAt(spec, 'names');
  const kind = textAt(names, 'kind');
  return {
    ...crd,
    spec: {
      ...spec,
      names: { singular: kind.toLowerCase(), listKind: `${kind}List`, ...names },
      conversion: isObject(spec['conversion']) ? spec['conversion'] : { strategy: 'None' },
    },
  };
}
