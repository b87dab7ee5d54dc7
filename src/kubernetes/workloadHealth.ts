import type { Controller, Metadata, PodState } from './podState.ts';
import type { DaemonSet, Deployment, Job, Replicas } from './workloadObjects.ts';
import type { WorkloadState } from './workloadState.ts';

/** What the Pods of one owner come to; terminating ones are not among them. */
export interface PodTally {
  /** Those that have not finished. */
  running: number;
  ready: number;
  /** A Pod that holds it up: `web-abc ImagePullBackOff`; one that is stuck before one that only starts. */
  trouble?: string;
  stuck: boolean;
  restartsAlways: boolean;
}

export const noPods: PodTally = { running: 0, ready: 0, stuck: false, restartsAlways: false };

/** Adds a Pod to its owner's tally. */
export function tally(before: PodTally, pod: PodState): PodTally {
  if (pod.terminating || pod.phase === 'Succeeded') return before;
  const failed = pod.phase === 'Failed';
  const after: PodTally = {
    ...before,
    running: before.running + (failed ? 0 : 1),
    ready: before.ready + (pod.ready && !failed ? 1 : 0),
    restartsAlways: before.restartsAlways || pod.restartsAlways,
  };
  // A Failed Pod has been replaced, or will be: it explains, and its owner's own numbers judge.
  if (pod.trouble !== undefined && (before.trouble === undefined || (pod.stuck && !before.stuck))) {
    after.trouble = `${pod.name} ${pod.trouble}`;
    after.stuck = pod.stuck && !failed;
  }
  return after;
}

/**
 * Each judgement takes the smaller of what the owner's controller reports and what its Pods say: the controllers may
 * be down for a moment while a control plane is replaced (rule 4), and their numbers are then old.
 */
export function judgeDeployment({ metadata, spec, status }: Deployment, pods: PodTally): WorkloadState {
  const ready = Math.min(status.readyReplicas, pods.ready);
  const state = stateOf('apps/v1', 'Deployment', metadata, spec.replicas, ready);
  if (spec.replicas === 0) return well(state);
  const unseen = generationUnseen(metadata, status.observedGeneration);
  if (unseen !== undefined) return broken(state, unseen);
  const progressing = status.conditions.find(({ type }) => type === 'Progressing');
  const available = status.conditions.find(({ type }) => type === 'Available');
  if (!spec.paused && progressing?.status === 'False') {
    return broken(
      state,
      because(`its rollout does not progress (${progressing.reason ?? 'no reason given'})`, pods),
    );
  }
  const failure = status.conditions.find(
    ({ type, status: value }) => type === 'ReplicaFailure' && value === 'True',
  );
  if (failure !== undefined) {
    return broken(state, because(`its Pods can't be made (${failure.reason ?? 'no reason given'})`, pods));
  }
  // A rollout under way may have fewer Ready within its maxUnavailable; its controller says whether it has enough.
  const rolling = progressing?.status === 'True' && rolloutReasons.has(progressing.reason ?? '');
  const enough = ready >= spec.replicas || (rolling && available?.status === 'True' && ready > 0);
  if (!enough) return broken(state, countReason(state, pods));
  return available?.status === 'False'
    ? broken(state, `not Available (${available.reason ?? 'no reason given'})`)
    : well(state);
}

/** Of the condition Progressing, while a rollout is not complete. */
const rolloutReasons: ReadonlySet<string> = new Set([
  'NewReplicaSetCreated',
  'FoundNewReplicaSet',
  'ReplicaSetUpdated',
]);

/** A StatefulSet, or a ReplicaSet that no Deployment controls. */
export function judgeReplicas(
  kind: 'StatefulSet' | 'ReplicaSet',
  { metadata, spec, status }: Replicas,
  pods: PodTally,
): WorkloadState {
  const ready = Math.min(status.readyReplicas, pods.ready);
  const state = stateOf('apps/v1', kind, metadata, spec.replicas, ready);
  // One that something else controls (an Argo Rollout's ReplicaSets) comes and goes with that.
  if (metadata.controller !== undefined) state.shortLived = true;
  if (spec.replicas === 0) return well(state);
  const unseen = generationUnseen(metadata, status.observedGeneration);
  if (unseen !== undefined) return broken(state, unseen);
  return ready >= spec.replicas ? well(state) : broken(state, countReason(state, pods));
}

