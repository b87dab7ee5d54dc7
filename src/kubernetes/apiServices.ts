import { z } from 'zod';
import type { ObservedApiService } from '../plan/observedExtensions.ts';
import type { KubernetesConnection } from './connection.ts';
import { listObjects } from './list.ts';

const apiServiceSchema = z
  .object({
    metadata: z.object({ name: z.string() }),
    spec: z.object({ service: z.object({ namespace: z.string(), name: z.string() }).nullish() }),
    status: z
      .object({
        conditions: z
          .array(z.object({ type: z.string(), status: z.string(), reason: z.string().optional() }))
          .nullish(),
      })
      .prefault({}),
  })
  .transform(({ metadata, spec, status }): ObservedApiService | undefined => {
    // The API server's own groups are served by itself.
    if (!spec.service) return undefined;
    const available = status.conditions?.find(({ type }) => type === 'Available');
    return {
      name: metadata.name,
      service: `${spec.service.namespace}/${spec.service.name}`,
      available: available?.status === 'True',
      ...(available?.reason === undefined ? {} : { reason: available.reason }),
    };
  });

/** APIServices that a Service in the cluster serves. Throws as `KubernetesConnection.getJson`. */
export async function listApiServices(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<ObservedApiService[]> {
  const path = '/apis/apiregistration.k8s.io/v1/apiservices';
  const services = await listObjects(connection, path, apiServiceSchema, {
    name: 'apiservices.apiregistration.k8s.io',
    signal,
  });
  return services.filter((service) => service !== undefined);
}
