import { z } from 'zod';
import type { ObservedWebhook } from '../plan/observedExtensions.ts';
import type { KubernetesConnection } from './connection.ts';
import { labelSelectorSchema } from './labelSelectorSchema.ts';
import { listObjects } from './list.ts';

const names = z.array(z.string()).default([]);
const serviceSchema = z.object({ namespace: z.string(), name: z.string() });

const webhookSchema = z.object({
  name: z.string(),
  // As the API server defaults it in v1.
  failurePolicy: z.enum(['Fail', 'Ignore']).default('Fail'),
  clientConfig: z.object({ service: serviceSchema.nullish(), url: z.string().nullish() }),
  rules: z
    .array(
      z
        .object({ apiGroups: names, resources: names, operations: names, scope: z.string().nullish() })
        .transform(({ apiGroups, resources, operations, scope }) => ({
          groups: apiGroups,
          resources,
          operations,
          scope: scope ?? '*',
        })),
    )
    .nullish(),
  namespaceSelector: labelSelectorSchema.nullish(),
  objectSelector: labelSelectorSchema.nullish(),
  matchConditions: z.array(z.unknown()).nullish(),
});

const configurationSchema = z.object({
  metadata: z.object({ name: z.string() }),
  webhooks: z.array(webhookSchema).nullish(),
});

const kinds = [
  ['ValidatingWebhookConfiguration', 'validatingwebhookconfigurations'],
  ['MutatingWebhookConfiguration', 'mutatingwebhookconfigurations'],
] as const;

/**
 * All admission webhooks, and for those that a Service in the cluster answers how many of its endpoints are ready.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function listWebhooks(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<ObservedWebhook[]> {
  const found: ObservedWebhook[] = [];
  const endpoints = new Map<string, number>();
  for (const [kind, resource] of kinds) {
    const path = `/apis/admissionregistration.k8s.io/v1/${resource}`;
    const configurations = await listObjects(connection, path, configurationSchema, {
      name: `${resource}.admissionregistration.k8s.io`,
      // Those of Kyverno and the like have hundreds of webhooks each.
      limit: 50,
      signal,
    });
    for (const { metadata, webhooks } of configurations) {
      for (const webhook of webhooks ?? []) {
        found.push({
          kind,
          configuration: metadata.name,
          name: webhook.name,
          failurePolicy: webhook.failurePolicy,
          rules: webhook.rules ?? [],
          ...(webhook.namespaceSelector ? { namespaceSelector: webhook.namespaceSelector } : {}),
          ...(webhook.objectSelector ? { objectSelector: webhook.objectSelector } : {}),
          conditional: (webhook.matchConditions ?? []).length > 0,
          target: await targetOf(webhook.clientConfig, async (service) => {
            const key = `${service.namespace}/${service.name}`;
            const ready = endpoints.get(key) ?? (await readyEndpoints(connection, service, signal));
            endpoints.set(key, ready);
            return ready;
          }),
        });
      }
    }
  }
  return found;
}

type Service = z.infer<typeof serviceSchema>;

async function targetOf(
  { service, url }: z.infer<typeof webhookSchema>['clientConfig'],
  countReady: (service: Service) => Promise<number>,
): Promise<ObservedWebhook['target']> {
  if (service) {
    const { namespace, name } = service;
    return { service: { namespace, name }, readyEndpoints: await countReady(service) };
  }
  // The host only: what else an address holds may be a secret.
  const host = URL.parse(url ?? '')?.hostname ?? 'an address that is none';
  return { host };
}

const sliceSchema = z
  .object({
    endpoints: z
      .array(z.object({ conditions: z.object({ ready: z.boolean().nullish() }).nullish() }))
      .nullish(),
  })
  // No word on being ready counts as ready, by the API's own rule.
  .transform(
    ({ endpoints }) => (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false).length,
  );

/** Ready endpoints of a Service, over all its slices; 0 for a Service that is not there. */
async function readyEndpoints(
  connection: KubernetesConnection,
  { namespace, name }: Service,
  signal: AbortSignal | undefined,
): Promise<number> {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/endpointslices`;
  const counts = await listObjects(connection, path, sliceSchema, {
    name: `endpointslices.discovery.k8s.io in ${namespace}`,
    labelSelector: `kubernetes.io/service-name=${name}`,
    signal,
  });
  return counts.reduce((sum, each) => sum + each, 0);
}
