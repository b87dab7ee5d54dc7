import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clusters } from '../../activities/clusters.ts';
import { createActivities } from '../../activities/createActivities.ts';
import type { ToolClusters } from '../../activities/toolClusters.ts';
import type { ClusterContext } from '../../activities/types.ts';
import type { ClusterReference } from '../../contract/request.ts';
import type { EvidenceStore } from '../../evidence/store.ts';
import { openFolderStore } from '../../evidence/folderStore.ts';
import { connectKubernetes } from '../../kubernetes/connection.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';

/** The cluster that a command works on, and where it keeps what it looks at until it ends. */
export interface ToolSite {
  kubernetes: KubernetesConnection;
  clusters: ToolClusters;
  context: ClusterContext;
  evidence: EvidenceStore;
}

/**
 * Reaches a cluster for as long as a command works on it: an EKS cluster by AWS credentials, or whatever a context of
 * the kubeconfig leads to.
 *
 * @param cluster as the request has it; one that is reached by its context alone is not looked for in EKS
 * @throws StepladderError as `identifyCluster`; what `use` throws
 */
export async function withSite<T>(
  cluster: ClusterReference,
  inEks: boolean,
  use: (site: ToolSite) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'stepladder-tool-'));
  const evidence = openFolderStore(folder);
  try {
    return inEks ? await withEksCluster(cluster, evidence, use) : await withContext(cluster, evidence, use);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function withEksCluster<T>(
  cluster: ClusterReference,
  evidence: EvidenceStore,
  use: (site: ToolSite) => Promise<T>,
): Promise<T> {
  const clusters = new Clusters();
  try {
    const { identity } = await createActivities({ evidence, clusters }).identifyCluster({ cluster });
    const context = { cluster, identity, evidencePrefix: `${cluster.name}/tool` };
    const { kubernetes } = await clusters.open(context);
    return await use({ kubernetes, clusters, context, evidence });
  } finally {
    await clusters.close();
  }
}

async function withContext<T>(
  cluster: ClusterReference,
  evidence: EvidenceStore,
  use: (site: ToolSite) => Promise<T>,
): Promise<T> {
  const kubernetes = await connectKubernetes({ context: cluster.context ?? '' });
  try {
    // Nothing but the context names this cluster, and the connection stays the same until the command ends.
    const identity = { ...kubernetes.identity(), arn: `context ${cluster.context ?? ''}` };
    const context = { cluster, identity, evidencePrefix: 'context/tool' };
    return await use({ kubernetes, clusters: { open: async () => ({ kubernetes }) }, context, evidence });
  } finally {
    await kubernetes.close();
  }
}
