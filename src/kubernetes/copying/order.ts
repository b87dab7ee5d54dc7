import { resourceName } from '../inventoryEntry.ts';
import type { CopiedKind } from './objectFacts.ts';

/**
 * In which order kinds are brought to a new cluster: what others stand on first. Webhooks and APIServices come last,
 * once the workloads behind them are Ready, because until then they would refuse everything else.
 */
export const copyPhases = [
  'definitions',
  'namespaces',
  'foundations',
  'access',
  'configuration',
  'claims',
  'services',
  'rules',
  'custom',
  'workloads',
  'routing',
  'admission',
] as const;

export type CopyPhase = (typeof copyPhases)[number];

const phaseOfKind: Readonly<Record<string, CopyPhase>> = {
  'customresourcedefinitions.apiextensions.k8s.io': 'definitions',
  namespaces: 'namespaces',
  'priorityclasses.scheduling.k8s.io': 'foundations',
  'storageclasses.storage.k8s.io': 'foundations',
  'csidrivers.storage.k8s.io': 'foundations',
  'volumeattributesclasses.storage.k8s.io': 'foundations',
  'runtimeclasses.node.k8s.io': 'foundations',
  'ingressclasses.networking.k8s.io': 'foundations',
  'deviceclasses.resource.k8s.io': 'foundations',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': 'foundations',
  'clustertrustbundles.certificates.k8s.io': 'foundations',
  persistentvolumes: 'foundations',
  serviceaccounts: 'access',
  'flowschemas.flowcontrol.apiserver.k8s.io': 'access',
  'clusterroles.rbac.authorization.k8s.io': 'access',
  'roles.rbac.authorization.k8s.io': 'access',
  'clusterrolebindings.rbac.authorization.k8s.io': 'access',
  'rolebindings.rbac.authorization.k8s.io': 'access',
  configmaps: 'configuration',
  secrets: 'configuration',
  limitranges: 'configuration',
  persistentvolumeclaims: 'claims',
  services: 'services',
  'networkpolicies.networking.k8s.io': 'rules',
  'poddisruptionbudgets.policy': 'rules',
  'horizontalpodautoscalers.autoscaling': 'rules',
  podtemplates: 'rules',
  'resourceclaimtemplates.resource.k8s.io': 'rules',
  'deployments.apps': 'workloads',
  'statefulsets.apps': 'workloads',
  'daemonsets.apps': 'workloads',
  'replicasets.apps': 'workloads',
  replicationcontrollers: 'workloads',
  'cronjobs.batch': 'workloads',
  'ingresses.networking.k8s.io': 'routing',
  // Until its controller has counted what is there, a quota refuses whatever it limits.
  resourcequotas: 'routing',
};

/** The phase in which a kind is copied; `custom` for what is known of nobody but its controller. */
export function phaseOf(kind: CopiedKind): CopyPhase {
  const known = phaseOfKind[resourceName(kind)];
  if (known !== undefined) return known;
  if (kind.group === 'admissionregistration.k8s.io' || kind.group === 'apiregistration.k8s.io')
    return 'admission';
  return kind.group === 'gateway.networking.k8s.io' ? 'routing' : 'custom';
}

/** Kinds by phase, those of one phase in the order of the table and then of their names. */
export function inCopyOrder<T extends CopiedKind>(kinds: readonly T[]): Map<CopyPhase, T[]> {
  const table = Object.keys(phaseOfKind);
  const place = (kind: T): number => {
    const index = table.indexOf(resourceName(kind));
    return index === -1 ? table.length : index;
  };
  const sorted = [...kinds].sort(
    (one, other) => place(one) - place(other) || (resourceName(one) < resourceName(other) ? -1 : 1),
  );
  return new Map(copyPhases.map((phase) => [phase, sorted.filter((kind) => phaseOf(kind) === phase)]));
}
