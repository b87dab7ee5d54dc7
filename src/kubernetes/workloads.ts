import type { z } from 'zod';
import type { KubernetesConnection } from './connection.ts';
import { listObjects } from './list.ts';
import type { Controller, PodState } from './podState.ts';
import { podSchema } from './podState.ts';
import {
  judgeBarePod,
  judgeCronJob,
  judgeDaemonSet,
  judgeDeployment,
  judgeForeignOwner,
  judgeJob,
  judgeReplicas,
  noPods,
  tally,
} from './workloadHealth.ts';
import type { PodTally } from './workloadHealth.ts';
import { daemonSetSchema, deploymentSchema, jobSchema, replicasSchema } from './workloadObjects.ts';
import type { Job } from './workloadObjects.ts';
import type { WorkloadState } from './workloadState.ts';

export { compareWorkloads, workloadKey } from './compareWorkloads.ts';
export type { WorkloadComparison } from './compareWorkloads.ts';
export { describeWorkload } from './workloadState.ts';
export type { WorkloadState } from './workloadState.ts';

/** Beyond so many namespaces one list of all is less work than a list of each. */
const mostNamespaces = 10;

/**
 * How every owner of Pods stands (rule 8): Deployments, StatefulSets, DaemonSets, ReplicaSets that no Deployment
 * controls, Jobs, CronJobs by their newest Job, bare Pods, and owners of other kinds by their Pods. In the order of
 * kind, namespace and name. Of each object only what is judged by is held: some hundred bytes a Pod.
 *
 * The lists are read one after the other, so a workload that changes at that moment may look worse than it is, never
 * better; look again before you act on it.
 *
 * @param namespaces at least those that are asked about; where they are few only they are read, so that a look at some
 *   owners does not grow with the cluster
 * @throws StepladderError as `KubernetesConnection.getJson`: a kind that can't be read is not passed over (rule 11)
 */
export async function readWorkloads(
  connection: KubernetesConnection,
  signal?: AbortSignal,
  namespaces?: ReadonlySet<string>,
): Promise<WorkloadState[]> {
  const places =
    namespaces === undefined || namespaces.size > mostNamespaces
      ? ['']
      : [...namespaces].map((namespace) => `/namespaces/${namespace}`);
  const list = async <T>(api: string, resource: string, schema: z.ZodType<T>): Promise<T[]> => {
    const group = api.startsWith('/apis/') ? `.${api.split('/')[2] ?? ''}` : '';
    const found: T[] = [];
    for (const place of places) {
      const path = `${api}${place}/${resource}`;
      found.push(...(await listObjects(connection, path, schema, { name: `${resource}${group}`, signal })));
    }
    return found;
  };
  const deployments = await list('/apis/apps/v1', 'deployments', deploymentSchema);
  const replicaSets = await list('/apis/apps/v1', 'replicasets', replicasSchema);
  const statefulSets = await list('/apis/apps/v1', 'statefulsets', replicasSchema);
  const daemonSets = await list('/apis/apps/v1', 'daemonsets', daemonSetSchema);
  const jobs = await list('/apis/batch/v1', 'jobs', jobSchema);
  const pods = await list('/api/v1', 'pods', podSchema);

  const deploymentOfReplicaSet = new Map<string, string>();
  for (const { metadata } of replicaSets) {
    if (isDeployment(metadata.controller)) deploymentOfReplicaSet.set(metadata.uid, metadata.controller.uid);
  }
  const { tallies, foreign, bare } = sortPods(pods, deploymentOfReplicaSet);
  const podsOf = (uid: string): PodTally => tallies.get(uid) ?? noPods;

  const alive = <T extends { metadata: { terminating: boolean } }>(objects: T[]): T[] =>
    objects.filter(({ metadata }) => !metadata.terminating);
  const states: WorkloadState[] = [
    ...alive(deployments).map((each) => judgeDeployment(each, podsOf(each.metadata.uid))),
    ...alive(replicaSets)
      .filter(({ metadata }) => !isDeployment(metadata.controller))
      .map((each) => judgeReplicas('ReplicaSet', each, podsOf(each.metadata.uid))),
    ...alive(statefulSets).map((each) => judgeReplicas('StatefulSet', each, podsOf(each.metadata.uid))),
    ...alive(daemonSets).map((each) => judgeDaemonSet(each, podsOf(each.metadata.uid))),
    ...judgeJobs(alive(jobs), podsOf),
    ...[...foreign.values()].map(({ owner, namespace }) =>
      judgeForeignOwner(owner, namespace, podsOf(owner.uid)),
    ),
    ...bare.map(judgeBarePod),
  ];
  return states.sort(
    (one, other) =>
      compareText(one.kind, other.kind) ||
      compareText(one.namespace, other.namespace) ||
      compareText(one.name, other.name),
  );
}

/** Controllers of Pods that are read themselves; operators have kinds of the same names in groups of their own. */
const ownControllers = /^(apps\/\w+ (ReplicaSet|StatefulSet|DaemonSet)|batch\/\w+ Job)$/;

/** Adds up Pods by who controls them in the end: by the Deployment where a ReplicaSet stands between. */
function sortPods(
  pods: PodState[],
  deploymentOfReplicaSet: ReadonlyMap<string, string>,
): {
  tallies: Map<string, PodTally>;
  foreign: Map<string, { owner: Controller; namespace: string }>;
  bare: PodState[];
} {
  const tallies = new Map<string, PodTally>();
  const foreign = new Map<string, { owner: Controller; namespace: string }>();
  const bare: PodState[] = [];
  for (const pod of pods) {
    const owner = pod.controller;
    if (owner === undefined) {
      if (!pod.terminating) bare.push(pod);
      continue;
    }
    // A static Pod is its kubelet's, and goes with its node.
    if (owner.kind === 'Node') continue;
    const uid = deploymentOfReplicaSet.get(owner.uid) ?? owner.uid;
    tallies.set(uid, tally(tallies.get(uid) ?? noPods, pod));
    if (!ownControllers.test(`${owner.apiVersion} ${owner.kind}`))
      foreign.set(uid, { owner, namespace: pod.namespace });
  }
  return { tallies, foreign, bare };
}

function judgeJobs(jobs: Job[], podsOf: (uid: string) => PodTally): WorkloadState[] {
  const states: WorkloadState[] = [];
  const byCronJob = new Map<string, { owner: Controller; jobs: { job: Job; pods: PodTally }[] }>();
  for (const job of jobs) {
    const pods = podsOf(job.metadata.uid);
    const owner = job.metadata.controller;
    if (owner?.kind !== 'CronJob') {
      states.push(judgeJob(job, pods));
      continue;
    }
    const group = byCronJob.get(owner.uid) ?? { owner, jobs: [] };
    group.jobs.push({ job, pods });
    byCronJob.set(owner.uid, group);
  }
  for (const { owner, jobs: ofCronJob } of byCronJob.values()) states.push(judgeCronJob(owner, ofCronJob));
  return states;
}

function isDeployment(controller: Controller | undefined): controller is Controller {
  return controller?.kind === 'Deployment' && controller.apiVersion.startsWith('apps/');
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
