import { hasOwnImage } from './nodeGroupRecord.ts';
import type { NodeGroupRecord } from './nodeGroupRecord.ts';
import { NoCapacity } from './infrastructure.ts';
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

  /** The nodes that have joined, less those that the Auto Scaling group is taking away. */
  async joined(): Promise<NodeView[]> {
    const nodes = await this.#service.infrastructure.listNodes(this.#group.name);
    for (const { name } of nodes) this.#ordered.delete(name);
    return nodes.filter(({ name }) => !this.#group.leaving.has(name));
  }

  /**
   * Orders nodes, each in the zone that has the fewest. Resolves with their names; they join later, or never. Where
   * there is no machine to be had the group says so in its health, and has fewer nodes than it should.
   */
  async launch(count: number, image: NodeImage): Promise<string[]> {
    const { infrastructure } = this.#service;
    const group = this.#group;
    const names: string[] = [];
    const inZone = await this.#countZones();
    for (let index = 0; index < count; index += 1) {
      const zone = emptiest(inZone) ?? `${this.#service.cluster.region}a`;
      inZone.set(zone, (inZone.get(zone) ?? 0) + 1);
      try {
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
      } catch (error) {
        if (!(error instanceof NoCapacity)) throw error;
        names.push(`no machine in ${zone}`);
        tellLaunchFailure(group, error.message);
      }
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
    this.#group.leaving.delete(name);
  }

  /** Names of nodes that were ordered and have not joined. */
  async pending(): Promise<string[]> {
    await this.joined();
    return [...this.#ordered.keys()];
  }

  async #countZones(): Promise<Map<string, number>> {
    const counts = new Map(this.#group.zones.map((zone) => [zone, 0]));
    const zones = [...(await this.joined()).map(({ zone }) => zone), ...this.#ordered.values()];
    for (const zone of zones) {
      const count = counts.get(zone);
      if (count !== undefined) counts.set(zone, count + 1);
    }
    return counts;
  }
}

/** The zone with the fewest nodes, the first among equals. */
function emptiest(inZone: ReadonlyMap<string, number>): string | undefined {
  let found: [string, number] | undefined;
  for (const [zone, count] of inZone) if (found === undefined || count < found[1]) found = [zone, count];
  return found?.[0];
}

const launchFailures = 'AsgInstanceLaunchFailures';

function tellLaunchFailure(group: NodeGroupRecord, message: string): void {
  if (group.issues.some(({ code }) => code === launchFailures)) return;
  group.issues.push({ code: launchFailures, message, resourceIds: [group.autoScalingGroup] });
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
