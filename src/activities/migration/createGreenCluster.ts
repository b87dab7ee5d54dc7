import { StepladderError } from '../../contract/errors.ts';
import type { GreenClusterStage } from '../../contract/migration.ts';
import { findAddonWorkloads } from '../../kubernetes/addons.ts';
import type { PlatformCluster } from '../../platform/platform.ts';
import { clientToken } from '../clientToken.ts';
import { identityOf } from '../clusters.ts';
import type { OpenCluster } from '../clusters.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { madeByNote, madeByNoteKey } from '../madeBy.ts';
import type { MigrationActivities } from '../migrationTypes.ts';
import { pause } from '../pause.ts';
import { activityScope, heartbeating } from '../scope.ts';
import { besideBlue, greenPlatform, isMadeBy, whoMade } from './besideBlue.ts';

type Create = Parameters<MigrationActivities['createGreenCluster']>[0];
type Await = Parameters<MigrationActivities['awaitGreenCluster']>[0];
type Awaited = Awaitable<ReturnType<MigrationActivities['awaitGreenCluster']>>;
type Awaitable<T> = T extends Promise<infer Value> ? Value : never;

/** Creates green's control plane like blue's, and waits for it. */
export function greenClusterActivities({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<
  MigrationActivities,
  'createGreenCluster' | 'awaitGreenCluster'
> {
  return {
    async createGreenCluster(input) {
      const { signal } = activityScope();
      const { blue, stage, madeBy, runId, attempt } = input;
      const green = await greenPlatform(clusters, blue, stage.cluster, signal);
      const present = await green.findCluster(signal);
      if (present !== undefined || !stage.create) return alreadyThere(present, input);
      try {
        await green.createCluster(
          {
            like: blue.cluster.name,
            to: stage.to,
            bootstrapAddons: await hasUnmanagedAddons(await clusters.open(blue, signal), signal),
            notes: { [madeByNoteKey]: madeByNote(madeBy) },
            token: clientToken(runId, 'create-cluster', [stage.cluster, stage.to], attempt),
          },
          signal,
        );
        return { state: 'created' };
      } catch (error) {
        if (!(error instanceof StepladderError) || error.details['reason'] !== 'name-taken') throw error;
        // Somebody was faster: this activity's own first run, perhaps.
        return alreadyThere(await green.findCluster(signal), input);
      }
    },

    async awaitGreenCluster(input) {
      const { signal, heartbeat } = activityScope();
      const until = performance.now() + input.timeoutMs;
      const progress = { line: `cluster ${input.cluster}: to be ACTIVE` };
      return heartbeating(
        async () => {
          for (;;) {
            const green = await greenPlatform(clusters, input.blue, input.cluster, signal);
            const cluster = await green.findCluster(signal);
            const outcome = outcomeOf(cluster, input);
            const left = until - performance.now();
            if (outcome.state !== 'still-running' || left <= 0) return outcome;
            progress.line = outcome.line;
            heartbeat(progress);
            await pause(Math.min(input.pollMs, left), signal);
          }
        },
        () => progress,
      );
    },
  };
}

/** A new cluster gets EKS's own network add-ons where blue has one of them that EKS does not manage. */
async function hasUnmanagedAddons(
  { platform, kubernetes }: OpenCluster,
  signal: AbortSignal,
): Promise<boolean> {
  const { autoMode } = await platform.describeCluster(signal);
  // EKS Auto Mode brings its own.
  if (autoMode) return false;
  const managed = new Set(await platform.listAddons(signal));
  return (await findAddonWorkloads(kubernetes, signal)).some(({ name }) => !managed.has(name));
}

function alreadyThere(
  present: PlatformCluster | undefined,
  { stage, madeBy }: Create,
): { state: 'already-there' } {
  const { cluster: name, create, to } = stage;
  if (present === undefined) throw notThere(stage);
  if (create && !isMadeBy(present, madeBy)) {
    throw new StepladderError(
      'PlatformRefused',
      `Cluster ${name}, which was to be created, is there already, and it ${whoMade(present)}. Nothing was changed. If nobody needs it, delete it; if it is the one to go to, say so with migration.green.existing; otherwise give another name in migration.green.name. Then start again.`,
      { cluster: name, reason: 'name-taken' },
    );
  }
  if (present.status === 'DELETING') {
    throw new StepladderError(
      'UpdateInProgress',
      `Cluster ${name} is being deleted. It can be made again when that has ended.`,
      { cluster: name },
    );
  }
  if (present.version !== to) {
    throw new StepladderError(
      'PlatformRefused',
      `Cluster ${name} is at ${present.version}, and the plan goes to ${to}. Nothing was changed. Bring it to ${to} first, or plan for ${present.version}.`,
      { cluster: name, reason: 'other-version' },
    );
  }
  return { state: 'already-there' };
}

function notThere({ cluster, create }: GreenClusterStage): StepladderError {
  return create
    ? new StepladderError(
        'UpdateInProgress',
        `Cluster ${cluster} was there when it was to be created, and is not there any more. Somebody deletes it: try again when that has ended.`,
        { cluster },
      )
    : new StepladderError(
        'PlatformRefused',
        `There is no cluster ${cluster}, which migration.green says is there already. Nothing was done. Check its name, region and account, or leave "existing" out to have it created.`,
        { cluster, reason: 'not-found' },
      );
}

function outcomeOf(cluster: PlatformCluster | undefined, { blue, cluster: name }: Await): Awaited {
  if (cluster === undefined) return { state: 'failed', line: `cluster ${name} is not there (any more)` };
  const { status, healthIssues } = cluster;
  const line = `cluster ${name}: ${status}${healthIssues.length === 0 ? '' : `: ${healthIssues.join('; ')}`}`;
  if (status === 'ACTIVE') {
    return { state: 'active', reference: besideBlue(blue, name), identity: identityOf(cluster) };
  }
  return { state: status === 'FAILED' || status === 'DELETING' ? 'failed' : 'still-running', line };
}
