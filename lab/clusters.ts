import { join } from 'node:path';
import type { AccessKey, ClusterFactory, EksService, NewCluster, PreparedCluster } from '../eks-api/index.ts';
import { UnsupportedCluster } from '../eks-api/index.ts';
import { newClusterScenario } from '../scenario/newCluster.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { KubernetesClient } from './cluster/kubernetesClient.ts';
import { LabCluster } from './cluster/labCluster.ts';
import type { LabClusterOptions } from './cluster/labCluster.ts';
import type { Component } from './controlPlane/component.ts';
import { identityByEntries, keyOfToken } from './identities.ts';
import { labReleases } from './releases.ts';

export interface LabClustersOptions extends Pick<
  LabClusterOptions,
  'folder' | 'speed' | 'seed' | 'binaries' | 'onChange' | 'log'
> {
  /** The first cluster's; the others are made after its manner. */
  scenario: Scenario;
  /** The access keys that EKS knows now. */
  keys: () => readonly AccessKey[];
  /** What EKS knows of a cluster. */
  service: (name: string) => EksService | undefined;
  /** Told when a created cluster answers, and with undefined before it goes. */
  onCluster: (name: string, client: KubernetesClient | undefined) => Promise<void>;
  /** Told when a part of a created cluster has ended by itself, with which, and its last lines. */
  onFailure: (what: string) => void;
}

/** The clusters that CreateCluster asks the lab for: each of real programs of its own, on this machine. */
export class LabClusters implements ClusterFactory {
  readonly #options: LabClustersOptions;
  readonly #clusters = new Set<LabCluster>();
  #made = 0;

  constructor(options: LabClustersOptions) {
    this.#options = options;
  }

  /** Everything that runs of them. */
  components(): Component[] {
    return [...this.#clusters].flatMap((cluster) => cluster.components());
  }

  prepare(asked: NewCluster): PreparedCluster {
    const { scenario, folder, speed, seed, binaries, onChange, onCluster, onFailure, log } = this.#options;
    const { name, version, creator } = asked;
    if (labReleases[version] === undefined)
      throw new UnsupportedCluster(
        `The lab runs Kubernetes ${Object.keys(labReleases).join(', ')}, not ${version}.`,
      );
    this.#made += 1;
    const cluster = new LabCluster({
      scenario: newClusterScenario(scenario, asked),
      folder: join(folder, `created-${this.#made}`),
      speed,
      seed: seed + this.#made,
      binaries,
      authenticate: (token) => this.#identityOf(name, creator, token),
      onChange,
      log,
    });
    void cluster.failed.then(onFailure);
    return {
      infrastructure: cluster.infrastructure,
      start: async (signal) => {
        this.#clusters.add(cluster);
        signal.addEventListener('abort', () => void cluster.close(), { once: true });
        try {
          await cluster.start();
          signal.throwIfAborted();
          await onCluster(name, cluster.parts.client);
        } catch (error) {
          await cluster.close();
          throw error;
        }
      },
      end: async () => {
        await onCluster(name, undefined);
        await cluster.close();
        this.#clusters.delete(cluster);
        onChange();
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clusters].map((cluster) => cluster.close()));
  }

  #identityOf(name: string, creator: string | undefined, token: string) {
    const { keys, service } = this.#options;
    const key = keyOfToken(token, keys());
    const known = service(name);
    return key === undefined || known === undefined
      ? undefined
      : identityByEntries(known, key.principalArn, creator);
  }
}
