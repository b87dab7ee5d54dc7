import type { ClusterReference } from '../../contract/request.ts';
import type { Platform } from '../platform.ts';
import { letIn } from './access.ts';
import { describeAddon, listAddons, offeredAddonVersions, updateAddon } from './addons.ts';
import { describeBlueprint } from './blueprint.ts';
import type { EksClientOptions } from './client.ts';
import { describeCluster, findCluster, listVersions } from './cluster.ts';
import { EksConnection } from './connection.ts';
import { createCluster } from './createCluster.ts';
import { createAddon } from './greenAddons.ts';
import { listInsights } from './insights.ts';
import { terminateMachines } from './machines.ts';
import {
  createNodeGroup,
  deleteNodeGroup,
  describeNodeGroup,
  findNodeGroup,
  listNodeGroups,
  resizeNodeGroup,
  tagNodeGroup,
  untagNodeGroup,
  updateNodeGroupSettings,
  updateNodeGroupVersion,
} from './nodeGroups.ts';
import { givePodIdentity } from './podIdentities.ts';
import { deleteCluster, listCapabilities, listFargateProfiles } from './removeCluster.ts';
import { describeSubnets } from './subnets.ts';
import { makeEksToken } from './token.ts';
import { UpdateFinder, describeUpdate, updateControlPlane } from './updates.ts';

/**
 * A cluster that EKS runs. Nothing is sent before the first call.
 *
 * @param cluster which; without a region, the SDK's own
 * @param options for a line that is better or worse than usual
 */
export function openEksPlatform(
  cluster: ClusterReference,
  options: Partial<EksClientOptions> = {},
): Platform {
  const connection = new EksConnection(cluster.name, cluster, options);
  const updates = new UpdateFinder(connection);
  return {
    describeCluster: (signal) => describeCluster(connection, signal),
    async kubernetesToken() {
      // Asked for every few minutes, and when the cluster has refused the last one: credentials that were renewed
      // in between must be seen, and the SDK keeps those without a known end for ever.
      connection.renew();
      const region = await connection.region();
      const credentials = await connection.call('DescribeCluster', undefined, undefined, (client) =>
        client.config.credentials(),
      );
      return makeEksToken({ clusterName: cluster.name, region, credentials });
    },
    listVersions: (signal) => listVersions(connection, signal),
    listNodeGroups: (signal) => listNodeGroups(connection, signal),
    describeNodeGroup: (name, signal) => describeNodeGroup(connection, name, signal),
    findNodeGroup: (name, signal) => findNodeGroup(connection, name, signal),
    listAddons: (signal) => listAddons(connection, signal),
    describeAddon: (name, signal) => describeAddon(connection, name, signal),
    offeredAddonVersions: (name, signal) => offeredAddonVersions(connection, name, signal),
    describeSubnets: (ids, signal) => describeSubnets(connection, ids, signal),
    listInsights: (signal) => listInsights(connection, signal),
    findUpdatesInProgress: (target, signal) => updates.find(target, signal),
    describeUpdate: (target, updateId, signal) => describeUpdate(connection, target, updateId, signal),
    updateControlPlane: (change, signal) => updateControlPlane(connection, change, signal),
    updateAddon: (change, signal) => updateAddon(connection, change, signal),
    updateNodeGroupVersion: (change, signal) => updateNodeGroupVersion(connection, change, signal),
    updateNodeGroupSettings: (change, signal) => updateNodeGroupSettings(connection, change, signal),
    createNodeGroup: (copy, signal) => createNodeGroup(connection, copy, signal),
    resizeNodeGroup: (change, signal) => resizeNodeGroup(connection, change, signal),
    deleteNodeGroup: (name, signal) => deleteNodeGroup(connection, name, signal),
    terminateMachines: (change, signal) => terminateMachines(connection, change, signal),
    findCluster: (signal) => findCluster(connection, signal),
    describeBlueprint: (look, signal) => describeBlueprint(connection, look, signal),
    listFargateProfiles: (signal) => listFargateProfiles(connection, signal),
    listCapabilities: (signal) => listCapabilities(connection, signal),
    createCluster: (copy, signal) => createCluster(connection, copy, signal),
    letIn: (copy, signal) => letIn(connection, copy, signal),
    givePodIdentity: (copy, signal) => givePodIdentity(connection, copy, signal),
    createAddon: (copy, signal) => createAddon(connection, copy, signal),
    deleteCluster: (signal) => deleteCluster(connection, signal),
    noteOnNodeGroup: (name, key, value, signal) => tagNodeGroup(connection, name, key, value, signal),
    removeNoteFromNodeGroup: (name, key, signal) => untagNodeGroup(connection, name, key, signal),
  };
}
