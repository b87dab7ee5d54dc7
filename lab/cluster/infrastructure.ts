import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Infrastructure,
  InfrastructureClock,
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
import type { Manifest } from '../../scenario/manifest.ts';
import { minorOf } from '../../scenario/nodeObject.ts';
import type { KubernetesObject } from './kubernetesClient.ts';
import { KubernetesFailure } from './kubernetesClient.ts';
import type { LabClusterParts } from './labCluster.ts';

const lookEveryMs = 200;

interface NodeObject extends KubernetesObject {
  spec: { unschedulable?: boolean };
  status?: { nodeInfo?: { kubeletVersion: string }; conditions?: { type: string; status: string }[] };
}

interface PodObject extends KubernetesObject {
  status?: { phase?: string };
}

interface AddonWorkload extends KubernetesObject {
  spec: { replicas?: number; template: { spec: { containers: { name: string; image?: string }[] } } };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    availableReplicas?: number;
    desiredNumberScheduled?: number;
    updatedNumberScheduled?: number;
    numberAvailable?: number;
  };
}

/** The lab's real processes as the EKS API sees what stands behind it. */
export class LabInfrastructure implements Infrastructure {
  readonly clock: InfrastructureClock = realClock;
  readonly #region: string;
  readonly #version: string;
  readonly #started: () => LabClusterParts | undefined;

  constructor(cluster: {
    region: string;
    /** Minor version that the control plane begins with. */
    version: string;
    /** What there is of the cluster; undefined until its control plane answers. */
    parts: () => LabClusterParts | undefined;
  }) {
    this.#region = cluster.region;
    this.#version = cluster.version;
    this.#started = cluster.parts;
  }

