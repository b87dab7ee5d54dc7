import { StepladderError } from '../../contract/errors.ts';
import type { Platform, PlatformCluster } from '../../platform/platform.ts';
import { identityOf, refuseOther } from '../clusters.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { MigrationActivities } from '../migrationTypes.ts';
import { activityScope } from '../scope.ts';
import type { ClusterContext } from '../types.ts';
import { besideBlue, greenPlatform, isMadeBy, whoMade } from './besideBlue.ts';
import { takeAwayLoadBalancers, whatStays } from './outsideCluster.ts';
import { untilGone } from './untilGone.ts';

type Remove = Parameters<MigrationActivities['removeGreenCluster']>[0];
type Delete = Parameters<MigrationActivities['deleteBlueCluster']>[0];

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
      const { blue, cluster: name, timeoutMs, pollMs } = input;
      const connect = async (cluster: PlatformCluster) => {
        const identity = identityOf(cluster);
        const context = { cluster: besideBlue(blue, name), identity, evidencePrefix: blue.evidencePrefix };
        return (await clusters.open(context, signal)).kubernetes;
      };
      return untilGone({
        ...{ name, timeoutMs, pollMs },
        async look() {
          const platform = await greenPlatform(clusters, blue, name, signal);
          const cluster = await platform.findCluster(signal);
          if (cluster !== undefined) refuseOthersGreen(cluster, input);
          return { platform, cluster };
        },
        prepare: takeAwayLoadBalancers(connect, timeoutMs, signal),
      });
    },

    async deleteBlueCluster(input) {
      const { signal } = activityScope();
      const { blue, stage, timeoutMs, pollMs } = input;
      // Not by `open`, which wants a cluster that is there and has its endpoint.
      const platform = clusters.platform(besideBlue(blue, blue.cluster.name));
      return untilGone({
        ...{ name: stage.cluster, timeoutMs, pollMs },
        async look() {
          const cluster = await platform.findCluster(signal);
          if (cluster !== undefined) {
            refuseOtherBlue(cluster, blue);
            await refuseUnlisted(platform, cluster, input, signal);
          }
          return { platform, cluster };
        },
        prepare: whatStays(async () => (await clusters.open(blue, signal)).kubernetes, signal),
      });
    },
  };
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
      `Cluster ${name} is protected against its deletion. Nothing was deleted. Take the protection off (aws eks update-cluster-config --name ${name} --no-deletion-protection), and delete it by hand.`,
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
