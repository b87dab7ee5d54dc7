import { PodTargets, startElbApi, startLoad } from '../elb-api/index.ts';
import type { ElbApi, ElbApiOptions, Load, LoadCount } from '../elb-api/index.ts';
import { elbSetupOf, ruleOf } from '../scenario/loadBalancers.ts';
import type { ScenarioTargetGroup } from '../scenario/loadBalancers.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { SimulatedCluster } from './cluster/cluster.ts';
import { watchReadyPods } from './cluster/servicePods.ts';
import type { SimulatedClusters } from './clusters.ts';

/** Simulated seconds between two rounds of health checks: what an ALB's target groups have unless told otherwise. */
const healthCheckSeconds = 30;
/** More often would only cost the machine. Real milliseconds. */
const leastHealthCheckMs = 250;

export interface LoadBalancersOptions extends Omit<ElbApiOptions, 'setup' | 'healthCheckEveryMs'> {
  scenario: Scenario;
  clusters: SimulatedClusters;
}

/**
 * The load balancers of a scenario, with the API of Elastic Load Balancing in front of them. Their targets are the
 * Ready Pods of the clusters, those that are made later among them.
 */
export class LoadBalancers {
  readonly api: ElbApi;
  readonly #ends: (() => Promise<void> | void)[] = [];
  #load: Load | undefined;

  private constructor(api: ElbApi) {
    this.api = api;
  }

  /** @throws Error with code EADDRINUSE when a port is taken */
  static async start(options: LoadBalancersOptions): Promise<LoadBalancers> {
    const { scenario, clusters, ...apiOptions } = options;
    const { speed } = clusters.first.cluster.clock;
    const api = await startElbApi({
      ...apiOptions,
      setup: elbSetupOf(scenario),
      healthCheckEveryMs: Math.max(leastHealthCheckMs, (healthCheckSeconds * 1000) / speed),
    });
    const started = new LoadBalancers(api);
    const groups = scenario.loadBalancers.flatMap(({ targetGroups }) => targetGroups);
    await Promise.all(groups.map((group) => started.#bind(group, clusters)));
    // What runs from the start has been found healthy long ago.
    await api.checkTargets();
    return started;
  }

  /** Where a load balancer's listener listens. @throws Error where there is none of that name */
  address(name: string): string {
    const { listenerArn } = ruleOf(this.api.store, name);
    return `http://127.0.0.1:${this.api.store.findListener(listenerArn).port}`;
  }

  /** Has users ask a load balancer, again and again, until they are told to stop; the count begins anew. */
  async putLoad(name: string, options: { users?: number; pauseMs?: number } = {}): Promise<void> {
    const url = this.address(name);
    await this.#load?.stop();
    this.#load = startLoad({ url, ...options });
  }

  /** What the users have seen; undefined where there have been none. */
  load(): LoadCount | undefined {
    return this.#load?.count();
  }

  /** Sends the users home, and waits for what they have asked. */
  async stopLoad(): Promise<LoadCount | undefined> {
    return this.#load?.stop();
  }

  async close(): Promise<void> {
    await this.#load?.stop();
    for (const end of this.#ends) await end();
    await this.api.close();
  }

  /** Keeps a target group's targets to the Pods of its Service, whenever its cluster is there. */
  async #bind(group: ScenarioTargetGroup, clusters: SimulatedClusters): Promise<void> {
    const { cluster: name, namespace, service, port } = group;
    const { store } = this.api;
    let model: SimulatedCluster | undefined;
    const targets = new PodTargets({
      store,
      targetGroup: store.targetGroupArn(group.name),
      cluster: name,
      version: () => model?.podAnswers.version() ?? '',
      // What was asked before the cluster went is still answered.
      status: () => model?.podAnswers.status ?? 200,
    });
    let unwatch = (): void => undefined;
    const unfollow = clusters.watch((changed, cluster) => {
      if (changed !== name) return;
      unwatch();
      model = cluster;
      if (cluster === undefined) targets.set([]);
      else
        unwatch = watchReadyPods(cluster.store, { namespace, service, port }, (pods = []) =>
          targets.set(pods.map(({ uid }) => uid)),
        );
    });
    this.#ends.push(
      unfollow,
      () => unwatch(),
      () => targets.close(),
    );
    await targets.settled();
  }
}
