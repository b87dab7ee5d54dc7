import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { statusBehind } from '../../../src/kubernetes/errors.ts';
import { mergePatched, patchToward } from '../../../src/kubernetes/copying/mergePatch.ts';
import { isObject, listAt, objectAt, textAt } from '../../../src/tools/crds/json.ts';
import type { Json } from '../../../src/tools/crds/json.ts';

/** What Git has under an Application's name. */
export interface InGit {
  revision: string;
  objects: Json[];
  /** Of the Application once all is there. */
  health?: string;
  /** Its syncs end as Failed with this. */
  fails?: string;
}

export interface StandInArgoCd {
  /** Names of Applications in the order in which their syncs ended. */
  synced: string[];
  /** Operations as they were asked for, by Application. */
  operations: { application: string; operation: Json }[];
  stop(): Promise<void>;
}

/** Between two rounds. Milliseconds. */
const roundMs = 20;
const api = '/apis/argoproj.io/v1alpha1';

/** Resources of the kinds that tests keep in Git. */
const resources: Record<string, string> = {
  ConfigMap: 'configmaps',
  CronJob: 'cronjobs',
  Application: 'applications',
  ApplicationSet: 'applicationsets',
};

/**
 * Does with Applications what Argo CD's controller does, as far as their objects show it: compares what they were told to,
 * carries out the operation that is asked for and takes it off, and syncs by itself where the policy says so. ApplicationSets
 * make the Applications that `generated` has for them.
 *
 * @param git by the Application's name; one that is not in it can't be compared
 */
