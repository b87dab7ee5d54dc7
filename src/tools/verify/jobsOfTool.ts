import { z } from 'zod';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { listObjects } from '../../kubernetes/list.ts';
import type { JobSeen } from './toolState.ts';

const jobSchema = z
  .object({
    metadata: z.object({
      namespace: z.string().default(''),
      name: z.string(),
      uid: z.string(),
      creationTimestamp: z.string().default(''),
      ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).nullish(),
    }),
    spec: z.object({
      template: z.object({
        spec: z.object({ containers: z.array(z.object({ image: z.string().default('') })) }),
      }),
    }),
    status: z
      .object({
        conditions: z
          .array(z.object({ type: z.string(), status: z.string(), reason: z.string().optional() }))
          .nullish(),
      })
      .nullish(),
  })
  .transform(({ metadata, spec, status }): JobSeen | undefined => {
    const cronJob = metadata.ownerReferences?.find(({ kind }) => kind === 'CronJob')?.name;
    if (cronJob === undefined) return undefined;
    const holds = (...types: string[]) =>
      status?.conditions?.find((each) => types.includes(each.type) && each.status === 'True');
    const failed = holds('Failed', 'FailureTarget');
    return {
      ...{ namespace: metadata.namespace, name: metadata.name, uid: metadata.uid, cronJob },
      createdAt: metadata.creationTimestamp,
      images: spec.template.spec.containers.map(({ image }) => image),
      state:
        failed === undefined
          ? holds('Complete', 'SuccessCriteriaMet') === undefined
            ? 'running'
            : 'complete'
          : 'failed',
      ...(failed?.reason === undefined ? {} : { reason: failed.reason }),
    };
  });

/**
 * The Jobs of these CronJobs that are still kept.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function readJobs(
  connection: KubernetesConnection,
  cronJobs: readonly { namespace: string; name: string }[],
  signal?: AbortSignal,
): Promise<JobSeen[]> {
  const own = new Set(cronJobs.map(({ namespace, name }) => `${namespace}/${name}`));
  const found: JobSeen[] = [];
  for (const namespace of new Set(cronJobs.map((each) => each.namespace))) {
    const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
    const jobs = await listObjects(connection, path, jobSchema, { name: 'jobs.batch', signal });
    for (const job of jobs) {
      if (job !== undefined && own.has(`${job.namespace}/${job.cronJob}`)) found.push(job);
    }
  }
  return found;
}
