/**
 * The add-ons that every cluster lives by, in the order of rule 3. All of them follow the control plane, because
 * kube-proxy must not be newer than it. Among them:
 * coredns goes first, an ordinary Deployment whose new Pods need a network that is known to be well; kube-proxy next,
 * whose rules stay in the kernel while it restarts; vpc-cni last, because no Pod gets an address while it restarts.
 */
const coreAddons = ['coredns', 'kube-proxy', 'vpc-cni'];

/** Names of add-ons in the order in which they are upgraded: the three above, then the others by name. */
export function orderAddons(names: readonly string[]): string[] {
  return orderBy(names, coreAddons);
}

/** Names of node groups in the order in which they are rolled: those of the request in its order, then the others by name. */
export function orderNodeGroups(names: readonly string[], requested: readonly string[]): string[] {
  return orderBy(names, requested);
}

function orderBy(names: readonly string[], first: readonly string[]): string[] {
  const unique = [...new Set(names)];
  const rest = unique.filter((name) => !first.includes(name)).sort(compareNames);
  return [...new Set(first)].filter((name) => unique.includes(name)).concat(rest);
}

/** By code units, so that the order is the same on every machine whatever its locale. */
export function compareNames(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
