import { NoCapacity } from '../../eks-api/infrastructure.ts';
import type {
  Infrastructure,
  InstanceView,
  NodeLaunch,
  NodeView,
  PodView,
} from '../../eks-api/infrastructure.ts';
import { SteppedClock } from './steppedClock.ts';

interface MemoryPod extends PodView {
  node: string;
  app: string;
}

export interface MemoryInfrastructureOptions {
  version?: string;
  /** Seconds that replacing the control plane takes. */
  upgradeSeconds?: number;
  bootSeconds?: number;
  /** A clock of its own unless given. */
  clock?: SteppedClock;
  /** Where its Kubernetes API is. */
  url?: string;
}

/**
 * Machines and Pods in memory: Pods whose node goes are put on another one that takes Pods, an eviction is refused for
 * the apps in `refusing`. Everything that is asked of it is written down in `log`.
 */
export class MemoryInfrastructure implements Infrastructure {
  readonly log: string[] = [];
  /** When each line of the log was written, in seconds. */
  readonly times: number[] = [];
  readonly nodes = new Map<string, NodeView & { nodeGroup: string; launch?: NodeLaunch }>();
  readonly pods = new Map<string, MemoryPod>();
  /** Apps whose budget refuses every eviction. */
  readonly refusing = new Set<string>();
  /** Node groups whose nodes never join. */
  readonly neverJoining = new Set<string>();
  /** Zones in which there is no machine to be had. */
  readonly withoutCapacity = new Set<string>();
  readonly addonVersions = new Map<string, string>();
  /** Add-ons whose Pods never become Ready. */
  readonly stuckAddons = new Set<string>();
  readonly clock: SteppedClock;
  upgradeError: Error | undefined;
  mostNodes = 0;
  #version: string;
  #count = 0;
  readonly #options: Required<Omit<MemoryInfrastructureOptions, 'clock'>>;

  constructor(options: MemoryInfrastructureOptions = {}) {
    const { clock = new SteppedClock(), ...rest } = options;
    this.clock = clock;
    const url = 'https://127.0.0.1:6443';
    this.#options = { version: '1.31', upgradeSeconds: 600, bootSeconds: 60, url, ...rest };
    this.#version = this.#options.version;
  }

  /** A node that is there from the start, with one Pod of each app. */
  addNode(nodeGroup: string, version: string, zone: string, apps: string[] = []): string {
    const name = this.#nextName(nodeGroup);
    this.nodes.set(name, {
      name,
      nodeGroup,
      version,
      zone,
      ready: true,
      unschedulable: false,
      createdAt: this.clock.now(),
    });
    for (const app of apps) this.#addPod(app, name);
    return name;
  }

  endpoint(): { url: string; certificateAuthorityPem: string } {
    return { url: this.#options.url, certificateAuthorityPem: 'a certificate' };
  }

  controlPlaneVersion(): string {
    return this.#version;
  }

  async upgradeControlPlane(to: string, signal: AbortSignal): Promise<void> {
    this.#tell(`upgrade ${to}`);
    await this.clock.sleep(this.#options.upgradeSeconds * 1000, signal);
    if (this.upgradeError !== undefined) throw this.upgradeError;
    this.#version = to;
  }

  async launchNode(launch: NodeLaunch): Promise<string> {
    if (this.withoutCapacity.has(launch.zone)) throw new NoCapacity(launch);
    const name = this.#nextName(launch.nodeGroup);
    this.#tell(`launch ${name} ${launch.version} ${launch.zone}`);
    if (!this.neverJoining.has(launch.nodeGroup)) {
      void this.clock.sleep(this.#options.bootSeconds * 1000).then(() => {
        if (this.log.includes(`terminate ${name}`)) return;
        const { nodeGroup, version, zone } = launch;
        const createdAt = this.clock.now();
        this.nodes.set(name, {
          name,
          nodeGroup,
          version,
          zone,
          ready: true,
          unschedulable: false,
          createdAt,
          launch,
        });
        this.mostNodes = Math.max(this.mostNodes, this.nodes.size);
      });
    }
    return name;
  }

  async terminateNode(name: string): Promise<void> {
    this.#tell(`terminate ${name}`);
    this.nodes.delete(name);
    for (const pod of this.pods.values()) if (pod.node === name) this.pods.delete(pod.uid);
  }

  /** Instances have their nodes' names, `i-blue-1`. */
  findInstance(instanceId: string): InstanceView | undefined {
    const node = this.nodes.get(instanceId.replace(/^i-/, ''));
    if (node === undefined) return undefined;
    const { name, nodeGroup, zone } = node;
    return { node: name, nodeGroup, zone, instanceType: 'm6i.large' };
  }

  async listNodes(nodeGroup: string): Promise<NodeView[]> {
    return [...this.nodes.values()].filter((node) => node.nodeGroup === nodeGroup);
  }

  async setUnschedulable(node: string, unschedulable: boolean): Promise<void> {
    this.#tell(`${unschedulable ? 'cordon' : 'uncordon'} ${node}`);
    const found = this.nodes.get(node);
    if (found !== undefined) found.unschedulable = unschedulable;
  }

  async podsToEvict(node: string): Promise<PodView[]> {
    return [...this.pods.values()].filter((pod) => pod.node === node);
  }

  async evict(pod: PodView): Promise<'evicted' | 'refused' | 'gone' | 'error'> {
    const found = this.pods.get(pod.uid);
    if (found === undefined) return 'gone';
    if (this.refusing.has(found.app)) return 'refused';
    this.#tell(`evict ${found.app} from ${found.node}`);
    this.#replace(found);
    return 'evicted';
  }

  async deletePod(pod: PodView): Promise<void> {
    const found = this.pods.get(pod.uid);
    if (found === undefined) return;
    this.#tell(`delete ${found.app} from ${found.node}`);
    this.#replace(found);
  }

  async addonImage(addon: string): Promise<string | undefined> {
    return this.addonVersions.get(addon);
  }

  async installAddon(addon: string, image: string): Promise<void> {
    this.#tell(`install ${addon} ${image}`);
    if (!this.addonVersions.has(addon)) this.addonVersions.set(addon, image);
  }

  async removeAddon(addon: string): Promise<void> {
    this.#tell(`remove ${addon}`);
    this.addonVersions.delete(addon);
  }

  async rollAddon(addon: string, image: string, signal: AbortSignal): Promise<void> {
    this.#tell(`roll ${addon} ${image}`);
    await this.clock.sleep(this.stuckAddons.has(addon) ? 3_600_000 : 20_000, signal);
    this.addonVersions.set(addon, image);
  }

  #tell(line: string): void {
    this.log.push(line);
    this.times.push(this.clock.now().getTime() / 1000);
  }

  #replace(pod: MemoryPod): void {
    this.pods.delete(pod.uid);
    const target = [...this.nodes.values()].find((node) => !node.unschedulable && node.name !== pod.node);
    if (target !== undefined) this.#addPod(pod.app, target.name);
  }

  #addPod(app: string, node: string): void {
    const uid = `uid-${++this.#count}`;
    this.pods.set(uid, { namespace: 'shop', name: `${app}-${this.#count}`, uid, node, app });
  }

  #nextName(nodeGroup: string): string {
    return `${nodeGroup}-${++this.#count}`;
  }
}
