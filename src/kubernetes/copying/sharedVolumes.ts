import { z } from 'zod';
import type { ResourcesStage } from '../../contract/migration.ts';
import type { KubernetesConnection } from '../connection.ts';
import { listObjects } from '../list.ts';

const claimSchema = z
  .object({
    metadata: z.object({ namespace: z.string(), name: z.string() }),
    spec: z.object({ volumeName: z.string().optional() }).nullish(),
  })
  .transform(({ metadata, spec }) => ({
    claim: `${metadata.namespace}/${metadata.name}`,
    volume: spec?.volumeName ?? '',
  }));

/**
 * The claims that the plan says are shared, and the names of their volumes on blue. Nothing is asked of blue when none
 * is.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function readSharedVolumes(
  blue: KubernetesConnection,
  decisions: ResourcesStage['volumes'],
  signal?: AbortSignal,
): Promise<{ claims: ReadonlySet<string>; volumes: ReadonlySet<string> }> {
  const claims = new Set(decisions.flatMap(({ claim, decision }) => (decision === 'shared' ? [claim] : [])));
  if (claims.size === 0) return { claims, volumes: new Set() };
  const all = await listObjects(blue, '/api/v1/persistentvolumeclaims', claimSchema, {
    name: 'persistentvolumeclaims',
    signal,
  });
  const volumes = all.filter(({ claim, volume }) => claims.has(claim) && volume !== '');
  return { claims, volumes: new Set(volumes.map(({ volume }) => volume)) };
}
