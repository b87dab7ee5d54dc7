import { setTimeout as sleep } from 'node:timers/promises';
import { StepladderError } from '../../contract/errors.ts';
import type { Singleton } from '../../contract/migration.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { hold, workOf } from '../../kubernetes/copying/holding.ts';
import { statusBehind } from '../../kubernetes/errors.ts';
import { isObject, listAt, objectAt, textAt } from '../crds/json.ts';
import type { Json } from '../crds/json.ts';

/** How long controllers may take to see a change, and how often that is looked at. Milliseconds. */
const seenMs = 60_000;
const lookEveryMs = 200;

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
  {
    madeBy,
    signal,
    singletons = [],
  }: { madeBy: string; signal: AbortSignal; singletons?: readonly Singleton[] },
): Promise<void> {
  for (const work of works) {
    const path = pathOf(work);
    const live = await find(green, path, nameOf(work), signal);
    const patch = live === undefined ? undefined : hold(live, { singletons, madeBy });
    if (patch === undefined) continue;
    await green.change('PATCH', path, { body: patch, signal, what: `hold ${nameOf(work)}` });
  }
}

/** Those that would have Pods at once. */
export function withPods(works: readonly Json[], singletons: readonly Singleton[] = []): Json[] {
  return works.filter((work) => ['external-dns', 'singleton'].includes(workOf(work, singletons) ?? ''));
}

/**
 * Waits until the controllers of workloads that stand still have seen it: until then one could still make a Pod, by what
 * was wanted before. Throws `ToolFailed` when they do not.
 */
export async function untilSeen(
  green: KubernetesConnection,
  works: readonly Json[],
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + seenMs;
  for (const work of works) {
    while (!(await isSeen(green, work, signal))) {
      if (performance.now() >= until) {
        throw new StepladderError(
          'ToolFailed',
          `${nameOf(work)} was scaled to 0, and its controller has not seen that after ${seenMs / 1000} s: look at kube-controller-manager. Until then its namespace gets no Pods (ResourceQuota).`,
        );
      }
      await sleep(lookEveryMs, undefined, { signal });
    }
  }
}

async function isSeen(green: KubernetesConnection, work: Json, signal: AbortSignal): Promise<boolean> {
  const live = await find(green, pathOf(work), nameOf(work), signal);
  if (live === undefined) return true;
  if (!isObserved(live)) return false;
  if (textAt(work, 'kind') !== 'Deployment') return true;
  // Its ReplicaSets are what makes Pods.
  const { uid } = objectAt(live, 'metadata');
  const namespace = encodeURIComponent(textAt(objectAt(work, 'metadata'), 'namespace'));
  const found = await green.getJson(`/apis/apps/v1/namespaces/${namespace}/replicasets`, {
    signal,
    what: `list the ReplicaSets of ${nameOf(work)}`,
  });
  return listAt(found, 'items')
    .filter((each) =>
      listAt(objectAt(each, 'metadata'), 'ownerReferences').some(
        (owner) => isObject(owner) && owner['uid'] === uid,
      ),
    )
    .every((each) => isObserved(each) && objectAt(each, 'spec')['replicas'] === 0);
}

/** Whether its controller has seen the object as it is now. */
function isObserved(object: unknown): boolean {
  const observed = objectAt(object, 'status')['observedGeneration'];
  const generation = objectAt(object, 'metadata')['generation'];
  return typeof observed === 'number' && typeof generation === 'number' && observed >= generation;
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
