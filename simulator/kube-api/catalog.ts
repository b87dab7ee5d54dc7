import type { CustomResources } from './customResources.ts';
import type { DiscoveredResource, MinorVersion } from './minorVersions.ts';
import type { ScalePaths, ServedResource } from './servedResource.ts';

export interface ServedGroup {
  /** Empty for the core group. */
  group: string;
  /** The preferred version first. */
  versions: { version: string; resources: ServedResource[] }[];
}

const scaleOfWorkloads: ScalePaths = {
  specReplicas: ['spec', 'replicas'],
  statusReplicas: ['status', 'replicas'],
  selector: ['spec', 'selector'],
};

/** Everything that an API server of one minor serves: its own resources and those that the cluster's CRDs define. */
export class Catalog {
  private readonly builtIn: ServedGroup[];
  private readonly byPath = new Map<string, ServedResource>();
  private readonly customResources: CustomResources;

  constructor(minor: MinorVersion, customResources: CustomResources) {
    this.customResources = customResources;
    this.builtIn = minor.groups.map(({ group, versions }) => ({
      group,
      versions: versions.map(({ version, resources }) => ({
        version,
        resources: resources.map((resource) => builtInResource(group, version, resource)),
      })),
    }));
    for (const { group, versions } of this.builtIn)
      for (const { version, resources } of versions)
        for (const resource of resources)
          this.byPath.set(`${group}/${version}/${resource.resource}`, resource);
  }

  /** Undefined for what is not served. */
  find(group: string, version: string, resource: string): ServedResource | undefined {
    return (
      this.byPath.get(`${group}/${version}/${resource}`) ??
      this.customResources.find(group, version, resource)
    );
  }

  /** The built-in groups, the core group first, and then those of custom resources. */
  groups(): ServedGroup[] {
    const groups = new Map(
      this.builtIn.map(({ group, versions }) => [group, { group, versions: [...versions] }]),
    );
    for (const resource of this.customResources.all()) {
      let served = groups.get(resource.group);
      if (served === undefined)
        groups.set(resource.group, (served = { group: resource.group, versions: [] }));
      const index = served.versions.findIndex(({ version }) => version === resource.version);
      const present = served.versions[index];
      if (present === undefined) served.versions.push({ version: resource.version, resources: [resource] });
      else served.versions[index] = { ...present, resources: [...present.resources, resource] };
    }
    return [...groups.values()];
  }
}

function builtInResource(group: string, version: string, discovered: DiscoveredResource): ServedResource {
  const names = new Map((discovered.subresources ?? []).map((entry) => [entry.subresource, entry]));
  return {
    ...discovered,
    group,
    version,
    listKind: `${discovered.kind}List`,
    // Events are one kind that two groups serve.
    storage: { group: group === 'events.k8s.io' ? '' : group, resource: discovered.resource },
    subresourceNames: names,
    ...(names.get('scale') === undefined ? {} : { scale: scaleOfWorkloads }),
  };
}
