import { defaultAddonVersion, isOffered } from '../../../eks-api/index.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import { UsageError } from '../exitCodes.ts';

/**
 * A scenario that starts at another minor version, or with another number of nodes.
 *
 * - Add-ons that EKS does not offer for that minor version go to the version that it installs there.
 * - Nodes are spread over the node groups evenly, the first ones getting what is over; there is room to surge.
 *
 * @throws UsageError when there are fewer nodes than node groups
 */
export function adjusted(
  scenario: Scenario,
  { from, nodes }: { from?: string | undefined; nodes?: number | undefined },
): Scenario {
  const version = from ?? scenario.cluster.version;
  const addons = scenario.addons.map((addon) => ({
    ...addon,
    version: isOffered(addon.name, addon.version, version)
      ? addon.version
      : (defaultAddonVersion(addon.name, version) ?? addon.version),
  }));
  return {
    ...scenario,
    cluster: { ...scenario.cluster, version },
    addons,
    nodeGroups: nodes === undefined ? scenario.nodeGroups : spread(scenario.nodeGroups, nodes),
  };
}

function spread(groups: Scenario['nodeGroups'], nodes: number): Scenario['nodeGroups'] {
  if (nodes < groups.length)
    throw new UsageError(`--nodes ${nodes} is less than one for each of the ${groups.length} node groups.`);
  return groups.map((group, index) => {
    const size = Math.floor(nodes / groups.length) + (index < nodes % groups.length ? 1 : 0);
    return { ...group, size, minSize: Math.min(group.minSize ?? size, size), maxSize: size * 2 };
  });
}
