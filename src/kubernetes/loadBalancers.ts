import { z } from 'zod';
import type { KubernetesConnection } from './connection.ts';
import { statusBehind } from './errors.ts';
import { listObjects } from './list.ts';

/** An object for which a controller has made a load balancer outside the cluster. */
export interface LoadBalancerOwner {
  /** `Service shop/web`. */
  subject: string;
  path: string;
  uid: string;
  /** Where users reach it, as far as it is told. */
  addresses: string[];
  /** True when it is being deleted, and waits for its load balancer to go. */
  leaving: boolean;
}

/**
 * Finalizers by which a controller takes its load balancer away before the object goes: Kubernetes' own cloud provider's,
 * AWS Load Balancer Controller's and EKS Auto Mode's. One without them has made none, whatever the object asks for.
 */
const finalizers =
  /^service\.kubernetes\.io\/load-balancer-cleanup$|(^|\.)k8s\.aws\/|(^|\.)eks\.amazonaws\.com\//;

const kinds = [
  { kind: 'Service', api: '/api/v1', resource: 'services' },
  { kind: 'Ingress', api: '/apis/networking.k8s.io/v1', resource: 'ingresses' },
] as const;

const schema = z.object({
  metadata: z.object({
    namespace: z.string(),
    name: z.string(),
    uid: z.string(),
    deletionTimestamp: z.string().nullish(),
    finalizers: z.array(z.string()).nullish(),
  }),
  status: z
    .object({
      loadBalancer: z
        .object({
          ingress: z.array(z.object({ hostname: z.string().nullish(), ip: z.string().nullish() })).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

/** Services and Ingresses with a load balancer outside the cluster. Throws as `listObjects`. */
export async function listLoadBalancers(
  connection: KubernetesConnection,
  signal: AbortSignal,
): Promise<LoadBalancerOwner[]> {
  const found: LoadBalancerOwner[] = [];
  for (const { kind, api, resource } of kinds) {
    const objects = await listObjects(connection, `${api}/${resource}`, schema, { name: resource, signal });
    for (const { metadata, status } of objects) {
      if (metadata.finalizers?.some((each) => finalizers.test(each)) !== true) continue;
      const { namespace, name, uid, deletionTimestamp } = metadata;
      found.push({
        subject: `${kind} ${namespace}/${name}`,
        path: `${api}/namespaces/${namespace}/${resource}/${name}`,
        uid,
        addresses: (status?.loadBalancer?.ingress ?? []).flatMap(({ hostname, ip }) => hostname ?? ip ?? []),
        leaving: deletionTimestamp != null,
      });
    }
  }
  return found;
}

/** Deletes the object, and so has its controller take the load balancer away. One that is gone is fine. */
export async function deleteLoadBalancer(
  connection: KubernetesConnection,
  { subject, path, uid }: LoadBalancerOwner,
  signal: AbortSignal,
): Promise<void> {
  try {
    await connection.change('DELETE', path, {
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } },
      signal,
      what: `delete ${subject}`,
    });
  } catch (error) {
    // A conflict means another object of that name by now.
    const code = statusBehind(error)?.code;
    if (code !== 404 && code !== 409) throw error;
  }
}
