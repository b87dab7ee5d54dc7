import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { hold, workOf } from '../../kubernetes/copying/holding.ts';
import { statusBehind } from '../../kubernetes/errors.ts';
import { isObject, objectAt, textAt } from '../crds/json.ts';
import type { Json } from '../crds/json.ts';

const resources: Readonly<Record<string, string>> = {
  CronJob: 'cronjobs',
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  Application: 'applications',
  ApplicationSet: 'applicationsets',
};

/**
 * Has objects that helm has made stand still until the cutover gives them back, each noted on itself. One that is not
 * there, or stands still already, is left alone.
 *
 * @param works as rendered, with their namespaces
 * @throws StepladderError as `KubernetesConnection.change`
 */
export async function holdReleased(
  green: KubernetesConnection,
  works: readonly Json[],
  { madeBy, signal }: { madeBy: string; signal: AbortSignal },
): Promise<void> {
  for (const work of works) {
    const path = pathOf(work);
    const live = await find(green, path, nameOf(work), signal);
    const patch = live === undefined ? undefined : hold(live, { singletons: [], madeBy });
    if (patch === undefined) continue;
    await green.change('PATCH', path, { body: patch, signal, what: `hold ${nameOf(work)}` });
  }
}

/** Those that would have Pods at once. */
export function withPods(works: readonly Json[]): Json[] {
  return works.filter((work) => workOf(work, []) === 'external-dns');
}

async function find(
  green: KubernetesConnection,
  path: string,
  name: string,
  signal: AbortSignal,
): Promise<Json | undefined> {
  try {
    const found = await green.getJson(path, { signal, what: `read ${name}` });
    return isObject(found) ? found : undefined;
  } catch (error) {
    if (statusBehind(error)?.code === 404) return undefined;
    throw error;
  }
}

function pathOf(work: Json): string {
  const metadata = objectAt(work, 'metadata');
  const kind = resources[textAt(work, 'kind')] ?? '';
  const namespace = encodeURIComponent(textAt(metadata, 'namespace'));
  return `/apis/${textAt(work, 'apiVersion')}/namespaces/${namespace}/${kind}/${encodeURIComponent(textAt(metadata, 'name'))}`;
}

function nameOf(work: Json): string {
  const metadata = objectAt(work, 'metadata');
  return `${textAt(work, 'kind')} ${textAt(metadata, 'namespace')}/${textAt(metadata, 'name')}`;
}
