import type { EksAccount } from './account.ts';
import { inPath } from './call.ts';
import type { Call } from './call.ts';
import { describeAddon, describeAddonVersions, listAddons } from './operations/addons.ts';
import {
  createAccessEntry,
  deleteAccessEntry,
  describeAccessEntry,
  listAccessEntries,
  updateAccessEntry,
} from './operations/accessEntries.ts';
import {
  associateAccessPolicy,
  disassociateAccessPolicy,
  listAccessPolicies,
  listAssociatedAccessPolicies,
} from './operations/associatedAccessPolicies.ts';
import { createAddon } from './operations/createAddon.ts';
import { createCluster } from './operations/createCluster.ts';
import { createNodeGroup } from './operations/createNodeGroup.ts';
import { deleteAddon } from './operations/deleteAddon.ts';
import { deleteCluster } from './operations/deleteCluster.ts';
import { deleteNodeGroup } from './operations/deleteNodeGroup.ts';
import { describeCluster, listClusters } from './operations/describeCluster.ts';
import { describeClusterVersions } from './operations/describeClusterVersions.ts';
import { describeUpdate, listUpdates } from './operations/describeUpdate.ts';
import {
  describeInsight,
  describeInsightsRefresh,
  listInsights,
  startInsightsRefresh,
} from './operations/insights.ts';
import { describeNodeGroup, listNodeGroups } from './operations/nodeGroups.ts';
import {
  listCapabilities,
  listFargateProfiles,
  listIdentityProviderConfigs,
} from './operations/otherParts.ts';
import {
  createPodIdentityAssociation,
  deletePodIdentityAssociation,
  describePodIdentityAssociation,
  listPodIdentityAssociations,
  updatePodIdentityAssociation,
} from './operations/podIdentityAssociations.ts';
import { listTagsForResource, tagResource, untagResource } from './operations/tags.ts';
import { updateAddon } from './operations/updateAddon.ts';
import { updateClusterVersion } from './operations/updateClusterVersion.ts';
import { updateNodeGroupConfig } from './operations/updateNodeGroupConfig.ts';
import { updateNodeGroupVersion } from './operations/updateNodeGroupVersion.ts';
import type { EksService } from './service.ts';

interface RouteBase {
  /** EKS's name of the operation. */
  operation: string;
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
}

/** An operation that only looks; it hands back the answer's body. */
export interface ReadRoute extends RouteBase {
  read: (service: EksService, call: Call) => object;
}

/** An operation that changes something; it hands back what tells the answer, now and to a repeated request. */
export interface MutationRoute extends RouteBase {
  /** What it is about, for the journal. */
  resource: (call: Call) => string;
  mutate: (service: EksService, call: Call) => () => object;
}

/** An operation that only looks, and that is of no single cluster. */
export interface AccountReadRoute extends RouteBase {
  readAccount: (account: EksAccount, call: Call) => object;
}

/** An operation that changes which clusters there are. */
export interface AccountMutationRoute extends RouteBase {
  resource: (call: Call) => string;
  mutateAccount: (account: EksAccount, call: Call) => () => object;
}

export type AnyMutationRoute = MutationRoute | AccountMutationRoute;
export type Route = ReadRoute | AccountReadRoute | AnyMutationRoute;

const ofCluster = (call: Call): string => `cluster/${inPath(call, 'name')}`;
const ofNewCluster = (call: Call): string => `cluster/${inBody(call, 'name')}`;
const within = (call: Call, what: string, name: string): string =>
  `cluster/${inPath(call, 'clusterName')}/${what}/${name}`;
const ofNodeGroups = (call: Call): string => within(call, 'node-group', inBody(call, 'nodegroupName'));
const ofNodeGroup = (call: Call): string => within(call, 'node-group', inPath(call, 'nodegroupName'));
const ofAddons = (call: Call): string => within(call, 'add-on', inBody(call, 'addonName'));
const ofAddon = (call: Call): string => within(call, 'add-on', inPath(call, 'addonName'));
const ofAccessEntries = (call: Call): string => within(call, 'access-entry', inBody(call, 'principalArn'));
const ofAccessEntry = (call: Call): string => within(call, 'access-entry', inPath(call, 'principalArn'));
const ofPodIdentities = (call: Call): string =>
  within(call, 'pod-identity', `${inBody(call, 'namespace')}/${inBody(call, 'serviceAccount')}`);
