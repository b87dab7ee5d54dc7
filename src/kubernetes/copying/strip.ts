import { holdNoteKey } from './holdNote.ts';
import type { CopiedKind } from './objectFacts.ts';
import { isObject, listAt, objectAt, textAt } from '../../tools/crds/json.ts';
import type { Json } from '../../tools/crds/json.ts';
import { resourceName } from '../inventoryEntry.ts';

export interface StripContext {
  /** Claims (`namespace/name`) whose volume both clusters shall use. */
  sharedClaims: ReadonlySet<string>;
  /** Annotations of ours by which a copy is known. */
  ownNotes: readonly string[];
}

/**
 * An object of one cluster as it can be made in another: without what the API server sets, without what ties it to that
 * cluster, and with nothing made up. What a controller fills in again is left out; what people have chosen stays, the
 * CA bundles of webhooks among it.
 */
export function stripObject(kind: CopiedKind, object: Json, context: StripContext): Json {
  const { status: _status, metadata, ...rest } = object;
  const stripped: Json = {
    ...rest,
    metadata: strippedMetadata(kind, objectAt({ metadata }, 'metadata'), context),
  };
  const special = byKind[resourceName(kind)];
  return special === undefined ? stripped : special(stripped, context);
}

/** Written by controllers about blue's volumes, nodes, rollouts and leaders, or by us. */
const boundAnnotations: ReadonlySet<string> = new Set([
  'pv.kubernetes.io/bind-completed',
  'pv.kubernetes.io/bound-by-controller',
  'volume.kubernetes.io/selected-node',
  'volume.kubernetes.io/storage-provisioner',
  'volume.beta.kubernetes.io/storage-provisioner',
  'volume.kubernetes.io/storage-resizer',
  'deprecated.daemonset.template.generation',
  'deployment.kubernetes.io/revision',
  'control-plane.alpha.kubernetes.io/leader',
  holdNoteKey,
]);

function strippedMetadata(
  { namespaced, group, resource }: CopiedKind,
  metadata: Json,
  { ownNotes }: StripContext,
): Json {
  const annotations = Object.fromEntries(
    Object.entries(objectAt(metadata, 'annotations')).filter(
      ([key]) => !boundAnnotations.has(key) && !ownNotes.includes(key),
    ),
  );
  const labels = objectAt(metadata, 'labels');
  // Controllers set theirs again. One whose controller is not there would never let go; Argo CD's is the user's wish.
  const finalizers =
    group === 'argoproj.io' && resource.startsWith('application')
      ? listAt(metadata, 'finalizers').filter((each) => String(each).includes('argocd.argoproj.io'))
      : [];
  return {
    name: metadata['name'],
    ...(namespaced ? { namespace: metadata['namespace'] } : {}),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...(finalizers.length === 0 ? {} : { finalizers }),
  };
}

type Strip = (object: Json, context: StripContext) => Json;

const byKind: Readonly<Record<string, Strip>> = {
  // What Argo CD has been told to do just now, on blue.
  'applications.argoproj.io': ({ operation: _operation, ...rest }) => rest,
  namespaces: ({ spec: _spec, ...rest }) => rest,
  services: (object) => withSpec(object, strippedService),
  serviceaccounts: ({ secrets: _secrets, ...rest }) => rest,
  persistentvolumeclaims: strippedClaim,
  persistentvolumes: (object) => withSpec(object, strippedVolume),
  'deployments.apps': (object) => withSpec(object, withTemplate),
  'statefulsets.apps': (object) => withSpec(object, strippedStatefulSet),
  'daemonsets.apps': (object) => withSpec(object, withTemplate),
  'replicasets.apps': (object) => withSpec(object, withTemplate),
  replicationcontrollers: (object) => withSpec(object, withTemplate),
  'cronjobs.batch': (object) =>
    withSpec(object, (spec) => ({
      ...spec,
      jobTemplate: withoutServerMetadata(withSpec(objectAt(spec, 'jobTemplate'), withTemplate)),
    })),
  'clusterroles.rbac.authorization.k8s.io': (object) => {
    // kube-controller-manager gathers its rules from other roles.
    const { rules: _rules, ...rest } = object;
    return isObject(object['aggregationRule']) ? rest : object;
  },
};

function withSpec(object: Json, strip: (spec: Json) => Json): Json {
  return isObject(object['spec']) ? { ...object, spec: strip(object['spec']) } : object;
}

/** A headless Service stays one. A number that people have chosen for a port of every node is an address to others. */
function strippedService(spec: Json): Json {
  const { clusterIP, clusterIPs: _clusterIPs, healthCheckNodePort: _port, ...rest } = spec;
  const keepsNodePorts = spec['type'] === 'NodePort';
  return {
    ...rest,
    ...(clusterIP === 'None' ? { clusterIP } : {}),
    ...(Array.isArray(spec['ports'])
      ? { ports: listAt(spec, 'ports').map((port) => (keepsNodePorts ? port : without(port, 'nodePort'))) }
      : {}),
  };
}

function strippedClaim(object: Json, { sharedClaims }: StripContext): Json {
  const metadata = objectAt(object, 'metadata');
  if (sharedClaims.has(`${textAt(metadata, 'namespace')}/${textAt(metadata, 'name')}`)) return object;
  return withSpec(object, (spec) => {
    const { volumeName: _volumeName, ...rest } = spec;
    return ofBlueVolumes(rest['dataSource']) || ofBlueVolumes(rest['dataSourceRef'])
      ? without(without(rest, 'dataSource'), 'dataSourceRef')
      : rest;
  });
}

/** Snapshots and claims from which a volume was made are of blue's storage, or not there before it. */
function ofBlueVolumes(source: unknown): boolean {
  return ['VolumeSnapshot', 'PersistentVolumeClaim'].includes(textAt(source, 'kind'));
}

/** Both clusters use it, so neither may take its data away when a claim goes. */
function strippedVolume(spec: Json): Json {
  const claim = objectAt(spec, 'claimRef');
  return {
    ...spec,
    persistentVolumeReclaimPolicy: 'Retain',
    ...(isObject(spec['claimRef']) ? { claimRef: without(without(claim, 'uid'), 'resourceVersion') } : {}),
  };
}

function strippedStatefulSet(spec: Json): Json {
  const claims = spec['volumeClaimTemplates'];
  return {
    ...withTemplate(spec),
    ...(Array.isArray(claims)
      ? { volumeClaimTemplates: claims.map((each) => withoutServerMetadata(without(each, 'status'))) }
      : {}),
  };
}

/** Pods go where green's scheduler puts them. */
function withTemplate(spec: Json): Json {
  if (!isObject(spec['template'])) return spec;
  const template = withoutServerMetadata(spec['template']);
  return { ...spec, template: withSpec(template, (pod) => without(pod, 'nodeName')) };
}

function withoutServerMetadata(value: unknown): Json {
  const object = isObject(value) ? value : {};
  if (!isObject(object['metadata'])) return object;
  return { ...object, metadata: without(object['metadata'], 'creationTimestamp') };
}

function without(value: unknown, key: string): Json {
  if (!isObject(value)) return {};
  const { [key]: _removed, ...rest } = value;
  return rest;
}
