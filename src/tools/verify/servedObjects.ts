import { z } from 'zod';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { statusBehind } from '../../kubernetes/errors.ts';
import { listObjects } from '../../kubernetes/list.ts';
import type { ApplicationSeen, LeaseSeen, LoadBalancerSeen, TargetGroupBindingSeen } from './toolState.ts';

const text = z.string().nullish();
const metadataSchema = z.object({
  namespace: z.string().default(''),
  name: z.string(),
  generation: z.number().default(0),
  finalizers: z.array(z.string()).nullish(),
});

const applicationSchema = z
  .object({
    metadata: metadataSchema,
    status: z
      .object({
        sync: z.object({ status: text, revision: text, revisions: z.array(z.string()).nullish() }).nullish(),
        health: z.object({ status: text }).nullish(),
      })
      .nullish(),
  })
  .transform(({ metadata, status }): ApplicationSeen => {
    const sync = status?.sync;
    return {
      namespace: metadata.namespace,
      name: metadata.name,
      sync: sync?.status ?? '',
      health: status?.health?.status ?? '',
      // An Application of several sources has as many revisions.
      revision: sync?.revisions?.join(' ') ?? sync?.revision ?? '',
    };
  });

/** Sync and health of every Application of Argo CD in the cluster. */
export function readApplications(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<ApplicationSeen[]> {
  return listOrNone(connection, '/apis/argoproj.io/v1alpha1/applications', applicationSchema, {
    ...{ name: 'applications.argoproj.io', limit: 50, signal },
  });
}

const addressSchema = z
  .object({ hostname: text, ip: text })
  .transform(({ hostname, ip }) => hostname ?? ip ?? '');
const statusSchema = z
  .object({
    /** Of Ingresses and Services. */
    loadBalancer: z.object({ ingress: z.array(addressSchema).nullish() }).nullish(),
    /** Of Gateways. */
    addresses: z.array(z.object({ value: z.string() })).nullish(),
  })
  .nullish();

const servedKinds = [
  { kind: 'Ingress', path: '/apis/networking.k8s.io/v1/ingresses', name: 'ingresses.networking.k8s.io' },
  { kind: 'Service', path: '/api/v1/services', name: 'services' },
  {
    kind: 'Gateway',
    path: '/apis/gateway.networking.k8s.io/v1/gateways',
    name: 'gateways.gateway.networking.k8s.io',
  },
] as const;

/**
 * Ingresses, Services and Gateways that a controller holds by its finalizers, with the addresses of their load
 * balancers.
 *
 * @param finalizers beginnings of the controller's finalizers
 */
export async function readLoadBalancers(
  connection: KubernetesConnection,
  finalizers: readonly string[],
  signal?: AbortSignal,
): Promise<LoadBalancerSeen[]> {
  const found: LoadBalancerSeen[] = [];
  for (const { kind, path, name } of servedKinds) {
    const schema = z
      .object({ metadata: metadataSchema, status: statusSchema })
      .transform(({ metadata, status }): LoadBalancerSeen | undefined => {
        if (!isHeld(metadata.finalizers, finalizers)) return undefined;
        const addresses = [
          ...(status?.loadBalancer?.ingress ?? []),
          ...(status?.addresses ?? []).map(({ value }) => value),
        ];
        return {
          ...{ kind, namespace: metadata.namespace, name: metadata.name },
          addresses: addresses.filter((address) => address !== '').sort(),
        };
      });
    const listed = await listOrNone(connection, path, schema, { name, signal });
    found.push(...listed.filter((each) => each !== undefined));
  }
  return found;
}

const bindingSchema = z
  .object({
    metadata: metadataSchema,
    spec: z.object({ targetGroupARN: text, targetGroupName: text }).prefault({}),
    status: z.object({ observedGeneration: z.number().nullish() }).nullish(),
  })
  .transform(({ metadata, spec, status }): TargetGroupBindingSeen => ({
    namespace: metadata.namespace,
    name: metadata.name,
    targetGroup: spec.targetGroupARN ?? spec.targetGroupName ?? '',
    observed: (status?.observedGeneration ?? 0) >= metadata.generation,
  }));

/** The TargetGroupBindings of AWS Load Balancer Controller. */
export function readTargetGroupBindings(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<TargetGroupBindingSeen[]> {
  return listOrNone(connection, '/apis/elbv2.k8s.aws/v1beta1/targetgroupbindings', bindingSchema, {
    ...{ name: 'targetgroupbindings.elbv2.k8s.aws', signal },
  });
}

const leaseSchema = z
  .object({
    metadata: metadataSchema,
    spec: z
      .object({ holderIdentity: text, renewTime: text, leaseDurationSeconds: z.number().nullish() })
      .prefault({}),
  })
  .transform(({ metadata, spec }): LeaseSeen => ({
    namespace: metadata.namespace,
    name: metadata.name,
    holder: spec.holderIdentity ?? '',
    renewedAt: spec.renewTime ?? '',
    durationSeconds: spec.leaseDurationSeconds ?? 0,
  }));

/** The Leases of one namespace. */
export function readLeases(
  connection: KubernetesConnection,
  namespace: string,
  signal?: AbortSignal,
): Promise<LeaseSeen[]> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  return listObjects(connection, path, leaseSchema, { name: 'leases.coordination.k8s.io', signal });
}

function isHeld(own: readonly string[] | null | undefined, finalizers: readonly string[]): boolean {
  return (own ?? []).some((finalizer) => finalizers.some((beginning) => finalizer.startsWith(beginning)));
}

/** None of a kind that the cluster does not serve. Throws as `KubernetesConnection.getJson` otherwise. */
async function listOrNone<T>(
  connection: KubernetesConnection,
  path: string,
  schema: z.ZodType<T>,
  options: { name: string; limit?: number; signal?: AbortSignal | undefined },
): Promise<T[]> {
  try {
    return await listObjects(connection, path, schema, options);
  } catch (error) {
    if (statusBehind(error)?.code === 404) return [];
    throw error;
  }
}
