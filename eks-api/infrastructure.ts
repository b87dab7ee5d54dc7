import type { UpdateFault, UpdateKind } from './updateFault.ts';

/**
 * What stands behind the EKS API: the machines and the Kubernetes cluster. The simulator implements it over its model,
 * the lab over real processes. All behaviour of EKS itself (refusals, updates and their tokens, the four phases of a
 * node group's update, add-ons, insights) is written once, in this folder, over this interface.
 *
 * Times are the infrastructure's own: a simulated clock may run faster than real time.
 */
export interface Infrastructure {
  readonly clock: InfrastructureClock;
  /** URL of the Kubernetes API and its certificate authority (PEM). */
  endpoint(): { url: string; certificateAuthorityPem: string };
  /** Minor version that the control plane serves now, `1.31`. */
  controlPlaneVersion(): string;
  /** Replaces the control plane, rolling, and resolves when all of it is at the version. Rejects when it can't be. */
  upgradeControlPlane(to: string, signal: AbortSignal): Promise<void>;
  /**
   * Orders a node; resolves with its name as soon as it is ordered. It joins and becomes Ready later, or never.
   * Rejects with `NoCapacity` where there is no machine to be had now.
   */
  launchNode(node: NodeLaunch): Promise<string>;
  /** Ends a node at once, whatever runs on it. A node that is not there is fine. */
  terminateNode(name: string): Promise<void>;
  /** The node that runs on an EC2 instance of a managed node group, by the instance's ID; undefined for any other. */
  findInstance(instanceId: string): InstanceView | undefined;
  /** The nodes of a group that have joined. */
  listNodes(nodeGroup: string): Promise<NodeView[]>;
  /** Marks a node unschedulable, or schedulable again. */
  setUnschedulable(node: string, unschedulable: boolean): Promise<void>;
  /** The Pods on a node that an eviction would concern: no DaemonSet or mirror Pods, none that has finished. */
  podsToEvict(node: string): Promise<PodView[]>;
  /** Asks the eviction API. */
  evict(pod: PodView): Promise<'evicted' | 'refused' | 'gone' | 'error'>;
  /** Deletes a Pod whatever its budget says. */
  deletePod(pod: PodView): Promise<void>;
  /** Image tag of an add-on's workload (`aws-node`, `kube-proxy`, `coredns` …), or undefined when it is not installed. */
  addonImage(addon: string): Promise<string | undefined>;
  /** Puts an add-on's workload into the cluster, as far as it is not there; does not wait for its Pods. */
  installAddon(addon: string, image: string): Promise<void>;
  /** Takes an add-on's workload out of the cluster. One that is not there is fine. */
  removeAddon(addon: string): Promise<void>;
  /** Brings an add-on's workload to an image and waits until it has rolled out. Rejects when it does not by the signal. */
  rollAddon(addon: string, image: string, signal: AbortSignal): Promise<void>;
}

export interface InfrastructureClock {
  now(): Date;
  /** Waits for that much of the infrastructure's own time. Rejects with the signal's reason. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export interface NodeLaunch {
  nodeGroup: string;
  /** Kubelet's version, `1.31`. */
  version: string;
  labels: Record<string, string>;
  taints: { key: string; value?: string; effect: 'NoSchedule' | 'NoExecute' | 'PreferNoSchedule' }[];
  instanceType: string;
  zone: string;
}

export interface InstanceView {
  node: string;
  nodeGroup: string;
  instanceType: string;
  zone: string;
}

export interface NodeView {
  name: string;
  version: string;
  ready: boolean;
  unschedulable: boolean;
  zone: string;
  createdAt: Date;
}

export interface PodView {
  namespace: string;
  name: string;
  uid: string;
}

/** What a cluster that CreateCluster asks for is made of. */
export interface NewCluster {
  name: string;
  region: string;
  /** Minor version of its control plane, `1.33`. */
  version: string;
  tags: Record<string, string>;
  /** ARN of who has asked for it. */
  creator?: string;
  /** Add-ons that are in it from the start without EKS managing them, with their images' tags. */
  selfManagedAddons: { name: string; version: string }[];
}

/** A cluster that can be started. Nothing of it runs yet, and its Kubernetes API has no address. */
export interface PreparedCluster {
  infrastructure: Infrastructure;
  /** Asked once when an update of it begins, as `updateFault` of the API's options is. */
  updateFault?: (kind: UpdateKind, name: string) => UpdateFault | undefined;
  /** Starts its control plane; resolves when its Kubernetes API answers. */
  start(signal: AbortSignal): Promise<void>;
  /** Ends all of it, also when it was not started. */
  end(): Promise<void>;
}

/** Makes control planes for CreateCluster. Each has an address and a certificate authority of its own. */
export interface ClusterFactory {
  /** Throws `UnsupportedCluster` for one that it can't make. */
  prepare(cluster: NewCluster): PreparedCluster;
}

/** A cluster of that kind can't be made here; the message says why. */
export class UnsupportedCluster extends Error {
  override readonly name = 'UnsupportedCluster';
}

/** There is no machine of that type to be had in that zone now. */
export class NoCapacity extends Error {
  override readonly name = 'NoCapacity';

  constructor(launch: Pick<NodeLaunch, 'instanceType' | 'zone'>) {
    super(
      `Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient ${launch.instanceType} capacity in the Availability Zone you requested (${launch.zone}).`,
    );
  }
}
