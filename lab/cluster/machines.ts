import { NoCapacity } from '../../eks-api/infrastructure.ts';
import type { InstanceView } from '../../eks-api/infrastructure.ts';
import { seededRandom } from '../../eks-api/random.ts';
import type { Random } from '../../eks-api/random.ts';
import { allocatableOf } from '../../scenario/instanceTypes.ts';
import { instanceIdOf, nodeName, nodeObject } from '../../scenario/nodeObject.ts';
import type { NodeDescription } from '../../scenario/nodeObject.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { KubernetesClient } from './kubernetesClient.ts';
import { kubeletLabel, kubeletRuns } from './stages.ts';

/** Share of a node's boot time after which its kubelet registers; the rest passes until it is Ready. */
const joinsAfterShare = 0.8;

/** The machines behind the lab's nodes: ordered, booting, joined, ended. Their kubelets are KWOK. */
export class Machines {
  readonly #client: KubernetesClient;
  readonly #scenario: Scenario;
  readonly #bootMs: number;
  readonly #random: Random;
  readonly #onTrouble: (what: string) => void;
  /** What calls off the next step of a machine that is still booting. */
  readonly #booting = new Map<string, () => void>();
  readonly #names = new Set<string>();
  /** Nodes that have joined, by the IDs of their instances. */
  readonly #instances = new Map<string, { node: string; description: NodeDescription }>();
  /** How many more machines are hit by each fault of the scenario. */
  readonly #faults: { rule: Scenario['faults']['nodes'][number]; left: number }[];

  constructor(options: {
    client: KubernetesClient;
    scenario: Scenario;
    speed: number;
    seed: number;
    /** Told when a machine that was ordered could not join. */
    onTrouble: (what: string) => void;
  }) {
    const { client, scenario, speed, seed, onTrouble } = options;
    this.#client = client;
    this.#scenario = scenario;
    this.#bootMs = (scenario.timings.nodeBoot * 1000) / speed;
    this.#random = seededRandom(seed);
    this.#onTrouble = onTrouble;
    this.#faults = scenario.faults.nodes.map((rule) => ({ rule, left: rule.count ?? Infinity }));
  }

  /** Orders a machine and returns the name that its node will have. Throws for an unknown instance type. */
  launch(description: NodeDescription): string {
    const fault = this.#faultOf(description);
    if (fault === 'no-capacity') throw new NoCapacity(description);
    const name = this.#order(description);
    if (fault === 'never-joins') return name;
    this.#after(name, this.#bootMs * joinsAfterShare, async () => {
      await this.#join(name, description, false);
      if (fault === 'joins-not-ready') return;
      this.#after(name, this.#bootMs * (1 - joinsAfterShare), () => this.startKubelet(name));
    });
    return name;
  }

  /** A machine that is there from the start. */
  async place(description: NodeDescription): Promise<void> {
    await this.#join(this.#order(description), description, true);
  }

  /** Ends a machine at once. Its Pods stay on record until the garbage collector finds them, as anywhere. */
  async terminate(name: string): Promise<void> {
    this.#booting.get(name)?.();
    this.#names.delete(name);
    for (const [id, { node }] of this.#instances) if (node === name) this.#instances.delete(id);
    await this.#client.remove(nodePath(name));
  }

  /** The node that runs on an instance of a managed node group. */
  findInstance(instanceId: string): InstanceView | undefined {
    const found = this.#instances.get(instanceId);
    if (found?.description.nodeGroup === undefined) return undefined;
    const { nodeGroup, instanceType, zone } = found.description;
    return { node: found.node, nodeGroup, instanceType, zone };
  }

  /** Lets the kubelet of a node work, at first or again. */
  async startKubelet(name: string): Promise<void> {
    await this.#label(name, kubeletRuns);
  }

  /** Lets the kubelet of a node fall silent; after the grace period its state is unknown. */
  async silenceKubelet(name: string): Promise<void> {
    await this.#label(name, null);
  }

  /** Calls off all that is still booting. */
  close(): void {
    for (const cancel of this.#booting.values()) cancel();
  }

  #order(description: NodeDescription): string {
    allocatableOf(description.instanceType, this.#scenario.instanceTypes);
    const name = nodeName(description, this.#random, (taken) => this.#names.has(taken));
    this.#names.add(name);
    return name;
  }

  async #join(name: string, description: NodeDescription, kubelet: boolean): Promise<void> {
    const allocatable = allocatableOf(description.instanceType, this.#scenario.instanceTypes);
    const node = nodeObject(name, description, allocatable, this.#random, new Date());
    const labels = {
      ...node.metadata.labels,
      ...(kubelet ? { [kubeletLabel]: kubeletRuns } : {}),
    };
    await this.#client.ensure('/api/v1/nodes', {
      apiVersion: 'v1',
      ...node,
      metadata: { ...node.metadata, labels },
    });
    this.#instances.set(instanceIdOf(node.spec.providerID), { node: name, description });
  }

  async #label(name: string, value: string | null): Promise<void> {
    await this.#client.patch(nodePath(name), { metadata: { labels: { [kubeletLabel]: value } } });
  }

  #after(name: string, milliseconds: number, step: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.#booting.delete(name);
      step().catch((error: unknown) => {
        this.#onTrouble(`node ${name}: ${error instanceof Error ? error.message : String(error)}`);
      });
    }, milliseconds);
    this.#booting.set(name, () => {
      clearTimeout(timer);
      this.#booting.delete(name);
    });
  }

  #faultOf({ nodeGroup }: NodeDescription): 'never-joins' | 'joins-not-ready' | 'no-capacity' | undefined {
    const hit = this.#faults.find(
      ({ rule, left }) =>
        left > 0 && rule.kind !== 'slow' && (rule.nodeGroup === undefined || rule.nodeGroup === nodeGroup),
    );
    if (hit === undefined || hit.rule.kind === 'slow') return undefined;
    hit.left -= 1;
    return hit.rule.kind;
  }
}

const nodePath = (name: string): string => `/api/v1/nodes/${name}`;
