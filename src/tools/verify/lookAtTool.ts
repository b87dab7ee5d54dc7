import { UnreadableRelease } from '../../kubernetes/apiUses/helmRelease.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { unseenReason } from '../../kubernetes/discovery.ts';
import { readWorkloads } from '../../kubernetes/workloads.ts';
import { ownWorkloads } from '../observe/belonging.ts';
import { readRelease } from '../observe/readRelease.ts';
import type { SeenRelease } from '../observe/readRelease.ts';
import { listToolWorkloads, workloadName } from '../observe/toolWorkloads.ts';
import type { ToolWorkload } from '../observe/toolWorkloads.ts';
import type { ToolProfile } from '../profiles/profile.ts';
import { readJobs } from './jobsOfTool.ts';
import { readApplications, readLeases, readLoadBalancers, readTargetGroupBindings } from './servedObjects.ts';
import type { LeaseSeen, ToolState, WorkloadSeen } from './toolState.ts';
import { readWarnings } from './warnings.ts';

/** Which installation of a tool is looked at. */
export interface ToolPlace {
  profile: ToolProfile;
  release: string;
  namespace: string;
}

/**
 * Looks at a tool and at what it serves, without changing anything, and by lists alone. What can't be read is absent
 * and told in `unknown`; kinds that the cluster does not have are empty.
 *
 * @param now the time to note
 * @throws StepladderError as `KubernetesConnection.getJson` when the API itself is out of reach
 */
export async function lookAtTool(
  connection: KubernetesConnection,
  { profile, release, namespace }: ToolPlace,
  now: Date,
  signal?: AbortSignal,
): Promise<ToolState> {
  const look = new Look();
  const helm = await look.at('release', () => readReleaseState(connection, { release, namespace }, signal));
  const released = helm?.seen?.workloads ?? [];
  const namespaces = [...new Set([namespace, ...released.map((each) => each.namespace)])];
  // Without the release it is not known which workloads are the tool's: all the rest would be a guess.
  const own =
    helm === undefined
      ? undefined
      : await look.at('workloads', async () => {
          const all = await eachOf(namespaces, (each) =>
            listToolWorkloads(connection, { namespace: each, signal }),
          );
          return ownWorkloads(all, profile, {
            ...{ release, namespace, released },
            ...(helm.seen === undefined ? {} : { chart: helm.seen.state.chart.name }),
          });
        });
  const workloads =
    own === undefined ? undefined : await look.at('workloads', () => withPods(connection, own, signal));
  const cronJobs = (own ?? []).filter(({ kind }) => kind === 'CronJob');
  const serves = new Set(profile.serves);
  return {
    lookedAt: now.toISOString(),
    ...given('workloads', workloads),
    ...given('released', helm?.seen === undefined ? undefined : released.map(workloadName)),
    ...given(
      'jobs',
      serves.has('scheduled-jobs') && own !== undefined
        ? await look.at('jobs', () => readJobs(connection, cronJobs, signal))
        : undefined,
    ),
    ...given(
      'applications',
      serves.has('applications')
        ? await look.at('applications', () => readApplications(connection, signal))
        : undefined,
    ),
    ...given(
      'loadBalancers',
      serves.has('load-balancers')
        ? await look.at('loadBalancers', () => readLoadBalancers(connection, profile.finalizers, signal))
        : undefined,
    ),
    ...given(
      'targetGroupBindings',
      serves.has('load-balancers')
        ? await look.at('targetGroupBindings', () => readTargetGroupBindings(connection, signal))
        : undefined,
    ),
    ...given(
      'leases',
      own === undefined
        ? undefined
        : await look.at('leases', () => leasesOf(connection, own, { profile, release, namespace }, signal)),
    ),
    ...given(
      'warnings',
      own === undefined
        ? undefined
        : await look.at('warnings', () =>
            readWarnings(connection, { workloads: own, sources: [...profile.eventSources, release] }, signal),
          ),
    ),
    unknown: look.unknown,
  };
}

/** Notes what can't be seen. */
class Look {
  readonly unknown: ToolState['unknown'] = [];

  async at<T>(part: string, see: () => Promise<T>): Promise<T | undefined> {
    try {
      return await see();
    } catch (error) {
      const reason = error instanceof UnreadableRelease ? `${error.message}.` : unseenReason(error);
      this.unknown.push({ part, reason });
      return undefined;
    }
  }
}

function given<K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, T>);
}

/** That there is no release is something seen. */
async function readReleaseState(
  connection: KubernetesConnection,
  of: { release: string; namespace: string },
  signal: AbortSignal | undefined,
): Promise<{ seen?: SeenRelease }> {
  const seen = await readRelease(connection, of, signal);
  return seen === undefined || seen.state.status === 'uninstalled' ? {} : { seen };
}

/** Joins what a workload's own controller says of its rollout with what its Pods say. */
async function withPods(
  connection: KubernetesConnection,
  own: readonly ToolWorkload[],
  signal: AbortSignal | undefined,
): Promise<WorkloadSeen[]> {
  if (own.length === 0) return [];
  const namespaces = new Set(own.map(({ namespace }) => namespace));
  const states = await readWorkloads(connection, signal, namespaces);
  return own.map((workload) => {
    const { kind, namespace, name, uid, images, template, rollout, schedule } = workload;
    const state = states.find(
      (each) => each.kind === kind && each.namespace === namespace && each.name === name,
    );
    // A CronJob is judged by its Jobs, which may be of its old template.
    const podTrouble = kind === 'CronJob' || state?.well !== false ? undefined : state.reason;
    const reason = podTrouble ?? rollout;
    return {
      ...{ kind, namespace, name, uid, images, template, well: reason === undefined },
      ...(reason === undefined ? {} : { reason }),
      ...(schedule === undefined ? {} : { schedule }),
    };
  });
}

/** By the profile's names, and those whose holder is one of the tool's Pods. */
async function leasesOf(
  connection: KubernetesConnection,
  own: readonly ToolWorkload[],
  { profile, namespace }: ToolPlace,
  signal: AbortSignal | undefined,
): Promise<LeaseSeen[]> {
  const home = new Set([namespace, ...own.map((each) => each.namespace)]);
  const elsewhere = profile.leases.flatMap((lease) => lease.namespace ?? []);
  const leases = await eachOf([...new Set([...home, ...elsewhere])], (each) =>
    readLeases(connection, each, signal),
  );
  return leases.filter(
    (lease) =>
      profile.leases.some(
        ({ name, namespace: within }) =>
          name === lease.name &&
          (within === undefined ? home.has(lease.namespace) : within === lease.namespace),
      ) ||
      (home.has(lease.namespace) && own.some(({ name }) => lease.holder.startsWith(`${name}-`))),
  );
}

async function eachOf<T, R>(items: readonly T[], read: (item: T) => Promise<R[]>): Promise<R[]> {
  const found: R[] = [];
  for (const item of items) found.push(...(await read(item)));
  return found;
}
