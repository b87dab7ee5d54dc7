import { z } from 'zod';
import { listApiServices } from '../kubernetes/apiServices.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';
import { listObjects, metadataOnly } from '../kubernetes/list.ts';
import { listStoredVersions } from '../kubernetes/storedVersions.ts';
import { listWebhooks } from '../kubernetes/webhooks.ts';
import type { ObservedExtensions } from '../plan/observedExtensions.ts';

/** Where the control plane's own Pods and the nodes' leases are. */
const systemNamespaces: ReadonlySet<string> = new Set(['kube-system', 'kube-node-lease']);

const namespaceSchema = z.object({
  metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).nullish() }),
});

/**
 * Looks at what is plugged into the API server.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function observeExtensions(
  kubernetes: KubernetesConnection,
  signal: AbortSignal,
): Promise<ObservedExtensions> {
  const namespaces = await listObjects(kubernetes, '/api/v1/namespaces', namespaceSchema, {
    name: 'namespaces',
    accept: metadataOnly,
    signal,
  });
  return {
    apiServices: await listApiServices(kubernetes, signal),
    webhooks: await listWebhooks(kubernetes, signal),
    systemNamespaces: Object.fromEntries(
      namespaces.flatMap(({ metadata: { name, labels } }) =>
        systemNamespaces.has(name) ? [[name, labels ?? {}]] : [],
      ),
    ),
    storedVersions: await listStoredVersions(kubernetes, signal),
  };
}