export function judgeDaemonSet({ metadata, spec, status }: DaemonSet, pods: PodTally): WorkloadState {
  const wanted = status.desiredNumberScheduled;
  const state = stateOf('apps/v1', 'DaemonSet', metadata, wanted, Math.min(status.numberReady, pods.ready));
  const unseen = generationUnseen(metadata, status.observedGeneration);
  if (unseen !== undefined) return broken(state, unseen);
  if (state.ready < wanted) return broken(state, countReason(state, pods));
  // With OnDelete people decide when a Pod is updated.
  if (spec.updateStrategy.type !== 'OnDelete' && status.updatedNumberScheduled < wanted) {
    return broken(state, because(`${status.updatedNumberScheduled} of ${wanted} Pods updated`, pods));
  }
  return well(state);
}

export function judgeJob({ metadata, spec, status }: Job, pods: PodTally): WorkloadState {
  const left =
    spec.completions === undefined || spec.completions === null
      ? spec.parallelism
      : Math.min(spec.parallelism, Math.max(0, spec.completions - status.succeeded));
  const state: WorkloadState = {
    ...stateOf('batch/v1', 'Job', metadata, left, Math.min(status.ready ?? pods.ready, pods.ready)),
    shortLived: true,
  };
  const ended = status.conditions.find(
    ({ type, status: value }) =>
      value === 'True' && ['Complete', 'SuccessCriteriaMet', 'Failed', 'FailureTarget'].includes(type),
  );
  if (ended?.type === 'Complete' || ended?.type === 'SuccessCriteriaMet')
    return well({ ...state, wanted: 0 });
  if (ended !== undefined) return broken(state, `failed (${ended.reason ?? 'no reason given'})`);
  if (spec.suspend) return well({ ...state, wanted: 0 });
  if (pods.stuck) return broken(state, countReason(state, pods));
  if (left > 0 && status.active === 0) {
    return broken(state, `none of its Pods runs, ${status.failed} failed`);
  }
  return well(state);
}

/**
 * A CronJob by the newest of its Jobs: older ones, and whether they are still kept, say nothing about today.
 * @param jobs at least one
 */
export function judgeCronJob(owner: Controller, jobs: { job: Job; pods: PodTally }[]): WorkloadState {
  const newest = jobs.reduce((one, other) =>
    other.job.metadata.creationTimestamp > one.job.metadata.creationTimestamp ? other : one,
  );
  const judged = judgeJob(newest.job, newest.pods);
  return {
    ...judged,
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.name,
    uid: owner.uid,
    ...(judged.reason === undefined
      ? {}
      : { reason: `its newest Job ${newest.job.metadata.name}: ${judged.reason}` }),
  };
}

export function judgeBarePod(pod: PodState): WorkloadState {
  const finished = pod.phase === 'Succeeded';
  const ready = pod.ready && pod.phase !== 'Failed';
  const state: WorkloadState = {
    ...stateOf('v1', 'Pod', pod, finished ? 0 : 1, ready ? 1 : 0),
    shortLived: true,
  };
  return finished || ready ? well(state) : broken(state, pod.trouble ?? pod.phase);
}

/**
 * The Pods of an owner of a kind that is not Kubernetes' own (an operator's). What it wants is not known to us: every
 * Pod that it has should be Ready.
 */
export function judgeForeignOwner(owner: Controller, namespace: string, pods: PodTally): WorkloadState {
  const state = stateOf(owner.apiVersion, owner.kind, { ...owner, namespace }, pods.running, pods.ready);
  // Pods that are there to finish start all the time: only one that is stuck is trouble.
  if (!pods.restartsAlways) state.shortLived = true;
  const enough = pods.ready >= pods.running || (!pods.restartsAlways && !pods.stuck);
  return enough ? well(state) : broken(state, countReason(state, pods));
}

function stateOf(
  apiVersion: string,
  kind: string,
  { namespace, name, uid }: Pick<Metadata, 'namespace' | 'name' | 'uid'>,
  wanted: number,
  ready: number,
): WorkloadState {
  return { apiVersion, kind, namespace, name, uid, well: false, wanted, ready };
}

function well(state: WorkloadState): WorkloadState {
  return { ...state, well: true };
}

function broken(state: WorkloadState, reason: string): WorkloadState {
  return { ...state, well: false, reason };
}

function countReason(state: WorkloadState, pods: PodTally): string {
  return because(`${state.ready} of ${state.wanted} Pods Ready`, pods);
}

function because(what: string, { trouble }: PodTally): string {
  return trouble === undefined ? what : `${what}: ${trouble}`;
}

function generationUnseen(metadata: Metadata, observed: number | undefined): string | undefined {
  return metadata.generation !== undefined && (observed ?? 0) < metadata.generation
    ? 'its controller has not seen its newest version yet'
    : undefined;
}
