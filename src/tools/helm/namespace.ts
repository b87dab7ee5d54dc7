import { z } from 'zod';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { statusBehind } from '../../kubernetes/errors.ts';
import { toolProblem } from '../problem.ts';

const namespaceSchema = z.object({ status: z.object({ phase: z.string().optional() }).optional() });

/**
 * Refuses to work in a namespace that is being deleted: helm would note a revision as pending and get no further.
 *
 * @throws StepladderError `ToolRefused`; as `KubernetesConnection.getJson` when the API server can't be asked
 */
export async function refuseTerminating(
  connection: KubernetesConnection,
  namespace: string,
  signal?: AbortSignal,
): Promise<void> {
  let found: unknown;
  try {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
    found = await connection.getJson(path, { signal, what: `read the namespace ${namespace}` });
  } catch (error) {
    const code = statusBehind(error)?.code;
    // One that is not there yet, or that we may not look at: helm will tell what it needs.
    if (code === 404 || code === 403) return;
    throw error;
  }
  if (namespaceSchema.safeParse(found).data?.status?.phase !== 'Terminating') return;
  throw toolProblem(
    'namespace-terminating',
    `Namespace ${namespace} is being deleted, so that nothing can be made in it.`,
    `Wait until it is gone, or find out what keeps it (kubectl get namespace ${namespace} -o yaml), then start again.`,
  );
}
