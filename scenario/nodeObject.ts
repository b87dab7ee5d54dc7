/** Nodes as EKS makes them: names, labels, versions, provider IDs. */
import { kubernetesTime } from './kubernetesTime.ts';
import type { Random } from '../eks-api/random.ts';
import type { Allocatable } from './instanceTypes.ts';

export type NodeProvider = 'managed' | 'self-managed' | 'karpenter' | 'fargate' | 'hybrid' | 'auto-mode';

export interface Taint {
  key: string;
  value?: string;
  effect: string;
}

/** A node as its kubelet registers it, not Ready yet. */
export interface NodeManifest {
  kind: 'Node';
  metadata: { name: string; labels: Record<string, string>; annotations: Record<string, string> };
  spec: { providerID: string; taints?: Taint[] };
  status: { [field: string]: unknown };
  [field: string]: unknown;
}

export interface NodeDescription {
  provider: NodeProvider;
  nodeGroup?: string;
  /** Minor version of the kubelet. */
  version: string;
  instanceType: string;
  zone: string;
  region: string;
  labels: Record<string, string>;
  taints: Taint[];
}

/** Kubelets that EKS's images of each minor carry. */
const kubeletVersions: Record<string, string> = {
  '1.29': 'v1.29.13-eks-5d632ec',
  '1.30': 'v1.30.9-eks-5d632ec',
  '1.31': 'v1.31.4-eks-aeac579',
  '1.32': 'v1.32.1-eks-5d632ec',
  '1.33': 'v1.33.1-eks-802817d',
  '1.34': 'v1.34.1-eks-113cf36',
  '1.35': 'v1.35.0-eks-70ce843',
};

/** `1.31` → `v1.31.4-eks-aeac579`. */
export const kubeletVersion = (minor: string): string => kubeletVersions[minor] ?? `v${minor}.0-eks-70ce843`;

/** `v1.31.4-eks-aeac579` → `1.31`. */
export const minorOf = (version: string): string => /^v?(\d+\.\d+)/.exec(version)?.[1] ?? version;

/** `aws:///ap-northeast-1a/i-0abc` → `i-0abc`. */
export const instanceIdOf = (providerId: string): string => providerId.slice(providerId.lastIndexOf('/') + 1);

/** A name that no node has yet, as the provider would give it. */
export function nodeName(
  description: NodeDescription,
  random: Random,
  isTaken: (name: string) => boolean,
): string {
  const subnet = 16 * (description.zone.charCodeAt(description.zone.length - 1) - 97);
  for (;;) {
    const third = (subnet + Math.floor(random() * 16)) % 256;
    const address = `ip-10-0-${third}-${2 + Math.floor(random() * 250)}`;
    const name =
      description.provider === 'hybrid'
        ? `mi-${hexadecimal(random, 17)}`
        : description.provider === 'auto-mode'
          ? `i-${hexadecimal(random, 17)}`
          : `${description.provider === 'fargate' ? 'fargate-' : ''}${address}.${description.region}.compute.internal`;
    if (!isTaken(name)) return name;
  }
}

/** The Node as its kubelet registers it, not Ready yet. */
export function nodeObject(
  name: string,
  description: NodeDescription,
  allocatable: Allocatable,
  random: Random,
  now: Date,
): NodeManifest {
  const { provider, zone, region, instanceType, version } = description;
  const instance = provider === 'auto-mode' || provider === 'hybrid' ? name : `i-${hexadecimal(random, 17)}`;
  const architecture = /^[a-z]+\d+g/.test(instanceType) ? 'arm64' : 'amd64';
  const time = kubernetesTime(now);
  const resources = {
    cpu: allocatable.cpu,
    memory: allocatable.memory,
    pods: String(allocatable.pods),
    'ephemeral-storage': '76224326324',
  };
  const quiet = (type: string, reason: string, message: string) => ({
    type,
    status: 'False' as const,
    reason,
    message,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  });
  return {
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/arch': architecture,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/hostname': name,
        'node.kubernetes.io/instance-type': instanceType,
        'topology.kubernetes.io/region': region,
        'topology.kubernetes.io/zone': zone,
        ...providerLabels(description),
        ...description.labels,
      },
      annotations: { 'node.alpha.kubernetes.io/ttl': '0' },
    },
    spec: {
      providerID: provider === 'hybrid' ? `eks-hybrid:///${region}/${name}` : `aws:///${zone}/${instance}`,
      ...(description.taints.length > 0 || provider === 'fargate'
        ? { taints: [...description.taints, ...(provider === 'fargate' ? [fargateTaint] : [])] }
        : {}),
    },
    status: {
      allocatable: resources,
      capacity: resources,
      addresses: [
        { type: 'InternalIP', address: addressOf(name) },
        { type: 'Hostname', address: name },
      ],
      conditions: [
        quiet('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
        quiet('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        quiet('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        quiet(
          'Ready',
          'KubeletNotReady',
          'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
        ),
      ],
      nodeInfo: {
        architecture,
        operatingSystem: 'linux',
        osImage: 'Amazon Linux 2023.6.20250203',
        kernelVersion: '6.1.127-135.201.amzn2023.x86_64',
        containerRuntimeVersion: 'containerd://1.7.25',
        kubeletVersion: kubeletVersion(version),
        machineID: `ec2${hexadecimal(random, 29)}`,
      },
    },
  };
}

const fargateTaint: Taint = { key: 'eks.amazonaws.com/compute-type', value: 'fargate', effect: 'NoSchedule' };

function providerLabels({ provider, nodeGroup }: NodeDescription): Record<string, string> {
  switch (provider) {
    case 'managed':
      return {
        'eks.amazonaws.com/nodegroup': nodeGroup ?? '',
        'eks.amazonaws.com/capacityType': 'ON_DEMAND',
      };
    case 'karpenter':
      return {
        'karpenter.sh/nodepool': 'default',
        'karpenter.sh/capacity-type': 'on-demand',
        'karpenter.k8s.aws/ec2nodeclass': 'default',
        'karpenter.sh/registered': 'true',
        'karpenter.sh/initialized': 'true',
      };
    case 'auto-mode':
      return {
        'eks.amazonaws.com/compute-type': 'auto',
        'karpenter.sh/nodepool': 'general-purpose',
        'karpenter.sh/capacity-type': 'on-demand',
      };
    case 'fargate':
    case 'hybrid':
      return { 'eks.amazonaws.com/compute-type': provider };
    case 'self-managed':
      return {};
  }
}

function addressOf(name: string): string {
  const match = /ip-(\d+)-(\d+)-(\d+)-(\d+)\./.exec(name);
  return match === null ? '10.0.0.1' : match.slice(1).join('.');
}

function hexadecimal(random: Random, length: number): string {
  let digits = '';
  for (let index = 0; index < length; index++) digits += Math.floor(random() * 16).toString(16);
  return digits;
}
