import { z } from 'zod';
import { isObject, listAt, objectAt, textAt } from '../../tools/crds/json.ts';
import type { Json } from '../../tools/crds/json.ts';
import type { KubernetesConnection } from '../connection.ts';
import { objectFactsSchema } from '../copying/objectFacts.ts';
import { listObjects } from '../list.ts';

/** Where Argo CD keeps its objects. */
export const argoCdApi = '/apis/argoproj.io/v1alpha1';

/** Each lists its resources and its history, so it may be large. */
export const applicationsAtATime = 50;

/** Argo CD looks at an Application anew while this annotation is on it, and takes it off when it has looked. */
export const refreshKey = 'argocd.argoproj.io/refresh';

/** Where an Application deploys to: a cluster by its URL or by the name that Argo CD knows it by. */
export interface Destination {
  server?: string;
  name?: string;
}

/** An object that an Application keeps, as it stands to what Git says. */
export interface KeptObject {
  group: string;
  kind: string;
  namespace: string;
  name: string;
  /** `Synced`, `OutOfSync`; empty for hooks, which are not compared. */
  status: string;
  /** Git has it no more. */
  requiresPruning: boolean;
}

/** As much of an Application as tells where it stands. Values of its manifests are not among it. */
export interface Application {
  /** `argocd/web`. */
  key: string;
  namespace: string;
  name: string;
  uid: string;
  resourceVersion: string;
  labels: Readonly<Record<string, string>>;
  /** The ApplicationSet that makes it. */
  set?: string;
  /** Sync waves go in ascending order. */
  wave: number;
  destination: Destination;
  /** Argo CD has been asked to look anew, and has not yet. */
  refreshing: boolean;
  /** A sync is asked for, running or being ended. */
  operating: boolean;
  /** How the last sync ended: `Succeeded`, `Failed`, `Error`. */
  phase?: string;
  message: string;
  /** What the last sync brought, and what the last comparison was with: one revision for each source. */
  syncedTo: string[];
  comparedTo: string[];
  /** `Synced`, `OutOfSync`, `Unknown`; absent before the first comparison. */
  sync?: string;
  /** `Healthy`, `Suspended`, `Progressing`, `Missing`, `Degraded`, `Unknown`. */
  health?: string;
  /** What Argo CD says is wrong with it. */
  errors: string[];
  kept: KeptObject[];
}

/**
 * Takes out of an Application what tells where it stands. Whatever is not as Argo CD writes it counts as not there.
 *
 * @param body as the API server has it
 */
export function applicationOf(body: Json): Application {
  const facts = objectFactsSchema.parse(body);
  const { namespace = '', name, labels, annotations, owners } = facts;
  const set = owners.find((owner) => owner.controller && owner.kind === 'ApplicationSet');
  const metadata = objectAt(body, 'metadata');
  const status = objectAt(body, 'status');
  const last = objectAt(status, 'operationState');
  const phase = textAt(last, 'phase');
  const wave = Number(annotations['argocd.argoproj.io/sync-wave'] ?? 0);
  return {
    ...{ key: `${namespace}/${name}`, namespace, name, labels },
    ...{ uid: textAt(metadata, 'uid'), resourceVersion: textAt(metadata, 'resourceVersion') },
    ...(set === undefined ? {} : { set: set.name }),
    wave: Number.isInteger(wave) ? wave : 0,
    destination: destinationOf(objectAt(objectAt(body, 'spec'), 'destination')),
    refreshing: annotations[refreshKey] !== undefined,
    operating: isObject(body['operation']) || phase === 'Running' || phase === 'Terminating',
    ...optional('phase', phase),
    message: textAt(last, 'message'),
    syncedTo: revisionsOf(objectAt(last, 'syncResult')),
    comparedTo: revisionsOf(objectAt(status, 'sync')),
    ...optional('sync', textAt(objectAt(status, 'sync'), 'status')),
    ...optional('health', textAt(objectAt(status, 'health'), 'status')),
    errors: listAt(status, 'conditions')
      .filter((each) => textAt(each, 'type').endsWith('Error'))
      .map((each) => textAt(each, 'message')),
    kept: listAt(status, 'resources').map((each) => ({
      ...{ group: textAt(each, 'group'), kind: textAt(each, 'kind') },
      ...{ namespace: textAt(each, 'namespace'), name: textAt(each, 'name') },
      status: textAt(each, 'status'),
      requiresPruning: objectAt({ each }, 'each')['requiresPruning'] === true,
    })),
  };
}

/** All Applications of a cluster, in whatever namespace. Throws as `KubernetesConnection.getJson`. */
export async function listApplications(
  connection: KubernetesConnection,
  signal: AbortSignal,
): Promise<Application[]> {
  const schema = z.record(z.string(), z.unknown()).transform(applicationOf);
  return listObjects(connection, `${argoCdApi}/applications`, schema, {
    ...{ name: 'applications.argoproj.io', limit: applicationsAtATime, signal },
  });
}

export function applicationPath({ namespace, name }: Pick<Application, 'namespace' | 'name'>): string {
  return `${argoCdApi}/namespaces/${encodeURIComponent(namespace)}/applications/${encodeURIComponent(name)}`;
}

export function destinationOf(destination: Json): Destination {
  return {
    ...optional('server', textAt(destination, 'server')),
    ...optional('name', textAt(destination, 'name')),
  };
}

/** With several sources there is a list, of which an older single revision is no part. */
function revisionsOf(of: Json): string[] {
  const list = listAt(of, 'revisions').filter((each) => typeof each === 'string');
  const single = textAt(of, 'revision');
  return list.length > 0 ? list : single === '' ? [] : [single];
}

function optional<Key extends string>(key: Key, value: string): Partial<Record<Key, string>> {
  return value === '' ? {} : ({ [key]: value } as Record<Key, string>);
}
