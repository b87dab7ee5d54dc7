import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { StepladderError } from '../../contract/errors.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { statusBehind } from '../../kubernetes/errors.ts';
import { madeByNoteKey } from '../../plan/leftovers.ts';

/** The quota by which a namespace gets no Pods for a moment. */
const quotaName = 'stepladder-no-pods-yet';

/** How long the quota may take to be in force, and how often it is looked at. Milliseconds. */
const inForceMs = 30_000;
const lookEveryMs = 200;

const quotaSchema = z.object({
  status: z.object({ hard: z.record(z.string(), z.string()).optional() }).optional(),
});

/**
 * Does something in a namespace while no Pod can be made there. A workload that must not run yet is installed by helm
 * with its replicas, and would be at work before anybody could scale it down: external-dns, for one, would take the
 * records of the old cluster for stale. A quota of no Pods lets it be installed, and stand still from the first moment.
 *
 * The quota goes only when `run` has ended well. Until then, whatever has happened, no Pod may start; the next attempt
 * finds it there and goes on.
 *
 * @throws StepladderError `ToolFailed` when the quota is not in force in time; what `run` throws
 */
export async function withNoPods<T>(
  connection: KubernetesConnection,
  namespace: string,
  { madeBy, signal }: { madeBy: string; signal: AbortSignal },
  run: () => Promise<T>,
): Promise<T> {
  const name = encodeURIComponent(namespace);
  await make(
    connection,
    '/api/v1/namespaces',
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    signal,
  );
  await make(
    connection,
    `/api/v1/namespaces/${name}/resourcequotas`,
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: quotaName, namespace, annotations: { [madeByNoteKey]: madeBy } },
      spec: { hard: { pods: '0' } },
    },
    signal,
  );
  await awaitInForce(connection, namespace, signal);
  const result = await run();
  await allowPods(connection, namespace, signal);
  return result;
}

/** Takes the quota off; one that is not there is fine. */
export async function allowPods(
  connection: KubernetesConnection,
  namespace: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await connection.change('DELETE', quotaPath(namespace), {
      signal,
      what: `let namespace ${namespace} have Pods`,
    });
  } catch (error) {
    if (statusBehind(error)?.code !== 404) throw error;
  }
}

async function make(
  connection: KubernetesConnection,
  path: string,
  body: {
    apiVersion: string;
    kind: string;
    metadata: { name: string; [field: string]: unknown };
    spec?: object;
  },
  signal: AbortSignal,
): Promise<void> {
  try {
    await connection.change('POST', path, { body, signal, what: `make ${body.kind} ${body.metadata.name}` });
  } catch (error) {
    if (statusBehind(error)?.code !== 409) throw error;
  }
}

/** Its controller has counted once: from then on the API server refuses every Pod. */
async function awaitInForce(
  connection: KubernetesConnection,
  namespace: string,
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + inForceMs;
  for (;;) {
    const found = await connection.getJson(quotaPath(namespace), {
      signal,
      what: `read a quota of ${namespace}`,
    });
    if (quotaSchema.safeParse(found).data?.status?.hard?.['pods'] === '0') return;
    if (performance.now() >= until) {
      throw new StepladderError(
        'ToolFailed',
        `ResourceQuota ${namespace}/${quotaName} is not in force after ${inForceMs / 1000} s, so that a workload that must not run yet could not be installed: kube-controller-manager has not counted it. Nothing was installed; it is tried again when the stage is.`,
        { namespace },
      );
    }
    await sleep(lookEveryMs, undefined, { signal });
  }
}

const quotaPath = (namespace: string): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}/resourcequotas/${quotaName}`;
