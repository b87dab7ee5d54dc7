import { CreateClusterCommand } from '@aws-sdk/client-eks';
import { StepladderError } from '../../contract/errors.ts';
import type { ClusterCopy } from '../clusterCopy.ts';
import { describeRawCluster } from './cluster.ts';
import type { EksConnection } from './connection.ts';
import { copyCluster } from './copyCluster.ts';
import { isNameTaken } from './presence.ts';

/** CreateCluster, of one that is like another. It is CREATING for some ten minutes. */
export async function createCluster(
  connection: EksConnection,
  copy: ClusterCopy,
  signal?: AbortSignal,
): Promise<void> {
  const like = await describeRawCluster(connection.to(copy.like), signal);
  const request = copyCluster(connection.cluster, like, copy);
  try {
    await connection.call('CreateCluster', undefined, signal, (client, options) =>
      client.send(new CreateClusterCommand(request), options),
    );
  } catch (error) {
    if (!isNameTaken(error)) throw error;
    throw new StepladderError('PlatformRefused', `There is a cluster ${connection.cluster} already.`, {
      reason: 'name-taken',
    });
  }
}
