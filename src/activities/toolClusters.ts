import type { KubernetesConnection } from '../kubernetes/connection.ts';
import type { ClusterContext } from './types.ts';

/**
 * As much of a cluster as a tool's upgrade needs: its Kubernetes API. `Clusters` gives it, and so does a command that
 * knows nothing but a context of the kubeconfig.
 */
export interface ToolClusters {
  /** Throws as `Clusters.open`. */
  open(context: ClusterContext, signal?: AbortSignal): Promise<{ kubernetes: KubernetesConnection }>;
}
