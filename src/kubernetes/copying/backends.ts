import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { listAt, objectAt, textAt } from '../../tools/crds/json.ts';
import type { Json } from '../../tools/crds/json.ts';
import type { KubernetesConnection } from '../connection.ts';
import { statusBehind } from '../errors.ts';
import { listObjects } from '../list.ts';

/** A Service that an API server asks: `namespace/name`. */
type ServiceName = string;

/** The Services that a webhook configuration or an APIService has the API server ask; none for other objects. */
export function servicesBehind(object: Json): ServiceName[] {
  const asked =
    textAt(object, 'kind') === 'APIService'
      ? [objectAt(object, 'spec')['service']]
      : listAt(object, 'webhooks').map((each) => objectAt(each, 'clientConfig')['service']);
  const names = asked.flatMap((service) => {
    const [namespace, name] = [textAt(service, 'namespace'), textAt(service, 'name')];
    return name === '' ? [] : [`${namespace}/${name}`];
  });
  return [...new Set(names)];
}

const sliceSchema = z
  .object({
    endpoints: z
      .array(z.object({ conditions: z.object({ ready: z.boolean().nullish() }).nullish() }))
      .nullish(),
  })
  // A condition that is not known counts as ready, as the API has it.
  .transform(({ endpoints }) => (endpoints ?? []).some(({ conditions }) => conditions?.ready !== false));

/**
 * Waits until each Service has a Pod that is Ready, since an API server that asks one that has none refuses whatever it
 * would ask about.
 *
 * @param options.until `performance.now()` at which it gives up
 * @returns what is missing, in words; undefined when all are served
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function awaitBackends(
  green: KubernetesConnection,
  services: readonly ServiceName[],
  { until, pollMs, signal }: { until: number; pollMs: number; signal?: AbortSignal | undefined },
): Promise<string | undefined> {
  for (const service of services) {
    if (!(await exists(green, service, signal)))
      return `Service ${service}, which it asks, is not on the new cluster`;
    while (!(await isServed(green, service, signal))) {
      if (performance.now() >= until) return `Service ${service}, which it asks, has no Pod that is Ready`;
      await sleep(pollMs, undefined, signal === undefined ? {} : { signal });
    }
  }
  return undefined;
}

async function exists(
  green: KubernetesConnection,
  service: ServiceName,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const [namespace = '', name = ''] = service.split('/');
  try {
    await green.getJson(`/api/v1/namespaces/${namespace}/services/${name}`, {
      signal,
      what: `read Service ${service}`,
    });
    return true;
  } catch (error) {
    if (statusBehind(error)?.code === 404) return false;
    throw error;
  }
}

async function isServed(
  green: KubernetesConnection,
  service: ServiceName,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const [namespace = '', name = ''] = service.split('/');
  const slices = await listObjects(
    green,
    `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    sliceSchema,
    { name: 'endpointslices.discovery.k8s.io', labelSelector: `kubernetes.io/service-name=${name}`, signal },
  );
  return slices.includes(true);
}
