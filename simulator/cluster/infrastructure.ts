import type {
  Infrastructure,
  InstanceView,
  NodeLaunch,
  NodeView,
  PodView,
} from '../../eks-api/infrastructure.ts';
import {
  addonNamespace,
  isKnownAddon,
  manifestsOfAddon,
  workloadsOfAddon,
} from '../../scenario/addonWorkloads.ts';
import type { ControlPlane } from './controlPlane.ts';
import { isStatus } from './errors.ts';
import { evictPod } from './eviction.ts';
import type { DaemonSet, Deployment, Node } from './kinds.ts';
import { daemonSets, deployments, nodes, pods } from './kinds.ts';
import type { Machines } from './machines.ts';
import { objectsFromManifests } from './manifests.ts';
import { minorOf } from '../../scenario/nodeObject.ts';
import { conditionOf, controllerOf, isFinished } from './pods.ts';
import type { MemoryStore } from './store.ts';
import type { GroupResource, SimulatedClock, StoredObject } from './types.ts';

export interface KubernetesEndpoint {
  url: string;
  certificateAuthorityPem: string;
}

/** The simulated cluster as the EKS API sees what stands behind it. */
export class SimulatedInfrastructure implements Infrastructure {
  readonly clock: SimulatedClock;
  private readonly store: MemoryStore;
  private readonly machines: Machines;
  private readonly controlPlane: ControlPlane;
  private readonly region: string;
  private readonly kubernetesEndpoint: () => KubernetesEndpoint;

  constructor(parts: {
    clock: SimulatedClock;
    store: MemoryStore;
    machines: Machines;
    controlPlane: ControlPlane;
    region: string;
    endpoint: () => KubernetesEndpoint;
  }) {
    this.clock = parts.clock;
    this.store = parts.store;
    this.machines = parts.machines;
    this.controlPlane = parts.controlPlane;
    this.region = parts.region;
    this.kubernetesEndpoint = parts.endpoint;
  }

  endpoint(): KubernetesEndpoint {
    return this.kubernetesEndpoint();
  }

  controlPlaneVersion(): string {
    return this.controlPlane.version;
  }

  upgradeControlPlane(to: string, signal: AbortSignal): Promise<void> {
    return this.controlPlane.upgrade(to, signal);
  }

  async launchNode(node: NodeLaunch): Promise<string> {
    return this.machines.launch({ provider: 'managed', region: this.region, ...node });
  }

  async terminateNode(name: string): Promise<void> {
    this.machines.terminate(name);
  }

  findInstance(instanceId: string): InstanceView | undefined {
    return this.machines.findInstance(instanceId);
  }

  async listNodes(nodeGroup: string): Promise<NodeView[]> {
    return this.machines.ofGroup(nodeGroup).map(nodeView);
  }

  async setUnschedulable(node: string, unschedulable: boolean): Promise<void> {
    this.store.mutate(nodes, undefined, node, (current) => {
      const { unschedulable: _before, ...spec } = current.spec;
      return { ...current, spec: unschedulable ? { ...spec, unschedulable } : spec };
    });
  }

  async podsToEvict(node: string): Promise<PodView[]> {
    return this.store
      .podsOnNode(node)
      .filter(
        (pod) =>
          !isFinished(pod) &&
          controllerOf(pod)?.kind !== 'DaemonSet' &&
          pod.metadata.annotations?.['kubernetes.io/config.mirror'] === undefined,
      )
      .map(({ metadata }) => ({
        namespace: metadata.namespace ?? '',
        name: metadata.name,
        uid: metadata.uid,
      }));
  }

  async evict(pod: PodView): Promise<'evicted' | 'refused' | 'gone' | 'error'> {
    try {
      evictPod({ store: this.store, clock: this.clock }, pod.namespace, pod.name, {
        preconditions: { uid: pod.uid },
      });
      return 'evicted';
    } catch (error) {
      if (isStatus(error, 'TooManyRequests')) return 'refused';
      // Another uid under the name means that this one is gone.
      if (isStatus(error, 'NotFound') || isStatus(error, 'Conflict')) return 'gone';
      return 'error';
    }
  }

  async deletePod(pod: PodView): Promise<void> {
    try {
      this.store.remove(pods, pod.namespace, pod.name, { preconditions: { uid: pod.uid } });
    } catch (error) {
      if (!isStatus(error, 'NotFound') && !isStatus(error, 'Conflict')) throw error;
    }
  }

  async addonImage(addon: string): Promise<string | undefined> {
    const installed = this.installedWorkloads(addon)[0];
    const image = installed?.spec.template.spec.containers[0]?.image;
    return image?.slice(image.lastIndexOf(':') + 1);
  }

