import { z } from 'zod';
import type { Singleton } from '../../contract/migration.ts';
import type { Json } from '../../tools/crds/json.ts';
import { objectAt, textAt } from '../../tools/crds/json.ts';
import type { KubernetesConnection } from '../connection.ts';
import { readHoldNote } from '../copying/holdNote.ts';
import { heldResources, workOf } from '../copying/holding.ts';
import type { Work } from '../copying/holding.ts';
import { statusBehind } from '../errors.ts';
import { listObjects, parse } from '../list.ts';

type HeldResource = (typeof heldResources)[number]['resource'];

/** Where each is served, and what a list does not say of its items. Those of Argo CD list all they keep: few at a time. */
const apis: Record<HeldResource, { apiVersion: string; kind: string; atATime?: number }> = {
  cronjobs: { apiVersion: 'batch/v1', kind: 'CronJob' },
  deployments: { apiVersion: 'apps/v1', kind: 'Deployment' },
  statefulsets: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  applications: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', atATime: 50 },
  applicationsets: { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', atATime: 50 },
};

/** Work that two clusters must not both do, or what bears a note of having stood still; as it was looked at. */
export interface WorkObject {
  resource: HeldResource;
  kind: string;
  namespace: string;
  name: string;
  uid: string;
  resourceVersion: string;
  /** Undefined for what bears a note and is no such work any more. */
  work: Work | undefined;
  body: Json;
}

/**
 * All such work of a cluster. Kinds that the cluster does not serve have none.
 *
 * @param resources only these, where not all are wanted
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function listWork(
  connection: KubernetesConnection,
  singletons: readonly Singleton[],
  signal: AbortSignal,
  resources?: readonly HeldResource[],
): Promise<WorkObject[]> {
  const found: WorkObject[] = [];
  for (const { resource, group } of heldResources) {
    if (resources?.includes(resource) === false) continue;
    const { apiVersion, atATime } = apis[resource];
    try {
      const listed = await listObjects(
        connection,
        `/apis/${apiVersion}/${resource}`,
        // Undefined for most Deployments, so that no more than a place is held for each.
        workSchema(resource, singletons).transform((object) => (isOfUse(object) ? object : undefined)),
        { name: `${resource}.${group}`, signal, ...(atATime === undefined ? {} : { limit: atATime }) },
      );
      found.push(...listed.filter((each) => each !== undefined));
    } catch (error) {
      if (statusBehind(error)?.code !== 404) throw error;
    }
  }
  return found;
}

/** One as it is now; undefined where it is gone. Throws as `listWork`. */
export async function readWork(
  connection: KubernetesConnection,
  object: WorkObject,
  singletons: readonly Singleton[],
  signal: AbortSignal,
): Promise<WorkObject | undefined> {
  try {
    const answer = await connection.getJson(workPath(object), { signal, what: `read ${workName(object)}` });
    return parse(workSchema(object.resource, singletons), answer, `a ${object.kind}`);
  } catch (error) {
    if (statusBehind(error)?.code === 404) return undefined;
    throw error;
  }
}

export function workPath({ resource, namespace, name }: WorkObject): string {
  return `/apis/${apis[resource].apiVersion}/namespaces/${namespace}/${resource}/${name}`;
}

/** `CronJob shop/nightly`. */
export function workName({ kind, namespace, name }: Pick<WorkObject, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace}/${name}`;
}

/** Pods that a Deployment or StatefulSet wants, and that are Ready as far as its controller has seen its newest version. */
export function replicasOf({ body }: Pick<WorkObject, 'body'>): { wanted: number; ready: number } {
  return {
    wanted: numberAt(body, 'spec', 'replicas') ?? 1,
    ready: isSeen(body) ? (numberAt(body, 'status', 'readyReplicas') ?? 0) : 0,
  };
}

/** Whether the controller of a Deployment or StatefulSet has seen that it wants no Pods, and counts none. */
export function hasStopped({ body }: Pick<WorkObject, 'body'>): boolean {
  const counted = numberAt(body, 'status', 'replicas') ?? 0;
  return numberAt(body, 'spec', 'replicas') === 0 && isSeen(body) && counted === 0;
}

function isSeen(body: Json): boolean {
  const observed = numberAt(body, 'status', 'observedGeneration') ?? 0;
  return observed >= (numberAt(body, 'metadata', 'generation') ?? 0);
}

function numberAt(body: Json, part: string, field: string): number | undefined {
  const value = objectAt(body, part)[field];
  return typeof value === 'number' ? value : undefined;
}

const bodySchema = z.record(z.string(), z.unknown());

function workSchema(resource: HeldResource, singletons: readonly Singleton[]) {
  const { apiVersion, kind } = apis[resource];
  return bodySchema.transform((listed): WorkObject => {
    const body: Json = { ...listed, apiVersion, kind };
    const metadata = objectAt(body, 'metadata');
    return {
      ...{ resource, kind },
      namespace: textAt(metadata, 'namespace'),
      name: textAt(metadata, 'name'),
      uid: textAt(metadata, 'uid'),
      resourceVersion: textAt(metadata, 'resourceVersion'),
      work: workOf(body, singletons),
      body,
    };
  });
}

function isOfUse({ work, body }: WorkObject): boolean {
  return (
    work !== undefined || readHoldNote(objectAt(objectAt(body, 'metadata'), 'annotations')) !== undefined
  );
}
