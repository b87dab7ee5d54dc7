import { EKSClient } from '@aws-sdk/client-eks';
import { kubeconfigText } from '../../lab/controlPlane/credentials.ts';
import { startTemporaryLab } from '../../lab/temporaryLab.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { startSimulator } from '../../simulator/start.ts';
import { connectKubernetes } from '../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../src/kubernetes/connection.ts';
import { connectMade } from './clusters.ts';

const region = 'ap-northeast-1';
const scenario = parseScenario({
  cluster: { name: 'blue', version: '1.31', region },
  speed: 60,
  timings: { clusterCreation: 10, clusterDeletion: 10 },
  nodeGroups: [{ name: 'general', size: 1 }],
});

/** Where it takes place: blue, and EKS that makes clusters beside it. */
export interface Grounds {
  eks: EKSClient;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  blue: KubernetesConnection;
  /** For other programs; absent where no real API server answers them. */
  kubeconfig?: string;
  close: () => Promise<void>;
}

/** Real programs: blue is 1.31. */
export async function onLab(log: (line: string) => void): Promise<Grounds> {
  const lab = await startTemporaryLab(scenario, log);
  const { kubernetesUrl, certificateAuthorityPem, adminToken: token } = lab;
  const endpoint = kubernetesUrl;
  const blue = await connectKubernetes({ endpoint, certificateAuthorityPem, token: async () => token });
  const known = asked(lab.eksUrl, lab.environment);
  return {
    ...known,
    blue,
    kubeconfig: kubeconfigText({ server: endpoint, certificateAuthorityPem, token }),
    close: () => closed(known.eks, blue, lab),
  };
}

/** Simulated clusters: what our own side of it costs, on any machine and at once. */
export async function onSimulator(): Promise<Grounds> {
  const simulator = await startSimulator({ scenario });
  const known = asked(simulator.eksUrl, simulator.environment);
  const { connection: blue } = await connectMade(known, 'blue');
  return { ...known, blue, close: () => closed(known.eks, blue, simulator) };
}

function asked(
  endpoint: string,
  environment: Record<string, string>,
): Pick<Grounds, 'eks' | 'region' | 'credentials'> {
  const credentials = {
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
  };
  return { eks: new EKSClient({ endpoint, region, credentials }), region, credentials };
}

async function closed(
  eks: EKSClient,
  blue: KubernetesConnection,
  ground: { close: () => Promise<void> },
): Promise<void> {
  eks.destroy();
  await blue.close();
  await ground.close();
}
