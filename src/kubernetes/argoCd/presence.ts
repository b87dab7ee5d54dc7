import { listAt, objectAt, textAt } from '../../tools/crds/json.ts';
import type { Json } from '../../tools/crds/json.ts';
import { z } from 'zod';
import type { KubernetesConnection } from '../connection.ts';
import { statusBehind } from '../errors.ts';
import { listObjects } from '../list.ts';
import { argoCdApi } from './application.ts';

/** What it is called in labels and on its command line, whatever the release is called. */
const controller = 'application-controller';

/**
 * What a cluster lacks so that Argo CD could sync an Application there: the kind, or a controller with a Pod that is
 * Ready. Undefined where nothing is lacking.
 *
 * @param namespace where Argo CD is
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function lackOfArgoCd(
  connection: KubernetesConnection,
  namespace: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!(await servesApplications(connection, signal)))
    return 'it does not know the kind Application (CRD applications.argoproj.io)';
  for (const resource of ['statefulsets', 'deployments']) {
    const ready = await listObjects(
      connection,
      `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/${resource}`,
      z.record(z.string(), z.unknown()).transform((body) => isController(body) && readyPods(body) > 0),
      { name: `${resource}.apps`, signal },
    );
    if (ready.includes(true)) return undefined;
  }
  return `no application controller of Argo CD has a Pod in namespace ${namespace} that is Ready`;
}

const kindsSchema = z.object({ resources: z.array(z.object({ name: z.string() })).nullish() });

async function servesApplications(connection: KubernetesConnection, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await connection.getJson(argoCdApi, { signal, what: 'ask for the kinds of Argo CD' });
    return (kindsSchema.parse(answer).resources ?? []).some(({ name }) => name === 'applications');
  } catch (error) {
    if (statusBehind(error)?.code === 404) return false;
    throw error;
  }
}

/** By the labels that its chart and its manifests give it, or by the program that its Pods run. */
function isController(workload: Json): boolean {
  const template = objectAt(objectAt(workload, 'spec'), 'template');
  const labels = objectAt(objectAt(template, 'metadata'), 'labels');
  const said = [
    textAt(labels, 'app.kubernetes.io/component'),
    textAt(labels, 'app.kubernetes.io/name'),
    ...listAt(objectAt(template, 'spec'), 'containers').flatMap((container) => [
      ...listAt(container, 'command'),
      ...listAt(container, 'args'),
    ]),
  ];
  return said.some(
    (word) => word === controller || (typeof word === 'string' && word.endsWith(`-${controller}`)),
  );
}

function readyPods(workload: Json): number {
  const ready = objectAt(workload, 'status')['readyReplicas'];
  return typeof ready === 'number' ? ready : 0;
}
