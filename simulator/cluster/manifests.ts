/** From manifests as people write them to objects as the store keeps them. */
import type { Manifest } from '../../scenario/manifest.ts';
import type { GroupResource, NewObject } from './types.ts';

/** Built-in kinds that have no namespace. */
const clusterScoped = new Set([
  'Namespace',
  'Node',
  'PersistentVolume',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'StorageClass',
  'CSIDriver',
  'CSINode',
  'VolumeAttachment',
  'PriorityClass',
  'IngressClass',
  'RuntimeClass',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'APIService',
  'FlowSchema',
  'PriorityLevelConfiguration',
  'CertificateSigningRequest',
]);

/** `{apiVersion: 'apps/v1', kind: 'Deployment'}` → `{group: 'apps', resource: 'deployments'}`. */
export function resourceOf(apiVersion: string, kind: string): GroupResource {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return { group, resource: plural(kind.toLowerCase()) };
}

/** How Kubernetes' own kinds are made plural. */
function plural(singular: string): string {
  if (singular === 'endpoints') return singular;
  if (/(s|x|ch)$/.test(singular)) return `${singular}es`;
  if (/[^aeiou]y$/.test(singular)) return `${singular.slice(0, -1)}ies`;
  return `${singular}s`;
}

/**
 * The resource and the object of each manifest, definitions and namespaces first. Custom resources are told apart by
 * the CustomResourceDefinitions among the manifests; what has no namespace and needs one goes to `default`.
 */
export function objectsFromManifests(
  manifests: Manifest[],
): { resource: GroupResource; object: NewObject }[] {
  const custom = new Map<string, { resource: GroupResource; namespaced: boolean }>();
  for (const manifest of manifests) {
    if (manifest.kind !== 'CustomResourceDefinition') continue;
    const { group, names, scope } = definitionOf(manifest);
    custom.set(`${group} ${names.kind}`, {
      resource: { group, resource: names.plural },
      namespaced: scope === 'Namespaced',
    });
  }
  const rank = ({ kind }: Manifest): number =>
    kind === 'Namespace' ? 0 : kind === 'CustomResourceDefinition' ? 1 : 2;
  return [...manifests]
    .sort((left, right) => rank(left) - rank(right))
    .map((manifest) => {
      const builtIn = resourceOf(manifest.apiVersion, manifest.kind);
      const own = custom.get(`${builtIn.group} ${manifest.kind}`);
      const namespaced = own?.namespaced ?? !clusterScoped.has(manifest.kind);
      const { apiVersion: _apiVersion, kind, metadata, ...fields } = manifest;
      const { namespace, ...rest } = metadata;
      const object: NewObject = {
        ...fields,
        kind,
        metadata: { ...rest, ...(namespaced ? { namespace: namespace ?? 'default' } : {}) },
      };
      return { resource: own?.resource ?? builtIn, object };
    });
}

function definitionOf(manifest: Manifest): {
  group: string;
  scope: string;
  names: { plural: string; kind: string };
} {
  const spec = record(manifest['spec']);
  const names = record(spec['names']);
  const { group, scope } = spec;
  const { plural: pluralName, kind } = names;
  if (
    typeof group !== 'string' ||
    typeof scope !== 'string' ||
    typeof pluralName !== 'string' ||
    typeof kind !== 'string'
  )
    throw new Error(
      `CustomResourceDefinition ${manifest.metadata.name} needs spec.group, spec.scope, spec.names.plural and spec.names.kind`,
    );
  return { group, scope, names: { plural: pluralName, kind } };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
