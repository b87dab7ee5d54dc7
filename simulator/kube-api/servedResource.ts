import type { GroupResource } from '../cluster/types.ts';
import type { DiscoveredResource, DiscoveredSubresource } from './minorVersions.ts';

/** Where the scale subresource of a resource finds its numbers, as paths into the object. */
export interface ScalePaths {
  specReplicas: string[];
  statusReplicas: string[];
  /** To a label selector, or to the text of one. */
  selector?: string[];
}

/** A resource in one version, as an API server answers for it. */
export interface ServedResource extends DiscoveredResource {
  group: string;
  version: string;
  listKind: string;
  /** Where the objects are stored; all versions share it. */
  storage: GroupResource;
  subresourceNames: ReadonlyMap<string, DiscoveredSubresource>;
  scale?: ScalePaths;
  /** Present on custom resources: fields that field selectors may name, besides the common ones. */
  custom?: { selectableFields: string[] };
}

/** `apps/v1`, or `v1` for the core group. */
export function groupVersion({ group, version }: { group: string; version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `deployments.apps`, or `pods` for the core group. */
export function qualifiedName({ group, resource }: { group: string; resource: string }): string {
  return group === '' ? resource : `${resource}.${group}`;
}
