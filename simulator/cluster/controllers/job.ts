import type { Condition, Job } from '../kinds.ts';
import { jobs, pods } from '../kinds.ts';
import { kubernetesTime } from '../../../scenario/kubernetesTime.ts';
import { conditionOf, controllerOf, isActive, isReady, isTerminating, withCondition } from '../pods.ts';
import type { ControllerContext } from './context.ts';
import { reconcileEach, watchObjects } from './context.ts';
import { createPod } from './podTemplate.ts';

/** Runs a Job's Pods until as many as it asks for have succeeded, or too many have failed. */
export function startJobController(context: ControllerContext): void {
  const { store, clock } = context;

  const reconcile = (job: Job): void => {
    if (isTerminating(job)) return;
    const { namespace, name, uid } = job.metadata;
    if (conditionOf(job, 'Complete')?.status === 'True' || conditionOf(job, 'Failed')?.status === 'True')
      return;
    const own = store.ownedBy(uid, pods);
    const succeeded = own.filter((pod) => pod.status?.phase === 'Succeeded').length;
    const failed = own.filter((pod) => pod.status?.phase === 'Failed').length;
    const active = own.filter(isActive);
    const complete = succeeded >= job.spec.completions;
    const exhausted = failed > job.spec.backoffLimit;
    if (!complete && !exhausted && job.spec.suspend !== true) {
      const wanted = Math.min(job.spec.parallelism, job.spec.completions - succeeded);
      for (let made = active.length; made < wanted; made++)
        active.push(createPod(context, job, 'batch/v1', job.spec.template));
    }
    if (complete || exhausted || job.spec.suspend === true)
      for (const pod of active.splice(0)) store.remove(pods, namespace, pod.metadata.name);
    const now = context.now();
    store.mutate(
      jobs,
      namespace,
      name,
      (present) => ({
        ...present,
        status: {
          startTime: present.status?.startTime ?? kubernetesTime(now),
          active: active.length,
          ready: active.filter(isReady).length,
          succeeded,
          failed,
          ...(present.status?.conditions === undefined ? {} : { conditions: present.status.conditions }),
          ...(complete
            ? {
                completionTime: kubernetesTime(now),
                conditions: withCondition(undefined, finished('Complete'), now),
              }
            : {}),
          ...(exhausted ? { conditions: withCondition(undefined, finished('Failed'), now) } : {}),
        },
      }),
      { status: true },
    );
    const keepFor = job.spec.ttlSecondsAfterFinished;
    if ((complete || exhausted) && keepFor !== undefined)
      clock.after(keepFor * 1000, () => {
        if (store.find(jobs, namespace, name)?.metadata.uid === uid) store.remove(jobs, namespace, name);
      });
  };

  const enqueue = reconcileEach(context, jobs, reconcile);
  watchObjects(context, pods, ({ object }) => {
    const owner = controllerOf(object);
    if (owner?.kind === 'Job') enqueue(object.metadata.namespace, owner.name);
  });
}

const finished = (type: 'Complete' | 'Failed'): Condition =>
  type === 'Complete'
    ? {
        type,
        status: 'True',
        reason: 'CompletionsReached',
        message: 'Reached expected number of succeeded pods',
      }
    : {
        type,
        status: 'True',
        reason: 'BackoffLimitExceeded',
        message: 'Job has reached the specified backoff limit',
      };
