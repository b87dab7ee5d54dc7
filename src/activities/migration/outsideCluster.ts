import { StepladderError } from '../../contract/errors.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { deleteLoadBalancer, listLoadBalancers } from '../../kubernetes/loadBalancers.ts';
import type { LoadBalancerOwner } from '../../kubernetes/loadBalancers.ts';
import { listNodes } from '../../kubernetes/nodes.ts';
import type { PlatformCluster } from '../../platform/platform.ts';
import type { Preparation, Removal } from './untilGone.ts';

/** Load balancers have this long to go; a controller that does not work takes none away. Milliseconds. */
const longestMs = 5 * 60_000;
const shownAtMost = 10;

type Connect = (cluster: PlatformCluster) => Promise<KubernetesConnection>;

/**
 * Has the load balancers of a cluster go that is about to be removed, while what runs in it can still take them away: its
 * Services and Ingresses with one are deleted. A cluster that can't be reached is not kept for that.
 *
 * Nothing else is deleted: a volume or a target group may be the other cluster's as well.
 *
 * @param timeoutMs of the whole removal, of which this takes half at the most
 */
export function takeAwayLoadBalancers(
  connect: Connect,
  timeoutMs: number,
  signal: AbortSignal,
): Removal['prepare'] {
  const until = performance.now() + Math.min(longestMs, timeoutMs / 2);
  return (cluster) =>
    orSayWhy(async () => {
      const kubernetes = await connect(cluster);
      const found = await listLoadBalancers(kubernetes, signal);
      if (found.length === 0) return {};
      for (const owner of found) if (!owner.leaving) await deleteLoadBalancer(kubernetes, owner, signal);
      const waits = `load balancers of ${named(found)} are to go first`;
      return performance.now() < until ? { waits } : { leaves: staying(found) };
    }, signal);
}

/** What stays in AWS when a cluster is deleted as it is: nobody in it takes it away. */
export function whatStays(connect: Connect, signal: AbortSignal): Removal['prepare'] {
  return (cluster) =>
    orSayWhy(async () => {
      const kubernetes = await connect(cluster);
      const found = await listLoadBalancers(kubernetes, signal);
      // Those of EKS Auto Mode's own node pools EKS ends with the cluster; of others nobody does.
      const machines = (await listNodes(kubernetes, signal)).filter(
        ({ nodeGroup }) => nodeGroup === undefined,
      );
      const leaves = [
        ...(found.length === 0 ? [] : [staying(found)]),
        ...(machines.length === 0
          ? []
          : [`machines of no node group may go on running: ${shown(machines.map(({ name }) => name))}`]),
      ];
      return leaves.length === 0 ? {} : { leaves: leaves.join('; ') };
    }, signal);
}

async function orSayWhy(look: () => Promise<Preparation>, signal: AbortSignal): Promise<Preparation> {
  try {
    return await look();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof StepladderError)) throw error;
    return { leaves: `its load balancers could not be looked for, and may stay in AWS: ${error.message}` };
  }
}

function staying(found: readonly LoadBalancerOwner[]): string {
  return `load balancers stay in AWS: ${named(found)}`;
}

function named(found: readonly LoadBalancerOwner[]): string {
  return shown(
    found.map(({ subject, addresses }) =>
      addresses.length === 0 ? subject : `${subject} (${addresses.join(', ')})`,
    ),
  );
}

function shown(names: readonly string[]): string {
  const more = names.length - shownAtMost;
  return [...names.slice(0, shownAtMost), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
