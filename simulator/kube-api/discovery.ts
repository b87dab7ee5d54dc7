/** The discovery documents, in the older form (one for each group and version) and the aggregated one. */
import type { Catalog, ServedGroup } from './catalog.ts';
import type { ServedResource } from './servedResource.ts';
import { groupVersion } from './servedResource.ts';

/** `/api` */
export function coreVersions(address: string): object {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  };
}

/** `/apis` */
export function groupList(catalog: Catalog): object {
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: catalog
      .groups()
      .filter(({ group }) => group !== '')
      .map((group) => groupFields(group)),
  };
}

/** `/apis/<group>`; undefined when it is not served. */
export function groupDocument(catalog: Catalog, name: string): object | undefined {
  const found = catalog.groups().find(({ group }) => group === name && group !== '');
  return found === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupFields(found) };
}

/** `/api/v1` and `/apis/<group>/<version>`; undefined when it is not served. */
export function resourceList(catalog: Catalog, name: string, version: string): object | undefined {
  const versions = catalog.groups().find(({ group }) => group === name)?.versions;
  const resources = versions?.find((entry) => entry.version === version)?.resources;
  if (resources === undefined) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersion({ group: name, version }),
    resources: resources.flatMap((resource) => [mainEntry(resource), ...subresourceEntries(resource)]),
  };
}

/** `/api` or `/apis` in the aggregated form. */
export function aggregatedList(catalog: Catalog, core: boolean, version: 'v2' | 'v2beta1'): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: catalog
      .groups()
      .filter(({ group }) => (group === '') === core)
      .map(({ group, versions }) => ({
        metadata: group === '' ? { creationTimestamp: null } : { name: group, creationTimestamp: null },
        versions: versions.map((entry) => ({
          version: entry.version,
          resources: entry.resources.map(aggregatedResource),
          freshness: 'Current',
        })),
      })),
  };
}

function groupFields({ group, versions }: ServedGroup): object {
  const listed = versions.map(({ version }) => ({ groupVersion: groupVersion({ group, version }), version }));
  return { name: group, versions: listed, preferredVersion: listed[0] };
}

function mainEntry(resource: ServedResource): object {
  return {
    name: resource.resource,
    singularName: resource.singularName,
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: resource.verbs,
    ...optionalLists(resource),
  };
}

function subresourceEntries({ resource, namespaced, subresources }: ServedResource): object[] {
  return (subresources ?? []).map(({ subresource, kind, group, version, verbs }) => ({
    name: `${resource}/${subresource}`,
    singularName: '',
    namespaced,
    ...(version === undefined ? {} : { group, version }),
    kind,
    verbs,
  }));
}

function aggregatedResource(resource: ServedResource): object {
  const { group, version } = resource;
  return {
    resource: resource.resource,
    responseKind: { group, version, kind: resource.kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singularName,
    verbs: resource.verbs,
    ...optionalLists(resource),
    ...(resource.subresources === undefined || resource.subresources.length === 0
      ? {}
      : {
          subresources: resource.subresources.map((entry) => ({
            subresource: entry.subresource,
            responseKind: {
              group: entry.group ?? group,
              version: entry.version ?? version,
              kind: entry.kind,
            },
            verbs: entry.verbs,
          })),
        }),
  };
}

function optionalLists({ shortNames, categories }: ServedResource): object {
  return {
    ...(shortNames === undefined ? {} : { shortNames }),
    ...(categories === undefined ? {} : { categories }),
  };
}
