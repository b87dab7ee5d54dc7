import { services } from './kinds.ts';
import { readyPodsOf } from './servicePods.ts';
import type { MemoryStore } from './store.ts';
import type { AskedService, ServiceAnswer } from './types.ts';

/** How the Pods of a simulated cluster answer requests by HTTP: all of them the same. */
export class PodAnswers {
  /** The status that they answer with. */
  status = 200;
  readonly #cluster: string;
  readonly #store: MemoryStore;
  readonly #versions: () => string[];

  constructor(cluster: string, store: MemoryStore, versions: () => string[]) {
    this.#cluster = cluster;
    this.#store = store;
    this.#versions = versions;
  }

  /** Minor version of the cluster, while it has one. */
  version(): string {
    return this.#versions()[0] ?? '';
  }

  /** What a Service answers; undefined where there is none of that name with that port, `none` where no Pod is Ready. */
  ofService({ namespace, service, port }: AskedService): ServiceAnswer | 'none' | undefined {
    const only = this.#store.find(services, namespace, service)?.spec.ports?.[0]?.port;
    const asked = port ?? only;
    if (asked === undefined) return undefined;
    const pods = readyPodsOf(this.#store, { namespace, service, port: asked });
    if (pods === undefined) return undefined;
    if (pods.length === 0) return 'none';
    const body = { cluster: this.#cluster, version: this.version(), readyPods: pods.length };
    return { status: this.status, body: `${JSON.stringify(body)}\n` };
  }
}