  get #parts(): LabClusterParts {
    const parts = this.#started();
    if (parts === undefined) throw new Error('the control plane of this cluster has not been started');
    return parts;
  }

  endpoint(): { url: string; certificateAuthorityPem: string } {
    const { url, certificateAuthorityPem } = this.#parts.controlPlane;
    return { url, certificateAuthorityPem };
  }

  controlPlaneVersion(): string {
    return this.#started()?.controlPlane.version() ?? this.#version;
  }

  upgradeControlPlane(to: string, signal: AbortSignal): Promise<void> {
    return this.#parts.controlPlane.upgrade(to, signal);
  }

  async launchNode(node: NodeLaunch): Promise<string> {
    return this.#parts.machines.launch({ provider: 'managed', region: this.#region, ...node });
  }

  terminateNode(name: string): Promise<void> {
    return this.#parts.machines.terminate(name);
  }

  findInstance(instanceId: string): InstanceView | undefined {
    return this.#started()?.machines.findInstance(instanceId);
  }

  async listNodes(nodeGroup: string): Promise<NodeView[]> {
    const selector = encodeURIComponent(`eks.amazonaws.com/nodegroup=${nodeGroup}`);
    return (await this.#parts.client.list<NodeObject>(`/api/v1/nodes?labelSelector=${selector}`)).map(
      nodeView,
    );
  }

  async setUnschedulable(node: string, unschedulable: boolean): Promise<void> {
    await this.#parts.client.patch(`/api/v1/nodes/${node}`, {
      spec: { unschedulable: unschedulable ? true : null },
    });
  }

  async podsToEvict(node: string): Promise<PodView[]> {
    const selector = encodeURIComponent(`spec.nodeName=${node}`);
    const pods = await this.#parts.client.list<PodObject>(`/api/v1/pods?fieldSelector=${selector}`);
    return pods
      .filter(
        ({ metadata, status }) =>
          status?.phase !== 'Succeeded' &&
          status?.phase !== 'Failed' &&
          metadata.ownerReferences?.some(({ kind, controller }) => kind === 'DaemonSet' && controller) !==
            true &&
          metadata.annotations?.['kubernetes.io/config.mirror'] === undefined,
      )
      .map(({ metadata }) => ({
        namespace: metadata.namespace ?? '',
        name: metadata.name,
        uid: metadata.uid ?? '',
      }));
  }

  async evict({ namespace, name, uid }: PodView): Promise<'evicted' | 'refused' | 'gone' | 'error'> {
    try {
      await this.#parts.client.post(`/api/v1/namespaces/${namespace}/pods/${name}/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { namespace, name },
        deleteOptions: { preconditions: { uid } },
      });
      return 'evicted';
    } catch (error) {
      if (!(error instanceof KubernetesFailure)) return 'error';
      if (error.code === 429) return 'refused';
      // Another uid under the name means that this one is gone.
      return error.code === 404 || error.code === 409 ? 'gone' : 'error';
    }
  }

  async deletePod({ namespace, name, uid }: PodView): Promise<void> {
    try {
      await this.#parts.client.remove(`/api/v1/namespaces/${namespace}/pods/${name}`, {
        preconditions: { uid },
      });
    } catch (error) {
      if (!(error instanceof KubernetesFailure && error.code === 409)) throw error;
    }
  }

  async addonImage(addon: string): Promise<string | undefined> {
    const [installed] = await this.#installedWorkloads(addon);
    const image = installed?.workload.spec.template.spec.containers[0]?.image;
    return image?.slice(image.lastIndexOf(':') + 1);
  }

  async installAddon(addon: string, image: string): Promise<void> {
    if (!isKnownAddon(addon)) return;
    for (const manifest of manifestsOfAddon(
      { name: addon, version: image, managed: true, tags: {} },
      this.#region,
    )) {
      const collection = collectionOf(manifest);
      // Asked for first: a Service with an address of its own is refused as such before it is seen to be there.
      const present = await this.#parts.client.find(`${collection}/${manifest.metadata.name}`);
      if (present === undefined) await this.#parts.client.ensure(collection, manifest);
    }
  }

  async removeAddon(addon: string): Promise<void> {
    if (!isKnownAddon(addon)) return;
    const manifests = manifestsOfAddon(
      { name: addon, version: 'v0.0.0', managed: true, tags: {} },
      this.#region,
    );
    for (const manifest of manifests) {
      await this.#parts.client.remove(`${collectionOf(manifest)}/${manifest.metadata.name}`, {
        propagationPolicy: 'Background',
      });
    }
  }

  /** `image` is a tag, or an image in full. */
  async rollAddon(addon: string, image: string, signal: AbortSignal): Promise<void> {
    const installed = await this.#installedWorkloads(addon);
    if (installed.length === 0) throw new Error(`add-on ${addon} is not installed in the cluster`);
    for (const { path, workload } of installed) {
      signal.throwIfAborted();
      const [container] = workload.spec.template.spec.containers;
      await this.#parts.client.patch(
        path,
        {
          spec: {
            template: {
              spec: {
                containers: [{ name: container?.name, image: withTag(container?.image ?? '', image) }],
              },
            },
          },
        },
        'strategic-merge',
      );
    }
    while (!(await this.#installedWorkloads(addon)).every(({ workload }) => isRolledOut(workload)))
      await sleep(lookEveryMs, undefined, { signal });
  }

  async #installedWorkloads(addon: string): Promise<{ path: string; workload: AddonWorkload }[]> {
    const found = await Promise.all(
      workloadsOfAddon(addon).map(async ({ kind, name }) => {
        const path = `/apis/apps/v1/namespaces/${addonNamespace}/${kind.toLowerCase()}s/${name}`;
        const workload = await this.#parts.client.find<AddonWorkload>(path);
        return workload === undefined ? [] : [{ path, workload }];
      }),
    );
    return found.flat();
  }
}

const realClock: InfrastructureClock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, signal === undefined ? {} : { signal }),
};

/** Every wanted Pod is of the newest template and available. */
function isRolledOut({ metadata, spec, status }: AddonWorkload): boolean {
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 1)) return false;
  if (status?.desiredNumberScheduled !== undefined) {
    const wanted = status.desiredNumberScheduled;
    return (status.updatedNumberScheduled ?? 0) === wanted && (status.numberAvailable ?? 0) === wanted;
  }
  const wanted = spec.replicas ?? 1;
  return (
    status?.updatedReplicas === wanted && status.availableReplicas === wanted && status.replicas === wanted
  );
}

function withTag(present: string, image: string): string {
  if (image.includes('/')) return image;
  return `${present.slice(0, present.lastIndexOf(':'))}:${image}`;
}

/** Where an add-on's objects are; all of their kinds are made plural by an s. */
function collectionOf({ apiVersion, kind }: Manifest): string {
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${base}/namespaces/${addonNamespace}/${kind.toLowerCase()}s`;
}

function nodeView({ metadata, spec, status }: NodeObject): NodeView {
  return {
    name: metadata.name,
    version: minorOf(status?.nodeInfo?.kubeletVersion ?? ''),
    ready: status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') === true,
    unschedulable: spec.unschedulable === true,
    zone: metadata.labels?.['topology.kubernetes.io/zone'] ?? '',
    createdAt: new Date(metadata.creationTimestamp ?? 0),
  };
}
