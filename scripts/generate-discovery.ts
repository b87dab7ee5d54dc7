/**
 * Writes simulator/kube-api/discovery/<minor>.json: what the API server of each Kubernetes minor serves by default.
 *
 *   npm run generate:discovery              every release in the list below
 *   npm run generate:discovery -- 1.34.4    that release only
 *
 * It needs Go, whose module proxy holds the releases (about 100 MB each for a fresh cache). Sources, of one release:
 *
 * - k8s.io/kubernetes `api/discovery/aggregated_v2.json` (before 1.31 `aggregated_v2beta1.json`) and `api__v1.json`:
 *   the release's own discovery documents, recorded with every API turned on;
 * - k8s.io/kubernetes `pkg/controlplane/instance.go`: which beta resources are on by default. Alpha versions and all
 *   other beta versions are off in a cluster as EKS runs it, so they are left out;
 * - k8s.io/api `zz_generated.prerelease-lifecycle.go`: when a kind was deprecated, when it goes, and what replaces it.
 *
 * The result depends on nothing but those versions: run it again and nothing changes. A new minor is added here and
 * in simulator/kube-api/minorVersions.ts.
 */
import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const releases = ['1.29.6', '1.30.14', '1.31.0', '1.32.2', '1.33.13', '1.34.4', '1.35.4', '1.36.3', '1.37.2'];

const responseKind = z.object({ group: z.string(), version: z.string(), kind: z.string() });
const aggregatedSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      versions: z.array(
        z.object({
          version: z.string(),
          resources: z.array(
            z.object({
              resource: z.string(),
              responseKind,
              scope: z.enum(['Cluster', 'Namespaced']),
              singularResource: z.string(),
              verbs: z.array(z.string()),
              shortNames: z.array(z.string()).optional(),
              categories: z.array(z.string()).optional(),
              subresources: z
                .array(z.object({ subresource: z.string(), responseKind, verbs: z.array(z.string()) }))
                .optional(),
            }),
          ),
        }),
      ),
    }),
  ),
});
const coreSchema = z.object({
  resources: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      group: z.string().optional(),
      version: z.string().optional(),
      namespaced: z.boolean(),
      singularName: z.string(),
      verbs: z.array(z.string()),
      shortNames: z.array(z.string()).optional(),
      categories: z.array(z.string()).optional(),
    }),
  ),
});

interface Subresource {
  subresource: string;
  kind: string;
  group?: string;
  version?: string;
  verbs: string[];
}

interface Lifecycle {
  deprecated: string;
  removed?: string;
  replacement?: { group: string; version: string; kind: string };
}

interface Resource {
  resource: string;
  kind: string;
  singularName: string;
  namespaced: boolean;
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
  subresources?: Subresource[];
  lifecycle?: Lifecycle;
}

interface Version {
  version: string;
  resources: Resource[];
}

interface Group {
  group: string;
  versions: Version[];
}

async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  for (const release of asked.length > 0 ? asked : releases) {
    process.stderr.write(`${release}: reading the modules\n`);
    const [, minorNumber = '', patch = ''] = release.split('.');
    const kubernetes = await moduleFolder('k8s.io/kubernetes', `v${release}`);
    const api = await moduleFolder('k8s.io/api', `v0.${minorNumber}.${patch}`);
    const groups = await servedGroups(kubernetes, api);
    const minor = `1.${minorNumber}`;
    const target = new URL(`../simulator/kube-api/discovery/${minor}.json`, import.meta.url);
    await writeFile(target, format(minor, release, groups));
    const count = groups.flatMap(({ versions }) => versions.flatMap(({ resources }) => resources)).length;
    process.stderr.write(`${release}: ${groups.length} groups, ${count} resources\n`);
  }
}

/** Downloads a module unless Go's cache holds it. */
async function moduleFolder(path: string, version: string): Promise<string> {
  // -mod=mod: outside a module of ours there is nothing that Go could keep unchanged.
  const { stdout } = await execa('go', ['mod', 'download', '-json', `${path}@${version}`], {
    env: { GOFLAGS: '-mod=mod' },
  });
  return z.object({ Dir: z.string() }).parse(JSON.parse(stdout)).Dir;
}

