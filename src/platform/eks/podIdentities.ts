import {
  CreatePodIdentityAssociationCommand,
  DescribePodIdentityAssociationCommand,
  ListPodIdentityAssociationsCommand,
} from '@aws-sdk/client-eks';
import type { PodIdentityAssociation, PodIdentityAssociationSummary } from '@aws-sdk/client-eks';
import { StepladderError } from '../../contract/errors.ts';
import type { CopyOutcome, PodIdentityCopy } from '../clusterCopy.ts';
import type { EksConnection } from './connection.ts';
import { copyTags } from './copyTags.ts';
import { isNameTaken } from './presence.ts';

/** Which associations: those of one service account, or all. */
type Of = Partial<Pick<PodIdentityCopy, 'namespace' | 'serviceAccount'>>;

/** ListPodIdentityAssociations. */
export async function listPodIdentities(
  connection: EksConnection,
  of: Of,
  signal?: AbortSignal,
): Promise<PodIdentityAssociationSummary[]> {
  return connection.all(
    'ListPodIdentityAssociations',
    undefined,
    signal,
    async (client, nextToken, options) => {
      const answer = await client.send(
        new ListPodIdentityAssociationsCommand({ clusterName: connection.cluster, nextToken, ...of }),
        options,
      );
      return { entries: answer.associations, nextToken: answer.nextToken };
    },
  );
}

/** DescribePodIdentityAssociation. */
export async function describePodIdentity(
  connection: EksConnection,
  associationId: string,
  signal?: AbortSignal,
): Promise<PodIdentityAssociation> {
  const { association } = await connection.call(
    'DescribePodIdentityAssociation',
    `Pod Identity association ${associationId}`,
    signal,
    (client, options) =>
      client.send(
        new DescribePodIdentityAssociationCommand({ clusterName: connection.cluster, associationId }),
        options,
      ),
  );
  if (association !== undefined) return association;
  throw new StepladderError(
    'ServerError',
    `EKS answered DescribePodIdentityAssociation of ${associationId} with nothing.`,
  );
}

/** Gives the Pods of a service account the role that they have on another cluster. One that has a role keeps it. */
export async function givePodIdentity(
  connection: EksConnection,
  copy: PodIdentityCopy,
  signal?: AbortSignal,
): Promise<CopyOutcome> {
  const { namespace, serviceAccount } = copy;
  const of = { namespace, serviceAccount };
  const source = connection.to(copy.like);
  const [like] = await listPodIdentities(source, of, signal);
  if (like?.associationId === undefined) return 'missing';
  if ((await listPodIdentities(connection, of, signal)).length > 0) return 'there-already';
  const { roleArn, targetRoleArn, disableSessionTags, policy, tags } = await describePodIdentity(
    source,
    like.associationId,
    signal,
  );
  try {
    await connection.call(
      'CreatePodIdentityAssociation',
      `Pod identity of ${namespace}/${serviceAccount}`,
      signal,
      (client, options) =>
        client.send(
          new CreatePodIdentityAssociationCommand({
            clusterName: connection.cluster,
            ...of,
            roleArn,
            ...(targetRoleArn === undefined ? {} : { targetRoleArn }),
            ...(disableSessionTags === undefined ? {} : { disableSessionTags }),
            ...(policy === undefined ? {} : { policy }),
            tags: { ...copyTags(tags), ...copy.notes },
            clientRequestToken: copy.token,
          }),
          options,
        ),
    );
    return 'made';
  } catch (error) {
    if (isNameTaken(error)) return 'there-already';
    throw error;
  }
}