  async installAddon(addon: string, image: string): Promise<void> {
    for (const { resource, object } of this.addonObjects(addon, image)) {
      const { namespace, name = '' } = object.metadata;
      if (this.find(resource, namespace, name) === undefined) this.store.create(resource, object);
    }
  }

  async removeAddon(addon: string): Promise<void> {
    for (const { resource, object } of this.addonObjects(addon, 'v0.0.0')) {
      const { namespace, name = '' } = object.metadata;
      if (this.find(resource, namespace, name) === undefined) continue;
      this.store.remove(resource, namespace, name, { propagationPolicy: 'Background' });
    }
  }

  private addonObjects(name: string, version: string): ReturnType<typeof objectsFromManifests> {
    return isKnownAddon(name)
      ? objectsFromManifests(manifestsOfAddon({ name, version, managed: true, tags: {} }, this.region))
      : [];
  }

  private find(
    resource: GroupResource,
    namespace: string | undefined,
    name: string,
  ): StoredObject | undefined {
    try {
      return this.store.get(resource, namespace, name);
    } catch (error) {
      if (isStatus(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  /** `image` is a tag, or an image in full. */
  async rollAddon(addon: string, image: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const installed = this.installedWorkloads(addon);
    if (installed.length === 0) throw new Error(`add-on ${addon} is not installed in the cluster`);
    for (const workload of installed) this.setImage(workload, image);
    await Promise.all(installed.map((workload) => this.rolledOut(workload, signal)));
  }

  private installedWorkloads(addon: string): (Deployment | DaemonSet)[] {
    return workloadsOfAddon(addon).flatMap(({ kind, name }) => {
      const found =
        kind === 'Deployment'
          ? this.store.find(deployments, addonNamespace, name)
          : this.store.find(daemonSets, addonNamespace, name);
      return found === undefined ? [] : [found];
    });
  }

  private setImage(workload: Deployment | DaemonSet, image: string): void {
    const { template } = workload.spec;
    const containers = template.spec.containers.map((container, index) =>
      index > 0 ? container : { ...container, image: withTag(container.image ?? '', image) },
    );
    this.store.update(isDeployment(workload) ? resources.Deployment : resources.DaemonSet, {
      ...workload,
      spec: { ...workload.spec, template: { ...template, spec: { ...template.spec, containers } } },
    });
  }

  private rolledOut(workload: Deployment | DaemonSet, signal: AbortSignal): Promise<void> {
    const resource = isDeployment(workload) ? resources.Deployment : resources.DaemonSet;
    const { namespace, name } = workload.metadata;
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const current = isDeployment(workload)
          ? this.store.find(deployments, namespace, name)
          : this.store.find(daemonSets, namespace, name);
        if (current === undefined) settle(() => reject(new Error(`${workload.kind} ${name} is gone`)));
        else if (isRolledOut(current)) settle(resolve);
      };
      const abort = (): void =>
        settle(() =>
          reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason))),
        );
      const stop = this.store.watch(resource, undefined, ({ object }) => {
        if (object.metadata.name === name && object.metadata.namespace === namespace) look();
      });
      const settle = (how: () => void): void => {
        stop();
        signal.removeEventListener('abort', abort);
        how();
      };
      signal.addEventListener('abort', abort, { once: true });
      look();
    });
  }
}

/** Where each of the two is kept, whatever its shape. */
const resources: Record<'Deployment' | 'DaemonSet', GroupResource> = {
  Deployment: deployments,
  DaemonSet: daemonSets,
};

const isDeployment = (workload: Deployment | DaemonSet): workload is Deployment =>
  workload.kind === 'Deployment';

/** Every wanted Pod is of the newest template and available. */
function isRolledOut(workload: Deployment | DaemonSet): boolean {
  if ((workload.status?.observedGeneration ?? 0) < (workload.metadata.generation ?? 1)) return false;
  if (isDeployment(workload)) {
    const { replicas } = workload.spec;
    const status = workload.status;
    return (
      status?.updatedReplicas === replicas &&
      status.availableReplicas === replicas &&
      status.replicas === replicas
    );
  }
  const status = workload.status;
  const wanted = status?.desiredNumberScheduled;
  return (
    wanted !== undefined && status?.updatedNumberScheduled === wanted && status.numberAvailable === wanted
  );
}

function withTag(present: string, image: string): string {
  if (image.includes('/')) return image;
  return `${present.slice(0, present.lastIndexOf(':'))}:${image}`;
}

function nodeView(node: Node): NodeView {
  return {
    name: node.metadata.name,
    version: minorOf(node.status?.nodeInfo?.kubeletVersion ?? ''),
    ready: conditionOf(node, 'Ready')?.status === 'True',
    unschedulable: node.spec.unschedulable === true,
    zone: node.metadata.labels?.['topology.kubernetes.io/zone'] ?? '',
    createdAt: new Date(node.metadata.creationTimestamp),
  };
}