async function servedGroups(kubernetes: string, api: string): Promise<Group[]> {
  const groupNames = await groupNamesByFolder(api);
  const betas = await betasOnByDefault(kubernetes, groupNames);
  const lifecycles = await readLifecycles(api, groupNames);
  const served: Group[] = [];
  for (const { group, versions } of [await coreGroup(kubernetes), ...(await aggregatedGroups(kubernetes))]) {
    const kept = versions
      .map(({ version, resources }) => ({
        version,
        resources: resources
          .filter(({ resource }) => isStable(version) || betas.has(`${group}/${version}/${resource}`))
          .map((resource) => withLifecycle(resource, lifecycles.get(`${group}/${version}/${resource.kind}`))),
      }))
      .filter(({ resources }) => resources.length > 0);
    if (kept.length > 0) served.push({ group, versions: kept });
  }
  return served;
}

const isStable = (version: string): boolean => /^v\d+$/.test(version);

function withLifecycle(resource: Resource, lifecycle: Lifecycle | undefined): Resource {
  return lifecycle === undefined ? resource : { ...resource, lifecycle };
}

async function aggregatedGroups(kubernetes: string): Promise<Group[]> {
  const folder = join(kubernetes, 'api/discovery');
  const newer = join(folder, 'aggregated_v2.json');
  const file = existsSync(newer) ? newer : join(folder, 'aggregated_v2beta1.json');
  const document = aggregatedSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  return document.items.map(({ metadata, versions }) => ({
    group: metadata.name,
    versions: versions.map(({ version, resources }) => ({
      version,
      resources: resources.map((entry) => ({
        resource: entry.resource,
        kind: entry.responseKind.kind,
        singularName: entry.singularResource,
        namespaced: entry.scope === 'Namespaced',
        verbs: entry.verbs,
        ...optionalLists(entry.shortNames, entry.categories),
        ...(entry.subresources === undefined
          ? {}
          : {
              subresources: entry.subresources.map((sub) =>
                subresource(sub.subresource, sub.responseKind, sub.verbs),
              ),
            }),
      })),
    })),
  }));
}

/** The core group is recorded in the older form, where a subresource is an entry like `pods/eviction` of its own. */
async function coreGroup(kubernetes: string): Promise<Group> {
  const file = join(kubernetes, 'api/discovery/api__v1.json');
  const { resources } = coreSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const main = resources.filter(({ name }) => !name.includes('/'));
  return {
    group: '',
    versions: [
      {
        version: 'v1',
        resources: main.map((entry) => {
          const subresources = resources
            .filter(({ name }) => name.startsWith(`${entry.name}/`))
            .map(({ name, kind, group = '', version = '', verbs }) =>
              subresource(name.slice(entry.name.length + 1), { kind, group, version }, verbs),
            );
          return {
            resource: entry.name,
            kind: entry.kind,
            singularName: entry.singularName,
            namespaced: entry.namespaced,
            verbs: entry.verbs,
            ...optionalLists(entry.shortNames, entry.categories),
            ...(subresources.length > 0 ? { subresources } : {}),
          };
        }),
      },
    ],
  };
}

function optionalLists(
  shortNames?: string[],
  categories?: string[],
): Pick<Resource, 'shortNames' | 'categories'> {
  return {
    ...(shortNames === undefined ? {} : { shortNames }),
    ...(categories === undefined ? {} : { categories }),
  };
}

function subresource(
  name: string,
  { group, version, kind }: z.infer<typeof responseKind>,
  verbs: string[],
): Subresource {
  return { subresource: name, kind, ...(version === '' ? {} : { group, version }), verbs };
}

/** `flowcontrol` → `flowcontrol.apiserver.k8s.io`, for every folder of k8s.io/api. */
async function groupNamesByFolder(api: string): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const folder of await readdir(api, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    for (const version of await readdir(join(api, folder.name))) {
      const file = join(api, folder.name, version, 'register.go');
      if (!existsSync(file)) continue;
      const name = /GroupName\s*=\s*"([^"]*)"/.exec(await readFile(file, 'utf8'))?.[1];
      if (name !== undefined) names.set(folder.name, name);
    }
  }
  return names;
}

