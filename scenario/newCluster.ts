import type { NewCluster } from '../eks-api/index.ts';
import { isKnownAddon } from './addonWorkloads.ts';
import type { Scenario } from './scenario.ts';
import { scenarioSchema } from './scenario.ts';

/** The scenario of a cluster that is created beside another one: as empty as EKS hands it out, no nodes in it. */
export function newClusterScenario(beside: Scenario, asked: NewCluster): Scenario {
  const { name, region, version, tags, selfManagedAddons } = asked;
  const { cluster, speed, timings, instanceTypes, tokens } = beside;
  return scenarioSchema.parse({
    cluster: { name, region, version, tags, account: cluster.account, freeAddresses: cluster.freeAddresses },
    speed,
    timings,
    instanceTypes,
    tokens,
    addons: selfManagedAddons
      .filter((addon) => isKnownAddon(addon.name))
      .map((addon) => ({ ...addon, managed: false })),
  });
}
