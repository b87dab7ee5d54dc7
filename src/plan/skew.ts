import type { MinorVersion } from '../contract/plan.ts';
import { compareMinors, minorDistance } from './versions.ts';

/**
 * The version-skew policy of Kubernetes (https://kubernetes.io/releases/version-skew-policy/), rule 2:
 *
 * - kube-apiserver: in a highly available cluster the newest and the oldest are within one minor.
 * - kube-controller-manager, kube-scheduler, cloud-controller-manager: never newer than any kube-apiserver that they
 *   talk to, and at most one minor older. Behind a load balancer they talk to each of them.
 * - kubelet: never newer than any kube-apiserver, and at most three minors older than the newest; two when the
 *   kubelet is older than 1.25.
 * - kube-proxy: the same towards kube-apiserver; and at most three minors older or newer than the kubelet beside it,
 *   two when kube-proxy is older than 1.25.
 */
export const skewPolicySource = 'https://kubernetes.io/releases/version-skew-policy/';

/** Something with a version that the policy speaks of. `name` is for people: `kubelet of node group blue`. */
export interface Component {
  name: string;
  version: MinorVersion;
}

/** One breach of the policy. */
export interface SkewViolation {
  /** The component that is out of line. */
  component: string;
  version: MinorVersion;
  /** What it is out of line with. */
  against: string;
  againstVersion: MinorVersion;
  /** The policy's sentence, in our words. */
  rule: string;
  /** The whole as one sentence. */
  message: string;
}

/** kube-apiservers of one cluster are within one minor of each other. At most one violation: newest against oldest. */
export function apiServerSkew(apiServers: readonly Component[]): SkewViolation[] {
  const { oldest, newest } = range(apiServers);
  if (oldest === undefined || newest === undefined) return [];
  if (minorDistance(oldest.version, newest.version) <= 1) return [];
  return [violation(newest, oldest, 'kube-apiservers of one cluster are within one minor of each other')];
}

/**
 * kube-controller-manager, kube-scheduler or cloud-controller-manager: not newer than the oldest kube-apiserver, at
 * most one minor older than the newest.
 */
export function controllerSkew(controller: Component, apiServers: readonly Component[]): SkewViolation[] {
  return againstApiServers(controller, apiServers, 1);
}

/**
 * kubelet: not newer than the oldest kube-apiserver, at most `maxSkew` minors older than the newest (two for a
 * kubelet older than 1.25, whatever is asked for).
 *
 * @param maxSkew minors; the request's `workers.maxSkew`, which can only be stricter than the policy's three
 */
export function kubeletSkew(
  kubelet: Component,
  apiServers: readonly Component[],
  maxSkew = 3,
): SkewViolation[] {
  return againstApiServers(kubelet, apiServers, Math.min(maxSkew, allowedBehind(kubelet.version)));
}

/** kube-proxy: not newer than the oldest kube-apiserver, at most three minors older than the newest (two before 1.25). */
export function kubeProxySkew(kubeProxy: Component, apiServers: readonly Component[]): SkewViolation[] {
  return againstApiServers(kubeProxy, apiServers, allowedBehind(kubeProxy.version));
}

/** kube-proxy and the kubelet of the same node: at most three minors apart, either way (two before 1.25). */
export function kubeProxyKubeletSkew(kubeProxy: Component, kubelet: Component): SkewViolation[] {
  const limit = allowedBehind(kubeProxy.version);
  if (Math.abs(minorDistance(kubeProxy.version, kubelet.version)) <= limit) return [];
  return [
    violation(
      kubeProxy,
      kubelet,
      `kube-proxy and the kubelet beside it are at most ${count(limit)} apart${before125(limit)}`,
    ),
  ];
}

function againstApiServers(
  component: Component,
  apiServers: readonly Component[],
  behind: number,
): SkewViolation[] {
  const { oldest, newest } = range(apiServers);
  if (oldest === undefined || newest === undefined) return [];
  if (compareMinors(component.version, oldest.version) > 0) {
    return [violation(component, oldest, 'it is never newer than any kube-apiserver that it talks to')];
  }
  if (minorDistance(component.version, newest.version) > behind) {
    const limit =
      behind === 0
        ? 'it has the same minor version as kube-apiserver'
        : `it is at most ${count(behind)} older than kube-apiserver`;
    return [violation(component, newest, limit)];
  }
  return [];
}

/** What the policy says of kubelet and kube-proxy: three minors since 1.25, two before. */
export function allowedBehind(version: MinorVersion): number {
  return compareMinors(version, '1.25') < 0 ? 2 : 3;
}

function before125(limit: number): string {
  return limit === 2 ? ' when it is older than 1.25' : '';
}

function count(minors: number): string {
  return minors === 1 ? 'one minor' : `${minors} minors`;
}

function range(components: readonly Component[]): {
  oldest: Component | undefined;
  newest: Component | undefined;
} {
  const sorted = [...components].sort((left, right) => compareMinors(left.version, right.version));
  return { oldest: sorted[0], newest: sorted.at(-1) };
}

function violation(component: Component, against: Component, rule: string): SkewViolation {
  const distance = minorDistance(component.version, against.version);
  const apart = distance < 0 ? `${count(-distance)} newer than` : `${count(distance)} older than`;
  return {
    component: component.name,
    version: component.version,
    against: against.name,
    againstVersion: against.version,
    rule,
    message: `${component.name} at ${component.version} would be ${apart} ${against.name} at ${against.version}; by the version-skew policy ${rule}`,
  };
}
