/** By which key the lists of the built-in kinds merge, as the patch strategies in Kubernetes' API types say. */

export type ListStrategy = { merge: 'byKey'; key: string } | { merge: 'values' } | { merge: 'replace' };

/** Lists whose key is the same wherever they occur. */
const keys: Record<string, string> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  env: 'name',
  volumes: 'name',
  imagePullSecrets: 'name',
  resourceClaims: 'name',
  schedulingGates: 'name',
  webhooks: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  hostAliases: 'ip',
  podIPs: 'ip',
  hostIPs: 'ip',
  topologySpreadConstraints: 'topologyKey',
  conditions: 'type',
  ownerReferences: 'uid',
};

const containerLists = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** @param path of the list in the object, without indexes: `['spec', 'template', 'spec', 'containers', 'ports']` */
export function listStrategy(kind: string, path: string[]): ListStrategy {
  const field = path.at(-1) ?? '';
  const parent = path.at(-2) ?? '';
  if (field === 'finalizers' && parent === 'metadata') return { merge: 'values' };
  if (field === 'finalizers' || field === 'podCIDRs') return { merge: 'values' };
  if (field === 'ports') {
    if (containerLists.has(parent)) return { merge: 'byKey', key: 'containerPort' };
    return kind === 'Service' ? { merge: 'byKey', key: 'port' } : { merge: 'replace' };
  }
  if (field === 'addresses' && kind === 'Node') return { merge: 'byKey', key: 'type' };
  if (field === 'secrets' && kind === 'ServiceAccount') return { merge: 'byKey', key: 'name' };
  const key = Object.hasOwn(keys, field) ? keys[field] : undefined;
  return key === undefined ? { merge: 'replace' } : { merge: 'byKey', key };
}