export function startStandInArgoCd(
  cluster: KubernetesConnection,
  git: Record<string, InGit>,
  generated: Record<string, Json> = {},
): StandInArgoCd {
  const stopping = new AbortController();
  const standIn = { synced: [] as string[], operations: [] as StandInArgoCd['operations'] };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      for (const set of await list(cluster, 'applicationsets')) await generate(cluster, set, generated);
      for (const application of await list(cluster, 'applications')) {
        const name = textAt(objectAt(application, 'metadata'), 'name');
        await reconcile(cluster, application, git[name], standIn);
      }
      await sleep(roundMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  // It is awaited in `stop`; until then nobody else hears of a failure.
  running.catch(() => undefined);
  return {
    ...standIn,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function reconcile(
  cluster: KubernetesConnection,
  application: Json,
  inGit: InGit | undefined,
  standIn: Pick<StandInArgoCd, 'synced' | 'operations'>,
): Promise<void> {
  const metadata = objectAt(application, 'metadata');
  const status = objectAt(application, 'status');
  const isNew = !isObject(status['sync']);
  const isAsked = objectAt(metadata, 'annotations')['argocd.argoproj.io/refresh'] !== undefined;
  if (inGit === undefined) {
    if (isNew || isAsked)
      await change(cluster, application, {
        ...looked,
        status: {
          sync: { status: 'Unknown' },
          conditions: [
            { type: 'ComparisonError', message: 'https://bot:hunter2@git.example.com: not found' },
          ],
        },
      });
    return;
  }
  const name = textAt(metadata, 'name');
  if (isObject(application['operation'])) {
    const operation = application['operation'];
    const state = objectAt(status, 'operationState');
    // One round to begin, and another one to end.
    if (textAt(state, 'phase') !== 'Running') {
      standIn.operations.push({ application: name, operation });
      await change(cluster, application, {
        status: { operationState: { phase: 'Running', operation, startedAt: new Date().toISOString() } },
      });
      return;
    }
    if (inGit.fails === undefined) for (const object of inGit.objects) await apply(cluster, object);
    const ended =
      inGit.fails === undefined
        ? { phase: 'Succeeded', syncResult: { revision: inGit.revision } }
        : { phase: 'Failed', message: inGit.fails, syncResult: { revision: inGit.revision } };
    const done = await change(cluster, application, {
      operation: null,
      status: { operationState: ended, ...(await compared(cluster, inGit)) },
    });
    if (done) standIn.synced.push(name);
    return;
  }
  const isAutomatic = isObject(objectAt(objectAt(application, 'spec'), 'syncPolicy')['automated']);
  if (isAutomatic && textAt(objectAt(status, 'sync'), 'status') === 'OutOfSync') {
    await change(cluster, application, { operation: { initiatedBy: { automated: true }, sync: {} } });
    return;
  }
  const now = await compared(cluster, inGit);
  if (isAsked || patchToward(status, now) !== undefined)
    await change(cluster, application, { ...(isAsked ? looked : {}), status: now });
}

const looked = { metadata: { annotations: { 'argocd.argoproj.io/refresh': null } } };

/** What is on the cluster against Git. */
async function compared(cluster: KubernetesConnection, { revision, objects, health }: InGit): Promise<Json> {
  const kept: Json[] = [];
  let isMissing = false;
  for (const object of objects) {
    const live = await find(cluster, pathOf(object));
    isMissing ||= live === undefined;
    const metadata = objectAt(object, 'metadata');
    kept.push({
      group: textAt(object, 'apiVersion').split('/').slice(0, -1).join('/'),
      ...{ kind: textAt(object, 'kind'), namespace: textAt(metadata, 'namespace') },
      ...{ name: textAt(metadata, 'name'), status: isSame(live, object) ? 'Synced' : 'OutOfSync' },
    });
  }
  const isSynced = kept.every(({ status }) => status === 'Synced');
  const comparedTo = { source: { repoURL: 'https://git.example.com/deploy' }, destination: {} };
  return {
    sync: { status: isSynced ? 'Synced' : 'OutOfSync', revision, comparedTo },
    health: { status: isMissing ? 'Missing' : (health ?? 'Healthy') },
    resources: kept,
  };
}

/** Automatic sync that was taken out of a live object is a difference too. */
function isSame(live: Json | undefined, wanted: Json): boolean {
  if (live === undefined) return false;
  const { spec, data } = wanted;
  return patchToward(live, { spec, data }) === undefined && sameSync(live, wanted);
}

function sameSync(live: Json, wanted: Json): boolean {
  const automated = (object: Json) => isObject(objectAt(objectAt(object, 'spec'), 'syncPolicy')['automated']);
  return automated(live) === automated(wanted);
}

async function generate(
  cluster: KubernetesConnection,
  set: Json,
  generated: Record<string, Json>,
): Promise<void> {
  const { uid, name } = objectAt(set, 'metadata');
  const application = generated[String(name)];
  if (application === undefined || (await find(cluster, pathOf(application))) !== undefined) return;
  const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name, uid, controller: true };
  await apply(cluster, mergePatched(application, { metadata: { ownerReferences: [owner] } }));
}

async function apply(cluster: KubernetesConnection, object: Json): Promise<void> {
  const path = pathOf(object);
  const what = `apply ${path}`;
  if ((await find(cluster, path)) === undefined)
    await cluster.change('POST', path.slice(0, path.lastIndexOf('/')), { body: object, what });
  else await cluster.change('PATCH', path, { body: object, what });
}

/** Only if it still is as it was looked at. */
async function change(cluster: KubernetesConnection, seen: Json, patch: Json): Promise<boolean> {
  const { resourceVersion } = objectAt(seen, 'metadata');
  const body = mergePatchedKeepingNull(patch, { metadata: { resourceVersion } });
  try {
    await cluster.change('PATCH', pathOf(seen), { body, what: 'reconcile' });
    return true;
  } catch (error) {
    if ([404, 409].includes(statusBehind(error)?.code ?? 0)) return false;
    throw error;
  }
}

function mergePatchedKeepingNull(one: Json, other: Json): Json {
  return { ...one, metadata: { ...objectAt(one, 'metadata'), ...objectAt(other, 'metadata') } };
}

async function list(cluster: KubernetesConnection, resource: string): Promise<Json[]> {
  const kind = resource === 'applications' ? 'Application' : 'ApplicationSet';
  const answer = await find(cluster, `${api}/${resource}`);
  return listAt(answer, 'items').flatMap((item) =>
    isObject(item) ? [{ ...item, apiVersion: 'argoproj.io/v1alpha1', kind }] : [],
  );
}

async function find(cluster: KubernetesConnection, path: string): Promise<Json | undefined> {
  try {
    const found = await cluster.getJson(path);
    return isObject(found) ? found : undefined;
  } catch (error) {
    if (statusBehind(error)?.code === 404) return undefined;
    throw error;
  }
}

function pathOf(object: Json): string {
  const version = textAt(object, 'apiVersion');
  const { namespace, name } = objectAt(object, 'metadata');
  const place = `namespaces/${String(namespace)}/${resources[textAt(object, 'kind')] ?? ''}/${String(name)}`;
  return `${version.includes('/') ? '/apis' : '/api'}/${version}/${place}`;
}
