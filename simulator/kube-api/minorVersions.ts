/** What the API server of each Kubernetes minor serves; made by scripts/generate-discovery.ts. */
import minor29 from './discovery/1.29.json' with { type: 'json' };
import minor30 from './discovery/1.30.json' with { type: 'json' };
import minor31 from './discovery/1.31.json' with { type: 'json' };
import minor32 from './discovery/1.32.json' with { type: 'json' };
import minor33 from './discovery/1.33.json' with { type: 'json' };
import minor34 from './discovery/1.34.json' with { type: 'json' };
import minor35 from './discovery/1.35.json' with { type: 'json' };
import minor36 from './discovery/1.36.json' with { type: 'json' };
import minor37 from './discovery/1.37.json' with { type: 'json' };

export interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

export interface DiscoveredSubresource {
  subresource: string;
  kind: string;
  /** Group and version of the kind where they are not the resource's own, as with `pods/eviction`. */
  group?: string | undefined;
  version?: string | undefined;
  verbs: string[];
}

export interface DiscoveredResource {
  /** Plural name, `deployments`. */
  resource: string;
  kind: string;
  singularName: string;
  namespaced: boolean;
  verbs: string[];
  shortNames?: string[] | undefined;
  categories?: string[] | undefined;
  subresources?: DiscoveredSubresource[] | undefined;
  /** Present when this version of the resource is deprecated; the releases are minors such as `1.32`. */
  lifecycle?:
    | { deprecated: string; removed?: string | undefined; replacement?: GroupVersionKind | undefined }
    | undefined;
}

export interface DiscoveredGroup {
  /** Empty for the core group. */
  group: string;
  /** The preferred version first. */
  versions: { version: string; resources: DiscoveredResource[] }[];
}

export interface MinorVersion {
  /** `1.31`. */
  minor: string;
  /** The release that the data is from, `1.31.0`. */
  release: string;
  groups: DiscoveredGroup[];
}

const known: MinorVersion[] = [
  minor29,
  minor30,
  minor31,
  minor32,
  minor33,
  minor34,
  minor35,
  minor36,
  minor37,
];
const byMinor = new Map(known.map((version) => [version.minor, version]));

/** The minors whose API can be served, oldest first. */
export const knownMinorVersions: readonly string[] = known.map(({ minor }) => minor);

/** Throws RangeError for a minor whose API is not known. */
export function minorVersion(minor: string): MinorVersion {
  const found = byMinor.get(minor);
  if (found === undefined)
    throw new RangeError(
      `The API of Kubernetes ${minor} is not known: known are ${knownMinorVersions.join(', ')}. ` +
        'Add its release to scripts/generate-discovery.ts and run `npm run generate:discovery`.',
    );
  return found;
}
