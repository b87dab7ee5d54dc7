import type { ClusterFactory, NewCluster, PreparedCluster } from '../eks-api/index.ts';
import { UnsupportedCluster } from '../eks-api/index.ts';
import { stableHex } from '../eks-api/random.ts';
import type { FaultSettingsInput } from '../scenario/faultsSchema.ts';
import { faultsSchema } from '../scenario/faultsSchema.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { newClusterScenario } from '../scenario/newCluster.ts';
import type { SimulatedCluster } from './cluster/cluster.ts';
import { createSimulatedCluster } from './cluster/cluster.ts';
import type { SimulatedFaults } from './cluster/faults.ts';
import { knownMinorVersions } from './kube-api/index.ts';
import { ServedCluster } from './servedCluster.ts';
import type { ServedClusterOptions } from './servedCluster.ts';

export interface SimulatedClustersOptions {
  /** The first cluster's; the others are made after its manner: how long things take, instance types, tokens. */
  scenario: Scenario;
  speed?: number | undefined;
  seed: number;
  /** The first cluster's Kubernetes API; the others get any free port. */
  serve: ServedClusterOptions;
}

/** Faults that wait for clusters of a name, now and later. */
interface NamedFaults {
  cluster: string;
  settings: FaultSettingsInput;
  turnOff: (() => void)[];
}

/** All simulated clusters of one process, by name: the first, and those that CreateCluster has asked for since. */
export class SimulatedClusters implements ClusterFactory {
  readonly first: ServedCluster;
  readonly #options: SimulatedClustersOptions;
  readonly #clusters = new Map<string, ServedCluster>();
  readonly #named = new Set<NamedFaults>();
  readonly #watchers = new Set<(name: string, cluster: SimulatedCluster | undefined) => void>();

  constructor(options: SimulatedClustersOptions) {
    const { scenario, speed, seed, serve } = options;
    this.#options = options;
    const model = createSimulatedCluster(scenario, { seed, ...(speed === undefined ? {} : { speed }) });
    this.first = new ServedCluster(model, serve);
    this.#clusters.set(scenario.cluster.name, this.first);
  }

  /** Undefined for one that is not there (any more); one that is being created is there. */
  find(name: string): ServedCluster | undefined {
    return this.#clusters.get(name);
  }

  /**
   * Calls back at once for each cluster that there is, whenever one is made, and without a model when one goes; returns
   * what ends it.
   */
  watch(onChange: (name: string, cluster: SimulatedCluster | undefined) => void): () => void {
    this.#watchers.add(onChange);
    for (const [name, { cluster }] of this.#clusters) onChange(name, cluster);
    return () => this.#watchers.delete(onChange);
  }

  #tell(name: string, cluster: SimulatedCluster | undefined): void {
    for (const watcher of this.#watchers) watcher(name, cluster);
  }

  /** The models of all clusters. */
  models(): SimulatedCluster[] {
    return [...this.#clusters.values()].map(({ cluster }) => cluster);
  }

  /** The faults that befall calls about a cluster; those about none, or one that is not there, befall as the first's. */
  faultsOf(name: string | undefined): SimulatedFaults {
    return (this.find(name ?? '') ?? this.first).cluster.faults;
  }

  /**
   * Turns faults on in a cluster that may not be there yet: then they are on from its first moment. Returns what turns
   * off exactly these.
   */
  turnOnFaults(cluster: string, settings: FaultSettingsInput): () => void {
    const named: NamedFaults = { cluster, settings: faultsSchema.parse(settings), turnOff: [] };
    this.#named.add(named);
    const present = this.find(cluster);
    if (present !== undefined) named.turnOff.push(present.cluster.faults.turnOn(settings));
    return () => {
      this.#named.delete(named);
      for (const turnOff of named.turnOff) turnOff();
    };
  }

  /** Turns every fault off: of one cluster, or of all. */
  clearFaults(cluster?: string): void {
    for (const named of this.#named)
      if (cluster === undefined || named.cluster === cluster) this.#named.delete(named);
    for (const [name, { cluster: model }] of this.#clusters)
      if (cluster === undefined || name === cluster) model.faults.clear();
  }

  /** Makes the time of all clusters run faster or slower. */
  setSpeed(speed: number): void {
    for (const { clock } of this.models()) clock.setSpeed(speed);
  }

  prepare(asked: NewCluster): PreparedCluster {
    const { scenario, seed, serve } = this.#options;
    const { name, version } = asked;
    if (!knownMinorVersions.includes(version))
      throw new UnsupportedCluster(
        `The simulator knows the Kubernetes API of ${knownMinorVersions.join(', ')}, not of ${version}.`,
      );
    const { clock } = this.first.cluster;
    const model = createSimulatedCluster(newClusterScenario(scenario, asked), {
      seed: seed + Number.parseInt(stableHex(name, 6), 16),
      speed: clock.speed,
      startsAt: clock.now(),
      isNew: true,
    });
    const served = new ServedCluster(model, { ...serve, port: undefined });
    this.#clusters.set(name, served);
    this.#tell(name, model);
    for (const named of this.#named)
      if (named.cluster === name) named.turnOff.push(model.faults.turnOn(named.settings));
    return {
      infrastructure: model.infrastructure,
      updateFault: (kind, about) =>
        model.faults.updateError(kind, about) ??
        // Whoever wants a creation to fail has no cluster yet to say so to.
        (kind === 'ClusterCreation' ? this.first.cluster.faults.updateError(kind, about) : undefined),
      start: async (signal) => {
        await served.start();
        signal.throwIfAborted();
      },
      end: () => this.#end(name, served),
    };
  }

  /** Takes the first cluster away as DeleteCluster does; its clock is EKS's and runs on. */
  async endFirst(): Promise<void> {
    const { name } = this.#options.scenario.cluster;
    this.#clusters.delete(name);
    this.#tell(name, undefined);
    await this.first.stop();
  }

  async #end(name: string, served: ServedCluster): Promise<void> {
    if (this.#clusters.get(name) === served) {
      this.#clusters.delete(name);
      this.#tell(name, undefined);
    }
    await served.close();
  }

  async close(): Promise<void> {
    for (const served of this.#clusters.values()) await served.close();
    await this.first.close();
  }
}