/** As `group/version/resource`: the list `legacyBetaEnabledByDefaultResources`, which is gone from 1.32 on. */
async function betasOnByDefault(kubernetes: string, groupNames: Map<string, string>): Promise<Set<string>> {
  const source = await readFile(join(kubernetes, 'pkg/controlplane/instance.go'), 'utf8');
  const list = /legacyBetaEnabledByDefaultResources = \[\][^{]*\{([^}]*)\}/.exec(source)?.[1] ?? '';
  const found = new Set<string>();
  for (const [, alias = '', resource = ''] of list.matchAll(
    /(\w+)\.SchemeGroupVersion\.WithResource\("(\w+)"\)/g,
  )) {
    const [, folder = '', version = ''] = new RegExp(`\\b${alias} "[^"]*/(\\w+)/(\\w+)"`).exec(source) ?? [];
    const group = groupNames.get(folder);
    if (group === undefined) throw new Error(`instance.go: no API group is known for the import ${alias}`);
    found.add(`${group}/${version}/${resource}`);
  }
  return found;
}

/** By `group/version/kind`. */
async function readLifecycles(api: string, groupNames: Map<string, string>): Promise<Map<string, Lifecycle>> {
  const lifecycles = new Map<string, Lifecycle>();
  for (const [folder, group] of groupNames) {
    for (const version of await readdir(join(api, folder))) {
      const file = join(api, folder, version, 'zz_generated.prerelease-lifecycle.go');
      if (!existsSync(file)) continue;
      const source = await readFile(file, 'utf8');
      const removals = releasesOf(source, 'Removed');
      const replacements = replacementsOf(source);
      for (const [kind, deprecated] of releasesOf(source, 'Deprecated')) {
        const removed = removals.get(kind);
        const replacement = replacements.get(kind);
        lifecycles.set(`${group}/${version}/${kind}`, {
          deprecated,
          ...(removed === undefined ? {} : { removed }),
          ...(replacement === undefined ? {} : { replacement }),
        });
      }
    }
  }
  return lifecycles;
}

function releasesOf(source: string, what: 'Deprecated' | 'Removed'): Map<string, string> {
  const pattern = new RegExp(`\\*(\\w+)\\) APILifecycle${what}\\(\\)[^{]*\\{\\s*return (\\d+), (\\d+)`, 'g');
  return new Map(
    [...source.matchAll(pattern)].map(([, kind = '', major, minor]) => [kind, `${major}.${minor}`]),
  );
}

function replacementsOf(source: string): Map<string, { group: string; version: string; kind: string }> {
  const pattern =
    /\*(\w+)\) APILifecycleReplacement\(\)[^{]*\{\s*return schema\.GroupVersionKind\{Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"/g;
  return new Map(
    [...source.matchAll(pattern)].map(([, of = '', group = '', version = '', kind = '']) => [
      of,
      { group, version, kind },
    ]),
  );
}

/** One line a resource, so that a difference between two minors can be read. */
function format(minor: string, release: string, groups: Group[]): string {
  const [, minorNumber = '', patch = ''] = release.split('.');
  const lines = [
    '{',
    `"minor": ${JSON.stringify(minor)},`,
    `"release": ${JSON.stringify(release)},`,
    `"sources": ${JSON.stringify([`k8s.io/kubernetes v${release}`, `k8s.io/api v0.${minorNumber}.${patch}`])},`,
    '"groups": [',
    groups.map(formatGroup).join(',\n'),
    ']',
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function formatGroup({ group, versions }: Group): string {
  const formatted = versions.map(
    ({ version, resources }) =>
      `{"version": ${JSON.stringify(version)}, "resources": [\n${resources.map((entry) => JSON.stringify(entry)).join(',\n')}\n]}`,
  );
  return `{"group": ${JSON.stringify(group)}, "versions": [${formatted.join(', ')}]}`;
}

await main();
