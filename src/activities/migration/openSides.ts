import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import type { Clusters } from '../clusters.ts';
import type { Sides } from '../migrationTypes.ts';

/** The Kubernetes APIs of both clusters. Throws as `Clusters.open`. */
export async function openSides(
  clusters: Pick<Clusters, 'open'>,
  sides: Sides,
  signal: AbortSignal,
): Promise<{ blue: KubernetesConnection; green: KubernetesConnection }> {
  const [blue, green] = await Promise.all([
    clusters.open(sides.blue, signal),
    clusters.open(sides.green, signal),
  ]);
  return { blue: blue.kubernetes, green: green.kubernetes };
}
