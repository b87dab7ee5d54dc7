import type { AddonInfo } from '@aws-sdk/client-eks';
import catalogue from './data/addon-versions.json' with { type: 'json' };

type CatalogueAddon = (typeof catalogue.addons)[number];

/** An add-on of the catalogue, or undefined. */
export function findAddonInfo(name: string): CatalogueAddon | undefined {
  return catalogue.addons.find((addon) => addon.name === name);
}

/** True when that version of the add-on goes with that Kubernetes minor. */
export function isOffered(addon: string, version: string, clusterVersion: string): boolean {
  const found = findAddonInfo(addon)?.versions.find((offered) => offered.version === version);
  return found?.clusterVersions.includes(clusterVersion) ?? false;
}

/** The version of an add-on that EKS installs for a Kubernetes minor unless told otherwise; undefined where there is none. */
export function defaultAddonVersion(addon: string, clusterVersion: string): string | undefined {
  return findAddonInfo(addon)?.versions.find((offered) => defaultsOf(offered).includes(clusterVersion))
    ?.version;
}

/** What DescribeAddonVersions may be narrowed by; an empty list narrows nothing. */
export interface AddonFilter {
  kubernetesVersion?: string | undefined;
  addonName?: string | undefined;
  types: string[];
  publishers: string[];
  owners: string[];
}

/** The add-ons of the catalogue in EKS's shape, newest versions first. */
export function listCatalogue(filter: AddonFilter): AddonInfo[] {
  const wanted = (list: string[], value: string): boolean => list.length === 0 || list.includes(value);
  return catalogue.addons
    .filter(
      (addon) =>
        (filter.addonName === undefined || addon.name === filter.addonName) &&
        wanted(filter.types, addon.type) &&
        wanted(filter.publishers, addon.publisher) &&
        wanted(filter.owners, addon.owner),
    )
    .map((addon) => describe(addon, filter.kubernetesVersion))
    .filter((addon) => (addon.addonVersions?.length ?? 0) > 0);
}

function describe(addon: CatalogueAddon, kubernetesVersion: string | undefined): AddonInfo {
  return {
    addonName: addon.name,
    type: addon.type,
    publisher: addon.publisher,
    owner: addon.owner,
    defaultNamespace: addon.defaultNamespace,
    addonVersions: addon.versions
      .filter(
        (offered) => kubernetesVersion === undefined || offered.clusterVersions.includes(kubernetesVersion),
      )
      .map((offered) => ({
        addonVersion: offered.version,
        architecture: ['amd64', 'arm64'],
        computeTypes: ['ec2', 'hybrid'],
        compatibilities: offered.clusterVersions
          .filter((version) => kubernetesVersion === undefined || version === kubernetesVersion)
          .map((clusterVersion) => ({
            clusterVersion,
            platformVersions: ['*'],
            defaultVersion: defaultsOf(offered).includes(clusterVersion),
          })),
        requiresConfiguration: false,
        requiresIamPermissions: 'requiresIamPermissions' in addon && addon.requiresIamPermissions,
      })),
  };
}

/** An empty list in the data has no element type of its own. */
function defaultsOf(offered: { defaultFor: string[] }): string[] {
  return offered.defaultFor;
}
