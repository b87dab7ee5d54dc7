import {
  DescribeAddonCommand,
  DescribeAddonVersionsCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  EKSClient,
  ListAddonsCommand,
  ListNodegroupsCommand,
} from '@aws-sdk/client-eks';
import type { Nodegroup } from '@aws-sdk/client-eks';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import type { RunningSimulator } from '../../simulator/start.ts';
import { makeEksToken } from '../../src/platform/eks/token.ts';

/** What a cluster says of itself, by its two APIs. */
export interface ClusterState {
  controlPlane: { version: string; status: string };
  /** Version and status by node group, with the minor versions of its nodes' kubelets. */
  nodeGroups: Record<string, { version: string; status: string; kubelets: string[] }>;
  /** Version and status by add-on, and whether EKS offers that version for the control plane's. */
  addons: Record<string, { version: string; status: string; compatible: boolean }>;
}

/** Asks the EKS API and the Kubernetes API, past everything of the engine's. No faults may be on. */
export async function askCluster(simulator: RunningSimulator, name: string): Promise<ClusterState> {
  const client = clientOf(simulator);
  try {
    const { cluster } = await client.send(new DescribeClusterCommand({ name }));
    const version = cluster?.version ?? '';
    const nodes = await listNodes(client, name, {
      server: cluster?.endpoint ?? '',
      caData: cluster?.certificateAuthority?.data ?? '',
    });
    const { nodegroups = [] } = await client.send(new ListNodegroupsCommand({ clusterName: name }));
    const { addons = [] } = await client.send(new ListAddonsCommand({ clusterName: name }));
    const groups = nodegroups.map(async (nodegroupName) => {
      const { nodegroup } = await client.send(
        new DescribeNodegroupCommand({ clusterName: name, nodegroupName }),
      );
      const kubelets = nodes
        .filter(({ group }) => group === nodegroupName)
        .map(({ kubelet }) => /^v(1\.\d+)\./.exec(kubelet)?.[1] ?? kubelet);
      return [
        nodegroupName,
        { version: nodegroup?.version ?? '', status: nodegroup?.status ?? '', kubelets },
      ] as const;
    });
    const installed = addons.map(async (addonName) => {
      const { addon } = await client.send(new DescribeAddonCommand({ clusterName: name, addonName }));
      const { addons: offers = [] } = await client.send(
        new DescribeAddonVersionsCommand({ addonName, kubernetesVersion: version }),
      );
      const compatible = offers.some(({ addonVersions = [] }) =>
        addonVersions.some(({ addonVersion }) => addonVersion === addon?.addonVersion),
      );
      return [
        addonName,
        { version: addon?.addonVersion ?? '', status: addon?.status ?? '', compatible },
      ] as const;
    });
    return {
      controlPlane: { version, status: cluster?.status ?? '' },
      nodeGroups: Object.fromEntries(await Promise.all(groups)),
      addons: Object.fromEntries(await Promise.all(installed)),
    };
  } finally {
    client.destroy();
  }
}

/** One node group as EKS describes it. */
export async function askNodeGroup(
  simulator: RunningSimulator,
  clusterName: string,
  nodegroupName: string,
): Promise<Nodegroup> {
  const client = clientOf(simulator);
  try {
    const { nodegroup } = await client.send(new DescribeNodegroupCommand({ clusterName, nodegroupName }));
    return nodegroup ?? {};
  } finally {
    client.destroy();
  }
}

/** What speaks against every part of the demo's cluster being at a version, one line each. */
export function notAt(version: string, { controlPlane, nodeGroups, addons }: ClusterState): string[] {
  return [
    ...(controlPlane.version === version && controlPlane.status === 'ACTIVE'
      ? []
      : [`the control plane is at ${controlPlane.version}, ${controlPlane.status}`]),
    ...(Object.keys(nodeGroups).length > 0 ? [] : ['there is no node group']),
    ...Object.entries(nodeGroups)
      .filter(
        ([, group]) =>
          group.version !== version ||
          group.status !== 'ACTIVE' ||
          group.kubelets.length === 0 ||
          group.kubelets.some((kubelet) => kubelet !== version),
      )
      .map(
        ([name, group]) =>
          `node group ${name} is at ${group.version}, ${group.status}, with kubelets ${group.kubelets.join(', ')}`,
      ),
    ...(addons['kube-proxy']?.version.startsWith(`v${version}.`) === true
      ? []
      : [`kube-proxy is at ${addons['kube-proxy']?.version ?? 'nothing'}`]),
    ...Object.entries(addons)
      .filter(([, addon]) => addon.status !== 'ACTIVE' || !addon.compatible)
      .map(
        ([name, addon]) =>
          `add-on ${name} ${addon.version} is ${addon.status}${addon.compatible ? '' : ' and not for this version'}`,
      ),
  ];
}

function clientOf({ environment }: RunningSimulator): EKSClient {
  return new EKSClient({
    endpoint: environment['AWS_ENDPOINT_URL_EKS'] ?? '',
    region: environment['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
}

async function listNodes(
  client: EKSClient,
  clusterName: string,
  cluster: { server: string; caData: string },
): Promise<{ group: string | undefined; kubelet: string }[]> {
  const { token } = await makeEksToken({
    clusterName,
    region: await client.config.region(),
    credentials: await client.config.credentials(),
  });
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: clusterName, ...cluster }],
    users: [{ name: 'me', token }],
    contexts: [{ name: clusterName, cluster: clusterName, user: 'me' }],
    currentContext: clusterName,
  });
  const { items } = await config.makeApiClient(CoreV1Api).listNode();
  return items.map(({ metadata, status }) => ({
    group: metadata?.labels?.['eks.amazonaws.com/nodegroup'],
    kubelet: status?.nodeInfo?.kubeletVersion ?? '',
  }));
}
