import { createHash } from 'node:crypto';
import { z } from 'zod';
import { StepladderError } from '../contract/errors.ts';
import type { EvidenceReference } from '../contract/evidence.ts';
import type { OwnerReference, StuckPod } from '../contract/workers.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import { Drain } from '../kubernetes/drain/drain.ts';
import type { DrainSnapshot } from '../kubernetes/drain/drainOptions.ts';
import { cordon } from '../kubernetes/drain/marks.ts';
import { readOwners } from '../kubernetes/drain/owners.ts';
import { changeNodes, findNodes } from '../kubernetes/nodeMarks.ts';
import { ClusterWatches } from '../kubernetes/watching/clusterWatches.ts';
import type { OpenCluster } from './clusters.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { drainLine } from './drainLine.ts';
import { keep } from './evidence.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { DrainProgress, WorkerActivities } from './workerTypes.ts';

type Input = Parameters<WorkerActivities['drainWave']>[0];

/** uids that a heartbeat carries at most: heartbeats are kept by Temporal and shall stay small. */
const mostGranted = 2_000;
/** How often the cluster is opened again, so that it is verified and not closed as unused. Milliseconds. */
const reopenEveryMs = 60_000;

const priorSchema = z.object({
  evicted: z.number(),
  refused: z.number(),
  granted: z.array(z.string()),
  stuck: z.array(z.object({ uid: z.string(), since: z.string() })),
});

/** The owners of Pods that a wave has moved, as they are stored. */
export const drainedOwnersSchema: z.ZodType<OwnerReference[]> = z.array(
  z.object({
    apiVersion: z.string(),
    kind: z.string(),
    namespace: z.string(),
    name: z.string(),
    uid: z.string(),
  }),
);

/** Empties the nodes of a wave (rules 9, 15 and 18). */
export function drainWaveActivity({
  clusters,
  evidence,
  now,
}: Pick<ActivityDependencies, 'clusters' | 'evidence' | 'now'>): Pick<WorkerActivities, 'drainWave'> {
  const watches = new ClusterWatches();
  return {
    async drainWave(input) {
      const { signal } = activityScope();
      const prior = priorOf(activityScope().lastHeartbeat);
      let drain: Drain | undefined;
      const progress = (): DrainProgress => told(input.nodes.length, drain?.snapshot(), prior, now());
      return heartbeating(async () => {
        const opened = await clusters.open(input.context, signal);
        await cordonAgain(opened, input, signal);
        const cluster = await watches.watch(opened.kubernetes, signal);
        const wrong = new AbortController();
        const reopening = setInterval(() => {
          clusters.open(input.context, signal).catch((error: unknown) => {
            // All else passes, or the watch says it as well.
            if (error instanceof StepladderError && error.type === 'WrongCluster') wrong.abort(error);
          });
        }, reopenEveryMs);
        try {
          drain = new Drain({
            connection: opened.kubernetes,
            cluster,
            owners: await readOwners(opened.kubernetes, signal),
            nodes: input.nodes,
            policy: input.policy,
            passOver: new Set((input.passOver ?? []).map(({ uid }) => uid)),
            timeoutMs: input.timeoutMs,
            ...(prior === undefined
              ? {}
              : { prior: { ...prior, since: new Map(prior.stuck.map(({ uid, since }) => [uid, since])) } }),
            // Whoever goes on after a crash no longer finds their Pods.
            beforeFirst: (owners) => addOwners(evidence, input, owners),
            now,
            signal: AbortSignal.any([signal, wrong.signal]),
          });
          const state = await drain.run();
          const { evicted, refused, stuck, stuckCount, drained, vanished } = drain.snapshot();
          return {
            state,
            evicted,
            refused,
            stuck,
            stuckCount,
            drained,
            vanished,
            owners: await addOwners(evidence, input, drain.owners),
          };
        } finally {
          clearInterval(reopening);
          await cluster.release();
        }
      }, progress);
    },
  };
}

/** Somebody may have uncordoned a node since: Pods that are evicted would come back to it. */
async function cordonAgain(
  { kubernetes }: OpenCluster,
  { nodeGroup, nodes: names, madeBy }: Input,
  signal: AbortSignal,
): Promise<void> {
  if (madeBy === undefined) return;
  const found = await findNodes(kubernetes, { nodeGroups: [nodeGroup], names, signal });
  await changeNodes(kubernetes, found, (node) => cordon(node, madeBy), { signal, what: 'cordon' });
}

/** What an earlier attempt of this call has told. */
function priorOf(
  heartbeat: unknown,
): (z.infer<typeof priorSchema> & Pick<DrainProgress, 'granted'>) | undefined {
  const prior = priorSchema.safeParse(heartbeat);
  return prior.success ? prior.data : undefined;
}

function told(
  nodes: number,
  snapshot: DrainSnapshot | undefined,
  prior: z.infer<typeof priorSchema> | undefined,
  now: Date,
): DrainProgress {
  const granted = [...(prior?.granted ?? []), ...(snapshot?.granted ?? [])].slice(-mostGranted);
  const stuck: StuckPod[] = snapshot?.stuck ?? [];
  return {
    line: drainLine(nodes, snapshot, now),
    evicted: snapshot?.evicted ?? prior?.evicted ?? 0,
    refused: snapshot?.refused ?? prior?.refused ?? 0,
    granted,
    stuck,
  };
}

/** Stores owners beside those that earlier calls for the same nodes have stored. */
async function addOwners(
  store: EvidenceStore,
  { context, nodes }: Input,
  owners: readonly OwnerReference[],
): Promise<EvidenceReference> {
  const wave = createHash('sha256')
    .update(JSON.stringify([...nodes].sort()))
    .digest('hex')
    .slice(0, 12);
  const key = `${context.evidencePrefix}/drained-owners-of-${wave}`;
  const known = (await store.list(key)).includes(key)
    ? drainedOwnersSchema.parse(await store.read({ key }))
    : [];
  const all = new Map([...known, ...owners].map((owner) => [owner.uid, owner]));
  const sorted = [...all.values()].sort((one, other) => (one.uid < other.uid ? -1 : 1));
  if (sorted.length > known.length || known.length === 0)
    await store.write('drained-owners', key, sorted, sorted.length);
  // What a workflow refers to is not overwritten by a later call.
  return keep(store, context.evidencePrefix, 'drained-owners', sorted, sorted.length);
}
