import type { NodeDescription } from './nodeObject.ts';
import type { Scenario } from './scenario.ts';

/** The nodes of the scenario, group by group, zones going round. */
export function nodeDescriptions(scenario: Scenario): NodeDescription[] {
  const { region, version } = scenario.cluster;
  const regionZones = ['a', 'c', 'd'].map((letter) => `${region}${letter}`);
  const zoneAt = (zones: string[], index: number): string => zones[index % zones.length] ?? `${region}a`;
  const managed = scenario.nodeGroups.flatMap((group) =>
    Array.from({ length: group.size }, (_, index): NodeDescription => ({
      provider: 'managed',
      nodeGroup: group.name,
      version: group.version ?? version,
      instanceType: group.instanceType,
      zone: zoneAt(group.zones ?? regionZones, index),
      region,
      labels: group.labels,
      taints: group.taints.map(plainTaint),
    })),
  );
  const unmanaged = scenario.unmanagedNodes.flatMap((set) =>
    Array.from({ length: set.count }, (_, index): NodeDescription => ({
      provider: set.provider,
      version: set.version ?? version,
      instanceType: set.instanceType,
      zone: zoneAt(regionZones, index),
      region,
      labels: set.labels,
      taints: set.taints.map(plainTaint),
    })),
  );
  return [...managed, ...unmanaged];
}

const plainTaint = ({ key, value, effect }: { key: string; value?: string | undefined; effect: string }) => ({
  key,
  effect,
  ...(value === undefined ? {} : { value }),
});
