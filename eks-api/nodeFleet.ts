import { hasOwnImage } from './nodeGroupRecord.ts';
import type { NodeGroupRecord } from './nodeGroupRecord.ts';
import type { NodeView } from './infrastructure.ts';
import type { EksService } from './service.ts';
import { UpdateFailure } from './updates.ts';

/** What a node is launched with. */
export interface NodeImage {
  /** Kubelet's minor version. */
  version: string;
  releaseVersion: string;
}

/** The nodes that a group has, with those that are ordered and have not joined yet. */
export class NodeFleet {
  readonly #service: EksService;
  readonly #group: NodeGroupRecord;
  /** Zone of each node that was ordered and not seen yet. */
  readonly #ordered = new Map<string, string>();

  constructor(service: EksService, group: NodeGroupRecord) {
    this.#service = service;
    this.#group = group;
  }

  /** The nodes that have joined. */
  async joined(): Promise<NodeView[]> {
    const nodes = await this.#service.infrastructure.listNodes(this.#group.name);
    for (const { name } of nodes) this.#ordered.delete(name);
    return nodes;
  }

  /** Orders nodes, each in the zone that has the fewest. Resolves with their names; they join later, or never. */
  async launch(count: number, image: NodeImage): Promise<string[]> {
    const { infrastructure } = this.#service;
    const group = this.#group;
    const names: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const zone = await this.#emptiestZone();
      const name = await infrastructure.launchNode({
        nodeGroup: group.name,
        version: image.version,
        labels: labelsOf(group),
        taints: group.taints,
        instanceType: group.instanceTypes[0] ?? 'm6i.large',
        zone,
      });
      this.#ordered.set(name, zone);
      group.releases.set(name, image.releaseVersion);
      names.push(name);
    }
    return names;
  }

  /**
   * Waits until nodes have joined and are Ready.
   *
   * @throws UpdateFailure NodeCreationFailure when one has not by the time limit
   */
  async awaitReady(names: readonly string[], signal: AbortSignal): Promise<void> {
    const { infrastructure, timings } = this.#service;
    const deadline = infrastructure.clock.now().getTime() + timings.nodeJoinLimit * 1000;
    for (;;) {
      const ready = new Set((await this.joined()).filter((node) => node.ready).map(({ name }) => name));
      const missing = names.filter((name) => !ready.has(name));
      if (missing.length === 0) return;
      if (infrastructure.clock.now().getTime() >= deadline) {
        throw new UpdateFailure({
          code: 'NodeCreationFailure',
          message: `Couldn't proceed with upgrade process as new nodes are not joining node group ${this.#group.name}`,
          resourceIds: missing,
        });
      }
      await this.#service.pause(timings.retryInterval, signal);
    }
  }

  /** Ends a node, also one that has not joined yet. */
  async terminate(name: string): Promise<void> {
    this.#ordered.delete(name);
    this.#group.releases.delete(name);
    await this.#service.infrastructure.terminateNode(name);
  }

  /** Names of nodes that were ordered and have not joined. */
  async pending(): Promise<string[]> {
    await this.joined();
    return [...this.#ordered.keys()];
  }

  async #emptiestZone(): Promise<string> {
    const counts = new Map(this.#group.zones.map((zone) => [zone, 0]));
    const zones = [...(await this.joined()).map(({ zone }) => zone), ...this.#ordered.values()];
    for (const zone of zones) {
      const count = counts.get(zone);
      if (count !== undefined) counts.set(zone, count + 1);
    }
    const [emptiest] = [...counts].sort(([, left], [, right]) => left - right);
    return emptiest?.[0] ?? `${this.#service.cluster.region}a`;
  }
}

/** The image that a group's nodes are launched with now. */
export function imageOf(group: NodeGroupRecord): NodeImage {
  return { version: group.version, releaseVersion: group.releaseVersion };
}

/** The group's own labels and those that EKS sets on every node of a group. */
function labelsOf(group: NodeGroupRecord): Record<string, string> {
  return {
    ...group.labels,
    'eks.amazonaws.com/nodegroup': group.name,
    'eks.amazonaws.com/capacityType': group.capacityType,
    ...(hasOwnImage(group) ? {} : { 'eks.amazonaws.com/nodegroup-image': group.amiType }),
  };
}
