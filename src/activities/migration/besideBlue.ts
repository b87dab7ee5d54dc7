import { StepladderError } from '../../contract/errors.ts';
import type { ClusterReference } from '../../contract/request.ts';
import { regionOfArn } from '../../platform/eks/cluster.ts';
import type { Platform, PlatformCluster } from '../../platform/platform.ts';
import type { Clusters } from '../clusters.ts';
import { madeByNote, madeByNoteKey } from '../madeBy.ts';
import type { ClusterContext } from '../types.ts';

/**
 * A cluster of blue's account and region, reached as blue is. Without blue's context: a kubeconfig of the worker knows
 * nothing of a cluster that is made just now.
 */
export function besideBlue({ cluster, identity }: ClusterContext, name: string): ClusterReference {
  const region = cluster.region ?? regionOfArn(identity.arn);
  return {
    name,
    ...(region === undefined ? {} : { region }),
    ...(cluster.roleArn === undefined ? {} : { roleArn: cluster.roleArn }),
    ...(cluster.externalId === undefined ? {} : { externalId: cluster.externalId }),
  };
}

/**
 * The platform's side of green, which nobody has identified yet. Blue is looked at first: where the worker's credentials
 * do not lead to blue's account any more, a cluster of green's name is none of ours.
 *
 * @throws StepladderError `WrongCluster`; `PlatformRefused` where green has blue's name
 */
export async function greenPlatform(
  clusters: Clusters,
  blue: ClusterContext,
  name: string,
  signal: AbortSignal,
): Promise<Platform> {
  if (name === blue.cluster.name) {
    throw new StepladderError(
      'PlatformRefused',
      `The new cluster can't have the old one's name, ${name}. Nothing was done. Give another one in migration.green.name.`,
      { cluster: name, reason: 'name-taken' },
    );
  }
  await clusters.open(blue, signal);
  return clusters.platform(besideBlue(blue, name));
}

export function isMadeBy({ tags }: Pick<PlatformCluster, 'tags'>, madeBy: string): boolean {
  return tags[madeByNoteKey] === madeByNote(madeBy);
}

/** `was made by the upgrade …`, for messages. */
export function whoMade({ tags }: Pick<PlatformCluster, 'tags'>): string {
  const by = tags[madeByNoteKey];
  return by === undefined ? 'was not made by Stepladder' : `was made by ${by}`;
}
