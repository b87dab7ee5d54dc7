import type { ClusterFactory, NewCluster, PreparedCluster, UpdateFault } from '../../eks-api/index.ts';
import { UnsupportedCluster } from '../../eks-api/index.ts';
import { MemoryInfrastructure } from './memoryInfrastructure.ts';
import type { SteppedClock } from './steppedClock.ts';

/** Makes clusters in memory, and remembers what it was asked for. */
export class MemoryFactory implements ClusterFactory {
  readonly asked: NewCluster[] = [];
  /** What was started and ended, in order: `start green`. */
  readonly log: string[] = [];
  /** The machines of each cluster, by its name. */
  readonly made = new Map<string, MemoryInfrastructure>();
  /** How the creation of a cluster of that name fails. */
  readonly failing = new Map<string, UpdateFault>();
  /** Versions that it can't make. */
  readonly unknownVersions = new Set<string>();
  readonly #clock: SteppedClock;

  constructor(clock: SteppedClock) {
    this.#clock = clock;
  }

  prepare(cluster: NewCluster): PreparedCluster {
    const { name, version } = cluster;
    if (this.unknownVersions.has(version)) throw new UnsupportedCluster(`There is no ${version} here.`);
    this.asked.push(cluster);
    const url = `https://127.0.0.1:${7000 + this.asked.length}`;
    const infrastructure = new MemoryInfrastructure({ version, url, clock: this.#clock });
    for (const addon of cluster.selfManagedAddons)
      infrastructure.addonVersions.set(addon.name, addon.version);
    this.made.set(name, infrastructure);
    return {
      infrastructure,
      updateFault: (kind) => (kind === 'ClusterCreation' ? this.failing.get(name) : undefined),
      start: async () => void this.log.push(`start ${name}`),
      end: async () => void this.log.push(`end ${name}`),
    };
  }
}
