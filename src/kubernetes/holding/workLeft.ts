import { z } from 'zod';
import type { KubernetesConnection } from '../connection.ts';
import { listObjects, metadataOnly } from '../list.ts';
import { workName } from './workObjects.ts';
import type { WorkObject } from './workObjects.ts';

const metadataSchema = z
  .object({
    namespace: z.string().default(''),
    name: z.string(),
    uid: z.string(),
    deletionTimestamp: z.string().nullish(),
    ownerReferences: z.array(z.object({ uid: z.string(), controller: z.boolean().nullish() })).nullish(),
  })
  .transform(({ namespace, name, uid, deletionTimestamp, ownerReferences }) => ({
    ...{ namespace, name, uid },
    ending: typeof deletionTimestamp === 'string',
    owner: ownerReferences?.find(({ controller }) => controller === true)?.uid,
  }));
const ownedSchema = z.object({ metadata: metadataSchema }).transform(({ metadata }) => metadata);
const jobSchema = z
  .object({ metadata: metadataSchema, status: z.object({ active: z.number().nullish() }).nullish() })
  .transform(({ metadata, status }) => ({ ...metadata, active: status?.active ?? 0 }));

/**
 * Pods that workloads at 0 still have, those that are ending among them: they work until they are gone. One line for
 * each workload.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function podsLeft(
  connection: KubernetesConnection,
  workloads: readonly WorkObject[],
  signal: AbortSignal,
): Promise<{ workload: WorkObject; line: string }[]> {
  const lines: { workload: WorkObject; line: string }[] = [];
  for (const namespace of new Set(workloads.map((each) => each.namespace))) {
    const list = (api: string, resource: string) =>
      listObjects(connection, `${api}/namespaces/${namespace}/${resource}`, ownedSchema, {
        accept: metadataOnly,
        name: resource,
        signal,
      });
    const [replicaSets, pods] = [await list('/apis/apps/v1', 'replicasets'), await list('/api/v1', 'pods')];
    const ofReplicaSet = new Map(replicaSets.map(({ uid, owner }) => [uid, owner]));
    for (const workload of workloads.filter((each) => each.namespace === namespace)) {
      const own = pods.filter(
        ({ owner }) =>
          owner !== undefined && (owner === workload.uid || ofReplicaSet.get(owner) === workload.uid),
      );
      const [first] = own;
      if (first === undefined) continue;
      const more = own.length === 1 ? '' : ` and ${own.length - 1} more`;
      const still = own.every(({ ending }) => ending) ? 'has not ended yet' : 'is still there';
      lines.push({ workload, line: `${workName(workload)}: Pod ${first.name}${more} ${still}` });
    }
  }
  return lines;
}

/**
 * Jobs that CronJobs have begun and that still run: a suspended CronJob begins no more, and lets these go on. One line
 * for each.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function jobsLeft(
  connection: KubernetesConnection,
  cronJobs: readonly WorkObject[],
  signal: AbortSignal,
): Promise<string[]> {
  if (cronJobs.length === 0) return [];
  const byUid = new Map(cronJobs.map((each) => [each.uid, each]));
  const jobs = await listObjects(connection, '/apis/batch/v1/jobs', jobSchema, {
    name: 'jobs.batch',
    signal,
  });
  return jobs.flatMap(({ name, active, owner }) => {
    const cronJob = owner === undefined ? undefined : byUid.get(owner);
    return cronJob === undefined || active === 0 ? [] : [`${workName(cronJob)}: its Job ${name} still runs`];
  });
}
