import { CreateAddonCommand } from '@aws-sdk/client-eks';
import type { Addon, AddonPodIdentityAssociations, CreateAddonRequest } from '@aws-sdk/client-eks';
import type { AddonCopy, CopyOutcome } from '../clusterCopy.ts';
import { describeRawAddon, findAddon } from './addons.ts';
import type { EksConnection } from './connection.ts';
import { copyTags } from './copyTags.ts';
import { isNameTaken } from './presence.ts';
import { describePodIdentity } from './podIdentities.ts';

/** CreateAddon, with the settings that another cluster's has. One that is there stays as it is. */
export async function createAddon(
  connection: EksConnection,
  copy: AddonCopy,
  signal?: AbortSignal,
): Promise<CopyOutcome> {
  if ((await findAddon(connection, copy.name, signal)) !== undefined) return 'there-already';
  const source = connection.to(copy.like);
  const like = await describeRawAddon(source, copy.name, signal);
  const identities = await identitiesOf(source, like, signal);
  const request = copyAddon(connection.cluster, like, identities, copy);
  try {
    await connection.call('CreateAddon', `add-on ${copy.name}`, signal, (client, options) =>
      client.send(new CreateAddonCommand(request), options),
    );
    return 'made';
  } catch (error) {
    if (isNameTaken(error)) return 'there-already';
    throw error;
  }
}

/**
 * What CreateAddon is asked for. On a new cluster whatever stands in its way is what EKS itself has put there, so it is
 * overwritten.
 */
export function copyAddon(
  cluster: string,
  like: Addon,
  identities: AddonPodIdentityAssociations[],
  copy: AddonCopy,
): CreateAddonRequest {
  const { serviceAccountRoleArn, configurationValues, namespaceConfig } = like;
  return {
    clusterName: cluster,
    addonName: copy.name,
    addonVersion: copy.version,
    clientRequestToken: copy.token,
    resolveConflicts: 'OVERWRITE',
    ...(serviceAccountRoleArn === undefined ? {} : { serviceAccountRoleArn }),
    ...(configurationValues === undefined || configurationValues === '' ? {} : { configurationValues }),
    ...(identities.length === 0 ? {} : { podIdentityAssociations: identities }),
    // An add-on of AWS's own in its usual place takes no namespace.
    ...(['kube-system', undefined].includes(namespaceConfig?.namespace) ? {} : { namespaceConfig }),
    tags: { ...copyTags(like.tags), ...copy.notes },
  };
}

/** An add-on's description names its associations by their ARNs, which end with the ID. */
async function identitiesOf(
  source: EksConnection,
  { podIdentityAssociations = [] }: Addon,
  signal?: AbortSignal,
): Promise<AddonPodIdentityAssociations[]> {
  const found: AddonPodIdentityAssociations[] = [];
  for (const arn of podIdentityAssociations) {
    const id = arn.slice(arn.lastIndexOf('/') + 1);
    const { serviceAccount, roleArn } = await describePodIdentity(source, id, signal);
    found.push({ serviceAccount, roleArn });
  }
  return found;
}
