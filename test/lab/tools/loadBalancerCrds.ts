import type { Json } from '../../../src/tools/crds/json.ts';
import type { CrdDocument } from '../../../src/tools/types.ts';

/*
 * CRDs of the shape that those of aws-load-balancer-controller have: one that binds a Service to a target group, in two
 * versions, and one that an IngressClass takes its parameters from, cluster-wide.
 */

const text = (rest: Json = {}): Json => ({ type: 'string', ...rest });
const object = (properties: Json, rest: Json = {}): Json => ({ type: 'object', properties, ...rest });
const list = (items: Json): Json => ({ type: 'array', items });

/** What may be changed of a binding's schema. */
export interface BindingChange {
  /** Version that is stored. */
  stored?: 'v1alpha1' | 'v1beta1';
  /** Fields on top, of `spec` in `v1beta1`. */
  fields?: Json;
  targetTypes?: string[];
}

export function targetGroupBindings(change: BindingChange = {}): CrdDocument {
  const { stored = 'v1beta1', fields = {}, targetTypes = ['instance', 'ip'] } = change;
  const common = {
    targetGroupARN: text({ description: 'The target group that Pods are registered in.', minLength: 1 }),
    targetType: text({ enum: targetTypes }),
    serviceRef: object(
      {
        name: text(),
        port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
      },
      { required: ['name', 'port'] },
    ),
  };
  const peer = object({ ipBlock: object({ cidr: text() }, { required: ['cidr'] }) });
  const networking = object({ ingress: list(object({ from: list(peer) }, { required: ['from'] })) });
  const version = (name: string, spec: Json): Json => ({
    ...{ name, served: true, storage: name === stored },
    subresources: { status: {} },
    additionalPrinterColumns: [{ name: 'TARGET-TYPE', type: 'string', jsonPath: '.spec.targetType' }],
    schema: {
      openAPIV3Schema: object({
        ...{ apiVersion: text(), kind: text(), metadata: { type: 'object' }, spec },
        status: object({ observedGeneration: { type: 'integer', format: 'int64' } }),
      }),
    },
  });
  const required = ['serviceRef', 'targetGroupARN'];
  return crd('targetgroupbindings', 'TargetGroupBinding', 'Namespaced', [
    version('v1alpha1', object({ ...common, networking }, { required })),
    version('v1beta1', object({ ...common, networking, ipAddressType: text(), ...fields }, { required })),
  ]);
}

export function ingressClassParams(fields: Json = {}): CrdDocument {
  const spec = object({
    group: object({ name: text() }, { required: ['name'] }),
    scheme: text({ enum: ['internal', 'internet-facing'] }),
    tags: list(object({ key: text(), value: text() }, { required: ['key', 'value'] })),
    ...fields,
  });
  const openAPIV3Schema = object({ apiVersion: text(), kind: text(), metadata: { type: 'object' }, spec });
  return crd('ingressclassparams', 'IngressClassParams', 'Cluster', [
    { name: 'v1beta1', served: true, storage: true, schema: { openAPIV3Schema } },
  ]);
}

function crd(plural: string, kind: string, scope: string, versions: Json[]): CrdDocument {
  const group = 'elbv2.k8s.aws';
  const name = `${plural}.${group}`;
  return {
    name,
    from: 'crds',
    object: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name },
      spec: { group, scope, names: { plural, kind, singular: kind.toLowerCase() }, versions },
    },
  };
}
