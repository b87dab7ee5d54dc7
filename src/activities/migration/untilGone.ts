import { z } from 'zod';
import { StepladderError } from '../../contract/errors.ts';
import { inOrder } from '../../kubernetes/inOrder.ts';
import type { Platform, PlatformCluster } from '../../platform/platform.ts';
import { pause } from '../pause.ts';
import { activityScope, heartbeating } from '../scope.ts';

export interface Removal {
  name: string;
  timeoutMs: number;
  pollMs: number;
  /** Finds the cluster, and throws where it must not be deleted. */
  look: () => Promise<{ platform: Platform; cluster: PlatformCluster | undefined }>;
  /**
   * What is done in the cluster before anything of it is deleted: asked again after each pause, until it waits for nothing
   * any more.
   */
  prepare: (cluster: PlatformCluster) => Promise<Preparation>;
}

export interface Preparation {
  /** What is waited for. */
  waits?: string;
  /** What will stay behind outside the cluster, for people. */
  leaves?: string;
}

const heartbeatSchema = z.object({ leaves: z.string() });

/**
 * Takes one step after another until a cluster is gone: each looks at what there is, so that it does not matter who took
 * the last one. EKS deletes node groups first, then the cluster with its add-ons, access entries and Pod identities; one
 * that is being created comes to that's end before.
 */
export async function untilGone({
  name,
  timeoutMs,
  pollMs,
  look,
  prepare,
}: Removal): Promise<{ state: 'gone' | 'still-going'; line: string }> {
  const { signal, heartbeat, lastHeartbeat } = activityScope();
  const until = performance.now() + timeoutMs;
  const before = heartbeatSchema.safeParse(lastHeartbeat);
  const progress: { line: string; leaves?: string } = {
    line: `cluster ${name}: to be deleted`,
    // An earlier attempt has seen it while it could be seen.
    ...(before.success ? before.data : {}),
  };
  const told = (line: string) => (progress.leaves === undefined ? line : `${line}; ${progress.leaves}`);
  let prepared = false;
  return heartbeating(
    async () => {
      for (;;) {
        const { platform, cluster } = await look();
        if (cluster === undefined) return { state: 'gone', line: told(`cluster ${name} is gone`) };
        const { waits, leaves } =
          prepared || cluster.status !== 'ACTIVE' ? ({} as Preparation) : await prepare(cluster);
        if (leaves !== undefined) progress.leaves = leaves;
        prepared ||= cluster.status === 'ACTIVE' && waits === undefined;
        progress.line = told(waits ?? (await step(platform, cluster, signal)));
        const left = until - performance.now();
        if (left <= 0) return { state: 'still-going', line: progress.line };
        heartbeat(progress);
        await pause(Math.min(pollMs, left), signal);
      }
    },
    () => progress,
  );
}

/** One step, and what is waited for after it. */
async function step(platform: Platform, cluster: PlatformCluster, signal: AbortSignal): Promise<string> {
  const { name, status } = cluster;
  const is = `cluster ${name} is ${status}${because(cluster.healthIssues)}`;
  // Whatever EKS is at comes to its end first, its own deletion as well.
  if (status !== 'ACTIVE' && status !== 'FAILED') return is;
  try {
    const lines: string[] = [];
    const names = await platform.listNodeGroups(signal);
    const remove = (group: string) => removeNodeGroup(platform, group, signal);
    for await (const line of inOrder(names, remove)) lines.push(...line);
    if (lines.length > 0) return `${is}; ${lines.join('; ')}`;
    await platform.deleteCluster(signal);
    return `${is}; it is to be deleted`;
  } catch (error) {
    if (!(error instanceof StepladderError)) throw error;
    // It went while it was looked at.
    if (error.type === 'ClusterNotFound') return `${is}; it is going`;
    if (error.type === 'UpdateInProgress') return `${is}; ${error.message}`;
    throw error;
  }
}

/** No line when it is gone. */
async function removeNodeGroup(platform: Platform, name: string, signal: AbortSignal): Promise<string[]> {
  const group = await platform.findNodeGroup(name, signal);
  if (group === undefined) return [];
  const is = `node group ${name} is ${group.status}${because(group.healthIssues)}`;
  if (group.status === 'DELETING') return [is];
  try {
    await platform.deleteNodeGroup(name, signal);
    return [is];
  } catch (error) {
    // One that is being created or changed has to come to that's end first.
    if (error instanceof StepladderError && error.type === 'UpdateInProgress') return [is];
    throw error;
  }
}

function because(issues: readonly string[]): string {
  return issues.length === 0 ? '' : ` (${issues.join('; ')})`;
}
