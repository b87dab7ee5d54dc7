import { StepladderError } from '../../contract/errors.ts';
import { inOrder } from '../../kubernetes/inOrder.ts';
import type { Platform, PlatformCluster } from '../../platform/platform.ts';
import { identityOf, refuseOther } from '../clusters.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { MigrationActivities } from '../migrationTypes.ts';
import { pause } from '../pause.ts';
import { activityScope, heartbeating } from '../scope.ts';
import type { ClusterContext } from '../types.ts';
import { besideBlue, greenPlatform, isMadeBy, whoMade } from './besideBlue.ts';

type Remove = Parameters<MigrationActivities['removeGreenCluster']>[0];
type Delete = Parameters<MigrationActivities['deleteBlueCluster']>[0];
interface Outcome {
  state: 'gone' | 'still-going';
  line: string;
}

/** Removes green, when the migration does not come to its end, and blue, when it has. */
export function removeClusterActivities({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<
  MigrationActivities,
  'removeGreenCluster' | 'deleteBlueCluster'
> {
  return {
    async removeGreenCluster(input) {
      const { signal } = activityScope();
      return untilGone(input.cluster, input, async () => {
        const green = await greenPlatform(clusters, input.blue, input.cluster, signal);
        const cluster = await green.findCluster(signal);
        if (cluster !== undefined) refuseOthersGreen(cluster, input);
        return { platform: green, cluster };
      });
    },

    async deleteBlueCluster(input) {
      const { signal } = activityScope();
      const { blue, stage } = input;
      // Not by `open`, which wants a cluster that is there and has its endpoint.
      const platform = clusters.platform(besideBlue(blue, blue.cluster.name));
      return untilGone(stage.cluster, input, async () => {
        const cluster = await platform.findCluster(signal);
        if (cluster !== undefined) {
          refuseOtherBlue(cluster, blue);
          await refuseUnlisted(platform, cluster, input, signal);
        }
        return { platform, cluster };
      });
    },
  };
}

/**
 * Takes one step after another until the cluster is gone: each looks at what there is, so that it does not matter who
 * took the last one. EKS deletes node groups first, then the cluster with its add-ons, access entries and Pod identities;
 * one that is being created comes to that's end before.
 *
 * @param look finds the cluster, and throws where it must not be deleted
 */
async function untilGone(
  name: string,
  { timeoutMs, pollMs }: { timeoutMs: number; pollMs: number },
  look: () => Promise<{ platform: Platform; cluster: PlatformCluster | undefined }>,
): Promise<Outcome> {
  const { signal, heartbeat } = activityScope();
  const until = performance.now() + timeoutMs;
  const progress = { line: `cluster ${name}: to be deleted` };
  return heartbeating(
    async () => {
      for (;;) {
        const { platform, cluster } = await look();
        if (cluster === undefined) return { state: 'gone', line: `cluster ${name} is gone` };
        progress.line = await step(platform, cluster, signal);
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
  const { name, status, healthIssues } = cluster;
  const is = `cluster ${name} is ${status}${healthIssues.length === 0 ? '' : ` (${healthIssues.join('; ')})`}`;
  if (status === 'CREATING' || status === 'DELETING') return is;
  try {
    const groups: string[] = [];
    const names = await platform.listNodeGroups(signal);
    const remove = (group: string) => removeNodeGroup(platform, group, signal);
    for await (const line of inOrder(names, remove)) groups.push(...line);
    if (groups.length > 0) return `${is}; ${groups.join('; ')}`;
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

/** None when it is gone. */
async function removeNodeGroup(platform: Platform, name: string, signal: AbortSignal): Promise<string[]> {
  const group = await platform.findNodeGroup(name, signal);
  if (group === undefined) return [];
  const { status, healthIssues } = group;
  const is = `node group ${name} is ${status}${healthIssues.length === 0 ? '' : ` (${healthIssues.join('; ')})`}`;
  if (status === 'DELETING') return [is];
  try {
    await platform.deleteNodeGroup(name, signal);
    return [is];
  } catch (error) {
    // One that is being created or changed has to come to that's end first.
    if (error instanceof StepladderError && error.type === 'UpdateInProgress') return [is];
    throw error;
  }
}

function refuseOthersGreen(cluster: PlatformCluster, { madeBy }: Remove): void {
  if (isMadeBy(cluster, madeBy)) return;
  throw new StepladderError(
    'PlatformRefused',
    `Cluster ${cluster.name} ${whoMade(cluster)}, and not by the migration ${madeBy}, so it is not removed. If nobody needs it, delete it by hand.`,
    { cluster: cluster.name, reason: 'not-ours' },
  );
}

/** One that goes already may have no endpoint any more. */
function refuseOtherBlue(cluster: PlatformCluster, { identity }: ClusterContext): void {
  const found =
    cluster.endpoint === undefined && cluster.status === 'DELETING'
      ? { ...identity, arn: cluster.arn }
      : identityOf(cluster);
  refuseOther(cluster.name, identity, found);
}

/** @throws StepladderError `PlatformRefused` */
async function refuseUnlisted(
  platform: Platform,
  { name, deletionProtection }: PlatformCluster,
  { stage }: Delete,
  signal: AbortSignal,
): Promise<void> {
  if (deletionProtection === true) {
    throw new StepladderError(
      'PlatformRefused',
      `Cluster ${name} is protected against its deletion. Nothing was deleted. Take the protection off (aws eks update-cluster-config --name ${name} --no-deletion-protection), and approve the gate "retire" again.`,
      { cluster: name, reason: 'protected' },
    );
  }
  const unlisted = await findUnlisted(platform, stage, signal);
  if (unlisted.length === 0) return;
  throw new StepladderError(
    'PlatformRefused',
    `Cluster ${name} has what the plan has not listed: ${unlisted.join(', ')}. Nothing more is deleted. Look who needs it; take it away, or delete the cluster by hand.`,
    { cluster: name, reason: 'unlisted', unlisted },
  );
}

async function findUnlisted(
  platform: Platform,
  { nodeGroups, addons }: Delete['stage'],
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const [groups, found, profiles, capabilities] = await Promise.all([
      platform.listNodeGroups(signal),
      platform.listAddons(signal),
      platform.listFargateProfiles(signal),
      platform.listCapabilities(signal),
    ]);
    return [
      ...groups.filter((each) => !nodeGroups.includes(each)).map((each) => `node group ${each}`),
      ...found.filter((each) => !addons.includes(each)).map((each) => `add-on ${each}`),
      ...profiles.map((each) => `Fargate profile ${each}`),
      ...capabilities.map((each) => `EKS capability ${each}`),
    ];
  } catch (error) {
    // It went while it was looked at.
    if (error instanceof StepladderError && error.type === 'ClusterNotFound') return [];
    throw error;
  }
}
