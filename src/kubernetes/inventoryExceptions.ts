import type { MinorVersion } from '../contract/plan.ts';
import type { NamedObject } from './inventoryEntry.ts';

/** Objects that may be missing after a hop although nobody lost them, and why. */
interface Exception {
  group: string;
  resource: string;
  namespace?: string;
  /** All of the resource's without it. */
  name?: RegExp;
  /** Only for the hop that brings this minor version; for every hop without it. */
  removedIn?: MinorVersion;
  reason: string;
}

/**
 * The one table of what a hop itself takes away. From 1.29 to 1.37 the releases' OpenAPI documents drop no kind but the
 * four of resource.k8s.io, all alpha. A version of an API that goes (flowcontrol v1beta3 in 1.32) is no
 * exception: its objects are still there in the next version. Only kinds that no version serves any more are, and
 * objects that the control plane makes and removes by itself.
 */
export const inventoryExceptions: readonly Exception[] = [
  {
    group: 'policy',
    resource: 'podsecuritypolicies',
    removedIn: '1.25',
    reason: 'Kubernetes 1.25 serves PodSecurityPolicy in no version',
  },
  {
    group: 'resource.k8s.io',
    resource: 'resourceclasses',
    removedIn: '1.31',
    reason: 'Kubernetes 1.31 replaced ResourceClass (alpha) by DeviceClass',
  },
  {
    group: 'resource.k8s.io',
    resource: 'resourceclaimparameters',
    removedIn: '1.31',
    reason: 'Kubernetes 1.31 took ResourceClaimParameters (alpha) away',
  },
  {
    group: 'resource.k8s.io',
    resource: 'resourceclassparameters',
    removedIn: '1.31',
    reason: 'Kubernetes 1.31 took ResourceClassParameters (alpha) away',
  },
  {
    group: 'resource.k8s.io',
    resource: 'podschedulingcontexts',
    removedIn: '1.32',
    reason: 'Kubernetes 1.32 took PodSchedulingContext (alpha) away',
  },
  ...['flowschemas', 'prioritylevelconfigurations'].map((resource) => ({
    group: 'flowcontrol.apiserver.k8s.io',
    resource,
    name: /^(exempt|catch-all|probes|system|global-default|service-accounts|endpoint-controller|kube-(controller-manager|scheduler|system-service-accounts)|(system-|workload-)?leader-election|system-(nodes|node-high)|node-high|workload-(high|low)|eks-.+)$/,
    reason: 'one of the settings that the API server keeps for itself',
  })),
  {
    group: 'apiregistration.k8s.io',
    resource: 'apiservices',
    name: /^v\d+((alpha|beta)\d+)?\.(apps|batch|autoscaling|policy|(admissionregistration|apiextensions|authentication|authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|internal\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage|storagemigration)\.k8s\.io)$/,
    reason: 'the API server makes and removes these for the versions that it serves itself',
  },
  {
    group: '',
    resource: 'configmaps',
    name: /^kube-root-ca\.crt$/,
    reason: 'kube-controller-manager makes it in every namespace',
  },
  {
    group: '',
    resource: 'configmaps',
    namespace: 'kube-system',
    name: /^(extension-apiserver-authentication|kube-apiserver-legacy-service-account-token-tracking)$/,
    reason: 'the API server makes it when it starts',
  },
  {
    group: '',
    resource: 'configmaps',
    namespace: 'kube-system',
    name: /^(cp-vpc-resource-controller|eks-certificates-controller)$/,
    reason: "a lock of EKS's own controllers in the control plane",
  },
  {
    group: '',
    resource: 'services',
    namespace: 'default',
    name: /^kubernetes$/,
    reason: 'the API server makes it of its own address',
  },
  {
    group: '',
    resource: 'secrets',
    namespace: 'kube-system',
    name: /^bootstrap-token-[a-z0-9]{6}$/,
    reason: 'a token by which nodes join; it ends by itself',
  },
];

/**
 * Why an object may be missing after a hop, or undefined when it must not be.
 *
 * @param hop the control plane's minor versions before and after
 */
export function exceptionFor(
  object: NamedObject,
  hop: { from: MinorVersion; to: MinorVersion },
): string | undefined {
  return inventoryExceptions.find(
    (exception) =>
      exception.group === object.group &&
      exception.resource === object.resource &&
      (exception.namespace === undefined || exception.namespace === object.namespace) &&
      (exception.name === undefined || exception.name.test(object.name)) &&
      (exception.removedIn === undefined || isWithin(exception.removedIn, hop)),
  )?.reason;
}

/** Whether a hop passes the version: from below it to it or beyond. */
function isWithin(version: MinorVersion, { from, to }: { from: MinorVersion; to: MinorVersion }): boolean {
  return minor(from) < minor(version) && minor(version) <= minor(to);
}

function minor(version: MinorVersion): number {
  return Number(version.split('.')[1]);
}
