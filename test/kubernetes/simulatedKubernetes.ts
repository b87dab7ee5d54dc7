import { readFile } from 'node:fs/promises';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { createSimulatedCluster } from '../../simulator/cluster/cluster.ts';
import type { SimulatedCluster } from '../../simulator/cluster/cluster.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { startKubernetesApi } from '../../simulator/kube-api/index.ts';
import { connectKubernetes } from '../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../src/kubernetes/connection.ts';
import { defaultRetryPolicy } from '../../src/kubernetes/retryPolicy.ts';

/** The demo's cluster with its Kubernetes API served, and a connection to it; all ends with the test. */
export async function startSimulatedKubernetes(
  options: { speed?: number } = {},
): Promise<{ cluster: SimulatedCluster; connection: KubernetesConnection }> {
  const file = new URL('../../scenario/demo.yaml', import.meta.url);
  const cluster = createSimulatedCluster(parseScenario(parse(await readFile(file, 'utf8'))), options);
  onTestFinished(() => cluster.close());
  const api = await startKubernetesApi({ backend: cluster });
  onTestFinished(() => api.close());
  cluster.setEndpoint(api);
  await cluster.start();
  cluster.addToken('good');
  const connection = await connectKubernetes(
    {
      endpoint: api.url,
      certificateAuthorityPem: api.certificateAuthorityPem,
      token: async () => 'good',
    },
    { ...defaultRetryPolicy, firstDelayMs: 5, longestDelayMs: 50 },
  );
  onTestFinished(() => connection.close());
  return { cluster, connection };
}
