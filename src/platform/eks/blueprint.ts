import { ListIdentityProviderConfigsCommand } from '@aws-sdk/client-eks';
import type { Cluster, IdentityProviderConfig, Nodegroup } from '@aws-sdk/client-eks';
import { StepladderError } from '../../contract/errors.ts';
import type { ObservedSubnet } from '../../plan/observation.ts';
import type { ClusterBlueprint, OptionalLook } from '../clusterCopy.ts';
import { describeAccessEntry, listAccessEntries } from './access.ts';
import { describeRawAddon, listAddons } from './addons.ts';
import { describeRawCluster } from './cluster.ts';
import type { EksConnection } from './connection.ts';
import { isMadeByEks } from './copyAccessEntry.ts';
import { describeRaw, listNodeGroups } from './nodeGroups.ts';
import { notCopied } from './notCopied.ts';
import { describePodIdentity, listPodIdentities } from './podIdentities.ts';
import { listCapabilities, listFargateProfiles } from './removeCluster.ts';
import { describeSubnets } from './subnets.ts';

/** What another cluster like this one is made by, and what it would lack. */
export async function describeBlueprint(
  connection: EksConnection,
  look: OptionalLook,
  signal?: AbortSignal,
): Promise<ClusterBlueprint> {
  const [cluster, nodeGroups, addons, profiles, providers, capabilities] = await Promise.all([
    describeRawCluster(connection, signal),
    listNodeGroups(connection, signal).then((names) =>
      each(names, (name) => describeRaw(connection, name, signal)),
    ),
    listAddons(connection, signal).then((names) =>
      each(names, (name) => describeRawAddon(connection, name, signal)),
    ),
    look<string[]>('Fargate profiles', 'EKS: ListFargateProfiles', [], () =>
      listFargateProfiles(connection, signal),
    ),
    look<IdentityProviderConfig[]>('identity providers', 'EKS: ListIdentityProviderConfigs', [], () =>
      listIdentityProviders(connection, signal),
    ),
    look<string[]>('EKS capabilities', 'EKS: ListCapabilities', [], () =>
      listCapabilities(connection, signal),
    ),
  ]);
  const entries = await look('access entries', 'EKS: ListAccessEntries and DescribeAccessEntry', [], () =>
    accessEntries(connection, cluster, signal),
  );
  const identities = await look(
    'Pod identities',
    'EKS: ListPodIdentityAssociations and DescribePodIdentityAssociation',
    [],
    () => podIdentities(connection, signal),
  );
  const subnets = await subnetsOf(connection, cluster, signal);
  const nodeRoles = rolesOf(cluster, nodeGroups);
  const copied = entries.filter((entry) => !isMadeByEks(entry, nodeRoles));
  const issuer = cluster.identity?.oidc?.issuer;
  const authenticationMode = cluster.accessConfig?.authenticationMode;
  return {
    accessEntries: copied
      .flatMap(({ principalArn = '' }) => (principalArn === '' ? [] : [principalArn]))
      .sort(),
    podIdentities: identities
      .map(({ namespace = '', serviceAccount = '' }) => `${namespace}/${serviceAccount}`)
      .sort(),
    addons: addons.map(({ addonName = '', addonVersion = '' }) => ({
      name: addonName,
      version: addonVersion,
    })),
    nodeGroups: nodeGroups.map(groupOf),
    ...(issuer === undefined ? {} : { issuer }),
    ...(authenticationMode === undefined ? {} : { authenticationMode }),
    notCopied: notCopied({
      cluster,
      nodeGroups,
      crossAccountIdentities: identities.filter(({ targetRoleArn }) => targetRoleArn !== undefined),
      addons: addons.map(({ addonName = '', configurationValues }) => ({
        name: addonName,
        configurationValues,
      })),
      fargateProfiles: profiles,
      identityProviders: providers,
      capabilities,
      subnets,
    }),
  };
}

function groupOf(group: Nodegroup): ClusterBlueprint['nodeGroups'][number] {
  const { nodegroupName = '', scalingConfig, amiType, launchTemplate } = group;
  const { minSize = 0, maxSize = 0, desiredSize = 0 } = scalingConfig ?? {};
  return {
    name: nodegroupName,
    size: { min: minSize, max: maxSize, desired: desiredSize },
    // EKS gives this type to a group whose launch template names its image.
    ownImage: amiType === 'CUSTOM',
    ...(launchTemplate?.version === undefined ? {} : { templateVersion: launchTemplate.version }),
  };
}

function rolesOf(cluster: Cluster, nodeGroups: readonly Nodegroup[]): Set<string> {
  const { nodeRoleArn } = cluster.computeConfig ?? {};
  return new Set([
    ...nodeGroups.flatMap(({ nodeRole }) => (nodeRole === undefined ? [] : [nodeRole])),
    ...(nodeRoleArn === undefined ? [] : [nodeRoleArn]),
  ]);
}

/** None where EC2 does not tell: that is said where their free addresses are asked for. */
async function subnetsOf(
  connection: EksConnection,
  cluster: Cluster,
  signal?: AbortSignal,
): Promise<ObservedSubnet[]> {
  try {
    return await describeSubnets(connection, cluster.resourcesVpcConfig?.subnetIds ?? [], signal);
  } catch (error) {
    if (error instanceof StepladderError && error.type === 'PlatformRefused') return [];
    throw error;
  }
}

/** None where the cluster knows no access entries. */
async function accessEntries(connection: EksConnection, cluster: Cluster, signal?: AbortSignal) {
  if (cluster.accessConfig?.authenticationMode === 'CONFIG_MAP') return [];
  const principals = await listAccessEntries(connection, signal);
  return each(principals, (principal) => describeAccessEntry(connection, principal, signal));
}

/** Without those that belong to add-ons, which are made with them. */
async function podIdentities(connection: EksConnection, signal?: AbortSignal) {
  const all = await listPodIdentities(connection, {}, signal);
  const own = all.flatMap(({ associationId, ownerArn }) =>
    associationId === undefined || ownerArn !== undefined ? [] : [associationId],
  );
  return each(own, (id) => describePodIdentity(connection, id, signal));
}

/** ListIdentityProviderConfigs. */
async function listIdentityProviders(
  connection: EksConnection,
  signal?: AbortSignal,
): Promise<IdentityProviderConfig[]> {
  return connection.all(
    'ListIdentityProviderConfigs',
    undefined,
    signal,
    async (client, nextToken, options) => {
      const answer = await client.send(
        new ListIdentityProviderConfigsCommand({ clusterName: connection.cluster, nextToken }),
        options,
      );
      return { entries: answer.identityProviderConfigs, nextToken: answer.nextToken };
    },
  );
}

/** EKS throttles per account: a few at a time. */
async function each<T, R>(items: readonly T[], call: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += atOnce) {
    results.push(...(await Promise.all(items.slice(from, from + atOnce).map(call))));
  }
  return results;
}

const atOnce = 4;
