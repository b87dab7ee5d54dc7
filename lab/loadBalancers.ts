import { PodTargets, startElbApi } from '../elb-api/index.ts';
import type { ElbApi, ElbApiOptions } from '../elb-api/index.ts';
import { elbSetupOf } from '../scenario/loadBalancers.ts';
import type { ScenarioTargetGroup } from '../scenario/loadBalancers.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { KubernetesClient, KubernetesObject } from './cluster/kubernetesClient.ts';

/** Seconds of the scenario between two rounds of health checks, as an ALB's target groups have them. */
const healthCheckSeconds = 30;
/** Real milliseconds. */
const leastHealthCheckMs = 100;

interface EndpointSlice extends KubernetesObject {
  endpoints?: { conditions?: { ready?: boolean }; targetRef?: { uid?: string } }[] | null;
}

export interface LabLoadBalancersOptions extends Pick<ElbApiOptions, 'accessKeys' | 'onMutation'> {
  scenario: Scenario;
  speed: number;
}

/**
 * The load balancers of a scenario in front of the lab's clusters, with the API of Elastic Load Balancing. KWOK's Pods
 * answer nothing, so that stand-ins answer for those that the clusters' EndpointSlices call ready.
 */
export class LabLoadBalancers {
  readonly api: ElbApi;
  readonly #groups: readonly ScenarioTargetGroup[];
  readonly #targets = new Map<string, PodTargets>();
  /** By cluster: what ends following it. */
  readonly #following = new Map<string, { stop: AbortController; ended: Promise<unknown> }>();

  private constructor(api: ElbApi, groups: readonly ScenarioTargetGroup[]) {
    this.api = api;
    this.#groups = groups;
    const { store } = api;
    for (const { name, cluster } of groups) {
      const targetGroup = store.targetGroupArn(name);
      this.#targets.set(name, new PodTargets({ store, targetGroup, cluster, version: () => '' }));
    }
  }

  static async start({ scenario, speed, ...options }: LabLoadBalancersOptions): Promise<LabLoadBalancers> {
    const api = await startElbApi({
      ...options,
      setup: elbSetupOf(scenario),
      healthCheckEveryMs: Math.max(leastHealthCheckMs, (healthCheckSeconds * 1000) / speed),
    });
    return new LabLoadBalancers(
      api,
      scenario.loadBalancers.flatMap(({ targetGroups }) => targetGroups),
    );
  }

  /** Has the target groups of a cluster follow its Pods, from when it answers on. */
  follow(cluster: string, client: KubernetesClient): void {
    const stop = new AbortController();
    const groups = this.#groups.filter((group) => group.cluster === cluster);
    const ended = Promise.all(groups.map((group) => this.#followService(group, client, stop.signal)));
    this.#following.set(cluster, { stop, ended });
  }

  /** A cluster goes: it has no targets any more. */
  async forget(cluster: string): Promise<void> {
    const following = this.#following.get(cluster);
    this.#following.delete(cluster);
    following?.stop.abort();
    await following?.ended;
    for (const group of this.#groups) if (group.cluster === cluster) this.#targets.get(group.name)?.set([]);
  }

  async close(): Promise<void> {
    for (const cluster of [...this.#following.keys()]) await this.forget(cluster);
    for (const targets of this.#targets.values()) await targets.close();
    await this.api.close();
  }

  async #followService(
    { name, namespace, service }: ScenarioTargetGroup,
    client: KubernetesClient,
    signal: AbortSignal,
  ): Promise<void> {
    const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
    const slices = new Map<string, EndpointSlice>();
    await client.watch(
      path,
      (object) => {
        if (object.metadata.labels?.['kubernetes.io/service-name'] !== service) return;
        const isGone = object.metadata.deletionTimestamp !== undefined;
        if (isGone) slices.delete(object.metadata.name);
        else slices.set(object.metadata.name, object);
        this.#targets.get(name)?.set([...slices.values()].flatMap(readyPods));
      },
      signal,
    );
  }
}

const readyPods = ({ endpoints }: EndpointSlice): string[] =>
  (endpoints ?? []).flatMap(({ conditions, targetRef }) =>
    conditions?.ready === true && targetRef?.uid !== undefined ? [targetRef.uid] : [],
  );
