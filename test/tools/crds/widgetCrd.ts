import type { Json } from '../../../src/tools/crds/json.ts';

/** A version of widgets, with `spec.size`, `spec.color` and `spec.tags`. */
export interface WidgetVersion extends Record<string, unknown> {
  name: string;
  served: boolean;
  storage: boolean;
  schema: { openAPIV3Schema: Json };
}

/** A CRD as its parts may be changed. */
export interface WidgetCrd {
  metadata: Record<string, unknown> & { annotations: Record<string, string>; labels: Record<string, string> };
  spec: Record<string, unknown> & { names: Record<string, unknown>; versions: WidgetVersion[] };
  status: Record<string, unknown>;
}

/** A CRD of widgets as an API server gives it, of which tests change a part. */
export function widgetCrd(change: (crd: WidgetCrd, v1: WidgetVersion) => unknown = () => undefined): Json {
  const v1 = version('v1', true);
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: 'widgets.example.com',
      ...{ uid: 'u1', resourceVersion: '7', generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' },
      annotations: { 'controller-gen.kubebuilder.io/version': 'v0.14.0' },
      labels: { app: 'widgets' },
    },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: {
        plural: 'widgets',
        singular: 'widget',
        kind: 'Widget',
        listKind: 'WidgetList',
        shortNames: ['wi'],
      },
      conversion: { strategy: 'None' },
      versions: [v1],
    },
    status: { storedVersions: ['v1'] },
  };
  change(crd, v1);
  return crd;
}

export function version(name: string, storage: boolean, spec: Json = widgetSpec): WidgetVersion {
  const properties = {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    spec,
  };
  return {
    ...{ name, served: true, storage },
    schema: { openAPIV3Schema: { type: 'object', description: 'A widget.', properties } },
  };
}

const widgetSpec: Json = {
  type: 'object',
  required: ['size'],
  properties: {
    size: { type: 'integer', minimum: 1, maximum: 10 },
    color: { type: 'string', enum: ['blue', 'red'], maxLength: 10 },
    tags: { type: 'array', items: { type: 'string' } },
  },
};