const ofPodIdentity = (call: Call): string => within(call, 'pod-identity', inPath(call, 'associationId'));
const ofArn = (call: Call): string => inPath(call, 'resourceArn');

function inBody({ body }: Call, field: string): string {
  const value = body[field];
  return typeof value === 'string' ? value : '';
}

const cluster = '/clusters/:clusterName';
const nodeGroups = `${cluster}/node-groups`;
const nodeGroup = `${nodeGroups}/:nodegroupName`;
const addons = `${cluster}/addons`;
const addon = `${addons}/:addonName`;
const accessEntries = `${cluster}/access-entries`;
const accessEntry = `${accessEntries}/:principalArn`;
const podIdentities = `${cluster}/pod-identity-associations`;
const podIdentity = `${podIdentities}/:associationId`;

/** Every operation, with its place in EKS's REST API. */
export const routes: readonly Route[] = [
  { operation: 'ListClusters', method: 'GET', url: '/clusters', readAccount: listClusters },
  {
    operation: 'CreateCluster',
    method: 'POST',
    url: '/clusters',
    resource: ofNewCluster,
    mutateAccount: createCluster,
  },
  {
    operation: 'DeleteCluster',
    method: 'DELETE',
    url: '/clusters/:name',
    resource: ofCluster,
    mutateAccount: deleteCluster,
  },
  { operation: 'DescribeCluster', method: 'GET', url: '/clusters/:name', read: describeCluster },
  {
    operation: 'DescribeClusterVersions',
    method: 'GET',
    url: '/cluster-versions',
    readAccount: describeClusterVersions,
  },
  {
    operation: 'UpdateClusterVersion',
    method: 'POST',
    url: '/clusters/:name/updates',
    resource: ofCluster,
    mutate: updateClusterVersion,
  },
  { operation: 'ListUpdates', method: 'GET', url: '/clusters/:name/updates', read: listUpdates },
  {
    operation: 'DescribeUpdate',
    method: 'GET',
    url: '/clusters/:name/updates/:updateId',
    read: describeUpdate,
  },
  { operation: 'ListNodegroups', method: 'GET', url: nodeGroups, read: listNodeGroups },
  { operation: 'DescribeNodegroup', method: 'GET', url: nodeGroup, read: describeNodeGroup },
  {
    operation: 'CreateNodegroup',
    method: 'POST',
    url: nodeGroups,
    resource: ofNodeGroups,
    mutate: createNodeGroup,
  },
  {
    operation: 'DeleteNodegroup',
    method: 'DELETE',
    url: nodeGroup,
    resource: ofNodeGroup,
    mutate: deleteNodeGroup,
  },
  {
    operation: 'UpdateNodegroupVersion',
    method: 'POST',
    url: `${nodeGroup}/update-version`,
    resource: ofNodeGroup,
    mutate: updateNodeGroupVersion,
  },
  {
    operation: 'UpdateNodegroupConfig',
    method: 'POST',
    url: `${nodeGroup}/update-config`,
    resource: ofNodeGroup,
    mutate: updateNodeGroupConfig,
  },
  { operation: 'ListAddons', method: 'GET', url: addons, read: listAddons },
  { operation: 'CreateAddon', method: 'POST', url: addons, resource: ofAddons, mutate: createAddon },
  { operation: 'DeleteAddon', method: 'DELETE', url: addon, resource: ofAddon, mutate: deleteAddon },
  { operation: 'DescribeAddon', method: 'GET', url: addon, read: describeAddon },
  {
    operation: 'DescribeAddonVersions',
    method: 'GET',
    url: '/addons/supported-versions',
    readAccount: describeAddonVersions,
  },
  {
    operation: 'UpdateAddon',
    method: 'POST',
    url: `${addon}/update`,
    resource: ofAddon,
    mutate: updateAddon,
  },
  { operation: 'ListInsights', method: 'POST', url: `${cluster}/insights`, read: listInsights },
  { operation: 'DescribeInsight', method: 'GET', url: `${cluster}/insights/:id`, read: describeInsight },
  {
    operation: 'StartInsightsRefresh',
    method: 'POST',
    url: `${cluster}/insights-refresh`,
    read: startInsightsRefresh,
  },
  {
    operation: 'DescribeInsightsRefresh',
    method: 'GET',
    url: `${cluster}/insights-refresh`,
    read: describeInsightsRefresh,
  },
  {
    operation: 'CreateAccessEntry',
    method: 'POST',
    url: accessEntries,
    resource: ofAccessEntries,
    mutate: createAccessEntry,
  },
  { operation: 'ListAccessEntries', method: 'GET', url: accessEntries, read: listAccessEntries },
  { operation: 'DescribeAccessEntry', method: 'GET', url: accessEntry, read: describeAccessEntry },
  {
    operation: 'UpdateAccessEntry',
    method: 'POST',
    url: accessEntry,
    resource: ofAccessEntry,
    mutate: updateAccessEntry,
  },
  {
    operation: 'DeleteAccessEntry',
    method: 'DELETE',
    url: accessEntry,
    resource: ofAccessEntry,
    mutate: deleteAccessEntry,
  },
  {
    operation: 'ListAccessPolicies',
    method: 'GET',
    url: '/access-policies',
    readAccount: listAccessPolicies,
  },
  {
    operation: 'AssociateAccessPolicy',
    method: 'POST',
    url: `${accessEntry}/access-policies`,
    resource: ofAccessEntry,
    mutate: associateAccessPolicy,
  },
  {
    operation: 'DisassociateAccessPolicy',
    method: 'DELETE',
    url: `${accessEntry}/access-policies/:policyArn`,
    resource: ofAccessEntry,
    mutate: disassociateAccessPolicy,
  },
  {
    operation: 'ListAssociatedAccessPolicies',
    method: 'GET',
    url: `${accessEntry}/access-policies`,
    read: listAssociatedAccessPolicies,
  },
  {
    operation: 'CreatePodIdentityAssociation',
    method: 'POST',
    url: podIdentities,
    resource: ofPodIdentities,
    mutate: createPodIdentityAssociation,
  },
  {
    operation: 'ListPodIdentityAssociations',
    method: 'GET',
    url: podIdentities,
    read: listPodIdentityAssociations,
  },
  {
    operation: 'DescribePodIdentityAssociation',
    method: 'GET',
    url: podIdentity,
    read: describePodIdentityAssociation,
  },
  {
    operation: 'UpdatePodIdentityAssociation',
    method: 'POST',
    url: podIdentity,
    resource: ofPodIdentity,
    mutate: updatePodIdentityAssociation,
  },
  {
    operation: 'DeletePodIdentityAssociation',
    method: 'DELETE',
    url: podIdentity,
    resource: ofPodIdentity,
    mutate: deletePodIdentityAssociation,
  },
  {
    operation: 'ListFargateProfiles',
    method: 'GET',
    url: `${cluster}/fargate-profiles`,
    read: listFargateProfiles,
  },
  {
    operation: 'ListIdentityProviderConfigs',
    method: 'GET',
    url: `${cluster}/identity-provider-configs`,
    read: listIdentityProviderConfigs,
  },
  {
    operation: 'ListCapabilities',
    method: 'GET',
    url: `${cluster}/capabilities`,
    read: listCapabilities,
  },
  {
    operation: 'TagResource',
    method: 'POST',
    url: '/tags/:resourceArn',
    resource: ofArn,
    mutate: tagResource,
  },
  {
    operation: 'UntagResource',
    method: 'DELETE',
    url: '/tags/:resourceArn',
    resource: ofArn,
    mutate: untagResource,
  },
  {
    operation: 'ListTagsForResource',
    method: 'GET',
    url: '/tags/:resourceArn',
    read: listTagsForResource,
  },
];
