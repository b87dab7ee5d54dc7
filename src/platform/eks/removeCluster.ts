import {
  DeleteClusterCommand,
  ListCapabilitiesCommand,
  ListFargateProfilesCommand,
} from '@aws-sdk/client-eks';
import { StepladderError } from '../../contract/errors.ts';
import type { EksConnection } from './connection.ts';

/** DeleteCluster; one that is not there is fine. Its add-ons, access entries and Pod identities go with it. */
export async function deleteCluster(connection: EksConnection, signal?: AbortSignal): Promise<void> {
  try {
    await connection.call('DeleteCluster', undefined, signal, (client, options) =>
      client.send(new DeleteClusterCommand({ name: connection.cluster }), options),
    );
  } catch (error) {
    if (error instanceof StepladderError && error.type === 'ClusterNotFound') return;
    throw error;
  }
}

/** ListFargateProfiles: the names. EKS deletes no cluster that has one. */
export async function listFargateProfiles(
  connection: EksConnection,
  signal?: AbortSignal,
): Promise<string[]> {
  return connection.all('ListFargateProfiles', undefined, signal, async (client, nextToken, options) => {
    const answer = await client.send(
      new ListFargateProfilesCommand({ clusterName: connection.cluster, nextToken }),
      options,
    );
    return { entries: answer.fargateProfileNames, nextToken: answer.nextToken };
  });
}

/** ListCapabilities: `argocd (ARGOCD)` for each. EKS deletes no cluster that has one. */
export async function listCapabilities(connection: EksConnection, signal?: AbortSignal): Promise<string[]> {
  const found = await connection.all(
    'ListCapabilities',
    undefined,
    signal,
    async (client, nextToken, options) => {
      const answer = await client.send(
        new ListCapabilitiesCommand({ clusterName: connection.cluster, nextToken }),
        options,
      );
      return { entries: answer.capabilities, nextToken: answer.nextToken };
    },
  );
  return found.map(({ capabilityName, type }) => `${capabilityName ?? ''} (${type ?? 'unknown'})`);
}
