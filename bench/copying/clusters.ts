import { setTimeout as wait } from 'node:timers/promises';
import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClusterCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-eks';
import { kubeconfigText } from '../../lab/controlPlane/credentials.ts';
import { connectKubernetes } from '../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../src/kubernetes/connection.ts';
import { makeEksToken } from '../../src/platform/eks/token.ts';
import type { Grounds } from './grounds.ts';

const pollMs = 200;

type Asked = Pick<Grounds, 'eks' | 'region' | 'credentials'>;

/** A cluster, as its maker gets at it. */
interface Connected {
  connection: KubernetesConnection;
  kubeconfig: () => Promise<string>;
}

/** Connects as EKS lets one in. */
export async function connectMade({ eks, region, credentials }: Asked, name: string): Promise<Connected> {
  const { cluster } = await eks.send(new DescribeClusterCommand({ name }));
  const server = cluster?.endpoint ?? '';
  const certificateAuthorityPem = Buffer.from(cluster?.certificateAuthority?.data ?? '', 'base64').toString();
  const token = async () => (await makeEksToken({ clusterName: name, region, credentials })).token;
  return {
    connection: await connectKubernetes({ endpoint: server, certificateAuthorityPem, token }),
    kubeconfig: async () => kubeconfigText({ server, certificateAuthorityPem, token: await token() }),
  };
}

/** Makes an empty cluster beside blue, with no nodes. Resolves when it is ACTIVE; `remove` when it is gone. */
export async function makeCluster(
  asked: Asked,
  name: string,
): Promise<Connected & { remove: () => Promise<void> }> {
  const { eks } = asked;
  const { cluster: blue } = await eks.send(new DescribeClusterCommand({ name: 'blue' }));
  await eks.send(
    new CreateClusterCommand({
      ...{ name, version: '1.33', roleArn: 'arn:aws:iam::111122223333:role/any' },
      resourcesVpcConfig: { subnetIds: blue?.resourcesVpcConfig?.subnetIds ?? [] },
      accessConfig: { authenticationMode: 'API' },
    }),
  );
  const status = async () => (await eks.send(new DescribeClusterCommand({ name }))).cluster?.status;
  while ((await status()) !== 'ACTIVE') await wait(pollMs);
  const connected = await connectMade(asked, name);
  return {
    ...connected,
    remove: async () => {
      await connected.connection.close();
      await eks.send(new DeleteClusterCommand({ name }));
      while (await isThere(status)) await wait(pollMs);
    },
  };
}

async function isThere(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}
