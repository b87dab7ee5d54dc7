import { z } from 'zod';
import type { ProbeSummary } from '../contract/evidence.ts';
import { StepladderError } from '../contract/errors.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import { listNodes } from '../kubernetes/nodes.ts';
import { startProbe } from '../kubernetes/probe.ts';
import type { ProbeSnapshot, RunningProbe } from '../kubernetes/probe.ts';
import { minorOf } from '../plan/versions.ts';
import { describeTarget } from '../platform/platform.ts';
import type { PlatformUpdate } from '../platform/platform.ts';
import type { OpenCluster } from './clusters.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { pause } from './pause.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { Activities, UpdateOutcome, UpdateProgress } from './types.ts';

type Input = Parameters<Activities['awaitUpdate']>[0];

/** A probe that has no answer after this long has failed. Milliseconds. */
const probeTimeoutMs = 2_000;
/** Nodes that a heartbeat names at most: heartbeats are kept by Temporal and shall stay small. */
const shownNodes = 50;

const summarySchema = z.object({
  probes: z.number(),
  failures: z.number(),
  downtimeSeconds: z.number(),
  longestOutageSeconds: z.number(),
  unobservedSeconds: z.number(),
});
const measuredSchema = z.object({ probe: summarySchema, lastProbeAt: z.string().exactOptional() });

const nothingMeasured: ProbeSummary = {
  probes: 0,
  failures: 0,
  downtimeSeconds: 0,
  longestOutageSeconds: 0,
  unobservedSeconds: 0,
};

/** What was measured before, and when last. */
interface Measured {
  probe: ProbeSummary;
  lastProbeAt?: string;
}

/** Waits for an update that EKS carries out. It is judged by DescribeUpdate alone, never by the target's status. */
export function awaitUpdateActivity({
  clusters,
  evidence,
}: Pick<ActivityDependencies, 'clusters' | 'evidence'>): Pick<Activities, 'awaitUpdate'> {
  return {
    async awaitUpdate(input) {
      const { signal, heartbeat } = activityScope();
      const until = performance.now() + input.timeoutMs;
      const progress: UpdateProgress = {
        line: `${describeTarget(input.target)}: asking EKS for update ${input.updateId}`,
        updateId: input.updateId,
      };
      let probe: RunningProbe | undefined;
      const told = () => ({ ...progress, ...measuredBy(probe?.snapshot()) });
      try {
        return await heartbeating(async () => {
          let cluster = await clusters.open(input.context, signal);
          if (input.probeIntervalMs !== undefined) {
            const { probe: summary, lastProbeAt } = await measuredBefore(evidence, input);
            probe = startProbe(cluster.kubernetes, {
              intervalMs: input.probeIntervalMs,
              timeoutMs: probeTimeoutMs,
              prior: { summary, lastProbeAt },
            });
          }
          for (;;) {
            const update = await cluster.platform.describeUpdate(input.target, input.updateId, signal);
            const left = until - performance.now();
            if (update.status !== 'InProgress' || left <= 0) return await outcomeOf(update, probe);
            await tell(progress, input, update, cluster, signal);
            heartbeat(told());
            await pause(Math.min(input.pollMs, left), signal);
            // Opened each time: it is verified again now and then, and kept from being closed as unused.
            cluster = await clusters.open(input.context, signal);
          }
        }, told);
      } catch (error) {
        // Whoever goes on waiting shall go on measuring from here.
        await keepMeasured(evidence, input, probe?.snapshot());
        throw error;
      } finally {
        await probe?.stop();
      }
    },
  };
}

async function outcomeOf(update: PlatformUpdate, probe: RunningProbe | undefined): Promise<UpdateOutcome> {
  const { status, errors } = update;
  return {
    status: status === 'InProgress' ? 'StillRunning' : status,
    errors,
    ...(probe === undefined ? {} : { probe: await probe.stop() }),
  };
}

/** Brings what is heartbeated up to date. */
async function tell(
  progress: UpdateProgress,
  { target }: Input,
  { status, to }: PlatformUpdate,
  { kubernetes }: OpenCluster,
  signal: AbortSignal,
): Promise<void> {
  const what = describeTarget(target);
  if (target.kind !== 'node-group') {
    progress.line = `${what}: update${to === undefined ? '' : ` to ${to}`} ${status}`;
    return;
  }
  try {
    const nodes = (await listNodes(kubernetes, signal)).filter(({ nodeGroup }) => nodeGroup === target.name);
    const there = nodes.filter(({ kubeletVersion, ready }) => ready && minorOf(kubeletVersion) === to);
    progress.line =
      to === undefined
        ? `${what}: update ${status}`
        : `${what}: ${there.length} of ${nodes.length} nodes at ${to} and Ready, update ${status}`;
    progress.nodes = nodes.slice(0, shownNodes).map(({ name, kubeletVersion, ready, unschedulable }) => ({
      name,
      kubeletVersion,
      ready,
      schedulable: !unschedulable,
    }));
  } catch (error) {
    // The nodes are for people to look at: the update goes on whether they can be seen or not.
    if (!(error instanceof StepladderError)) throw error;
    progress.line = `${what}: update ${status}; its nodes can't be seen now (${error.type})`;
    delete progress.nodes;
  }
}

function measuredBy(snapshot: ProbeSnapshot | undefined): Partial<Measured> {
  if (snapshot === undefined) return {};
  const { summary, lastProbeAt } = snapshot;
  return { probe: summary, ...(lastProbeAt === undefined ? {} : { lastProbeAt }) };
}

/**
 * What was measured of this update before: as an earlier attempt has heartbeated it, as a call that was given up has
 * kept it, or as the workflow says. The one that has seen most has seen what the others have. A worker that died early
 * has told nothing of its probes, since heartbeats are throttled, and nobody looked before there was a worker: the
 * time since this call was due is then unobserved.
 */
async function measuredBefore(store: EvidenceStore, input: Input): Promise<Measured> {
  const { lastHeartbeat, scheduledAt } = activityScope();
  const candidates: Measured[] = [];
  const heartbeat = measuredSchema.safeParse(lastHeartbeat);
  if (heartbeat.success) candidates.push(heartbeat.data);
  const key = measuredKey(input);
  if ((await store.list(key)).includes(key)) {
    candidates.push(measuredSchema.parse(await store.read({ key })));
  }
  if (input.probe !== undefined) candidates.push({ probe: input.probe });
  // All begin with the earliest of them; ties go to one that knows when it ended.
  const [most] = candidates.sort((left, right) => observed(right) - observed(left));
  return {
    ...(scheduledAt === undefined ? {} : { lastProbeAt: scheduledAt.toISOString() }),
    ...(most ?? { probe: nothingMeasured }),
  };
}

function observed({ probe }: Measured): number {
  return probe.probes + probe.unobservedSeconds;
}

async function keepMeasured(
  store: EvidenceStore,
  input: Input,
  snapshot: ProbeSnapshot | undefined,
): Promise<void> {
  const measured = measuredBy(snapshot);
  if (measured.probe === undefined) return;
  // What went wrong before matters more than that this went wrong as well.
  await store.write('probe', measuredKey(input), measured, measured.probe.probes).catch(() => undefined);
}

function measuredKey({ context, updateId }: Input): string {
  return `${context.evidencePrefix}/probe-${updateId}`;
}
