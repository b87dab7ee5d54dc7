import type { SimulatedCluster } from './cluster/cluster.ts';
import type { KubernetesApi } from './kube-api/index.ts';
import { startKubernetesApi } from './kube-api/index.ts';
import { advertised, onPort } from './onPort.ts';

export interface ServedClusterOptions {
  /** Address to listen on. */
  host: string;
  /** Name by which others reach this machine, where it is not `host`. */
  advertisedHost?: string | undefined;
  /** Any free one unless given. */
  port?: number | undefined;
  /** Who may come in besides those whom the cluster itself knows. */
  isGoodToken: (token: string) => boolean;
}

/** A simulated cluster with a Kubernetes API in front of it, which has an address and a certificate authority of its own. */
export class ServedCluster {
  readonly cluster: SimulatedCluster;
  readonly #options: ServedClusterOptions;
  #api: KubernetesApi | undefined;

  constructor(cluster: SimulatedCluster, options: ServedClusterOptions) {
    this.cluster = cluster;
    this.#options = options;
  }

  /** Where its Kubernetes API is; undefined while it is not served. */
  get kubernetesUrl(): string | undefined {
    return this.#api === undefined ? undefined : advertised(this.#api.url, this.#options.advertisedHost);
  }

  /**
   * Serves the API and starts the cluster; resolves when what is in it runs.
   *
   * @returns where the API is
   * @throws Error that names the port, where an explicit one is taken
   */
  async start(): Promise<string> {
    const { cluster } = this;
    const { host, advertisedHost, port, isGoodToken } = this.#options;
    const api = await onPort('Kubernetes API', port, host, (chosen) =>
      startKubernetesApi({
        backend: { ...cluster, authenticate: (token) => cluster.authenticate(token) || isGoodToken(token) },
        host,
        port: chosen,
        ...(advertisedHost === undefined ? {} : { certificateNames: [advertisedHost] }),
      }),
    );
    this.#api = api;
    const url = advertised(api.url, advertisedHost);
    cluster.setEndpoint({ url, certificateAuthorityPem: api.certificateAuthorityPem });
    await cluster.start();
    return url;
  }

  /** Ends the API and the controllers; the clock runs on. */
  async stop(): Promise<void> {
    await this.#api?.close();
    this.#api = undefined;
    this.cluster.stop();
  }

  /** Ends all of it. */
  async close(): Promise<void> {
    await this.stop();
    this.cluster.close();
  }
}
