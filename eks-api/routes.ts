import { inPath } from './call.ts';
import type { Call } from './call.ts';
import { describeAddon, describeAddonVersions, listAddons } from './operations/addons.ts';
import { createNodeGroup } from './operations/createNodeGroup.ts';
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

export type Route = ReadRoute | MutationRoute;

const ofCluster = (call: Call): string => `cluster/${inPath(call, 'name')}`;
const ofNodeGroups = (call: Call): string =>
  `cluster/${inPath(call, 'clusterName')}/node-group/${nameInBody(call)}`;
const ofNodeGroup = (call: Call): string =>
  `cluster/${inPath(call, 'clusterName')}/node-group/${inPath(call, 'nodegroupName')}`;
const ofAddon = (call: Call): string =>
  `cluster/${inPath(call, 'clusterName')}/add-on/${inPath(call, 'addonName')}`;
const ofArn = (call: Call): string => inPath(call, 'resourceArn');

function nameInBody({ body }: Call): string {
  return typeof body['nodegroupName'] === 'string' ? body['nodegroupName'] : '';
}

const cluster = '/clusters/:clusterName';
const nodeGroups = `${cluster}/node-groups`;
const nodeGroup = `${nodeGroups}/:nodegroupName`;
const addon = `${cluster}/addons/:addonName`;

/** Every operation, with its place in EKS's REST API. */
export const routes: readonly Route[] = [
  { operation: 'ListClusters', method: 'GET', url: '/clusters', read: listClusters },
  { operation: 'DescribeCluster', method: 'GET', url: '/clusters/:name', read: describeCluster },
  {
    operation: 'DescribeClusterVersions',
    method: 'GET',
    url: '/cluster-versions',
    read: describeClusterVersions,
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
  { operation: 'ListAddons', method: 'GET', url: `${cluster}/addons`, read: listAddons },
  { operation: 'DescribeAddon', method: 'GET', url: addon, read: describeAddon },
  {
    operation: 'DescribeAddonVersions',
    method: 'GET',
    url: '/addons/supported-versions',
    read: describeAddonVersions,
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
