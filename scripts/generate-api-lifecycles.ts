/**
 * Writes src/checks/removedApis/data/kubernetes.json: when each version of each built-in kind came, was deprecated and
 * goes; and test/checks/removedApis/served.json: which minors serve it, to hold the table against.
 *
 *   npm run generate:api-lifecycles
 *
 * It needs Go, whose module proxy holds the releases. Sources:
 *
 * - `zz_generated.prerelease-lifecycle.go` of k8s.io/api, k8s.io/kube-aggregator and k8s.io/apiextensions-apiserver, of
 *   every minor since the files exist: a newer release's word replaces an older one's, and kinds that newer releases
 *   have dropped altogether stay known;
 * - k8s.io/kubernetes `api/discovery`: what a release serves with every API turned on. A lifecycle is a promise, made
 *   by default six minors after a kind came; what a release serves decides, and is all that is known of some alpha
 *   versions.
 *
 * The result depends on nothing but those versions. A new minor is added to both lists.
 */
import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ApiKind, ApiLifecycle } from '../src/checks/removedApis/types.ts';

/** One release of each minor whose modules are read for lifecycles: those of k8s.io/api that the proxy holds. */
const apiReleases = [
  ...['0.20.6', '0.21.1', '0.22.5', '0.23.16', '0.24.3', '0.25.9', '0.26.9', '0.27.4', '0.28.3'],
  ...['0.29.15', '0.30.14', '0.31.14', '0.32.13', '0.33.13', '0.34.13', '0.35.10', '0.36.6', '0.37.2'],
];
/** The other modules change so rarely that the oldest and the newest say it all. */
const otherReleases = ['0.20.6', '0.37.2'];
/** Releases whose discovery documents are read. */
const servedReleases = [
  '1.29.6',
  '1.30.14',
  '1.31.0',
  '1.32.2',
  '1.33.13',
  '1.34.4',
  '1.35.4',
  '1.36.3',
  '1.37.2',
];

const minorOfRelease = (release: string): number => Number(release.split('.')[1]);
const named = (minor: number): string => `1.${minor}`;
const keyOf = ({ group, version, kind }: ApiKind): string => `${group}/${version}/${kind}`;

/** What is known of one version of one kind while the modules are read, minors as numbers. */
interface Known extends ApiKind {
  introduced?: number;
  deprecated?: number;
  removed?: number;
  replacement?: ApiKind;
  /** The newest minor whose modules have the type. */
  lastSeen: number;
}

/** What was served: the plural name and the minors. */
interface Served {
  resource: string;
  minors: number[];
}

async function main(): Promise<void> {
  const known = new Map<string, Known>();
  const sources: string[] = [];
  for (const release of apiReleases) {
    await readModule('k8s.io/api', release, '', known);
    sources.push(`k8s.io/api v${release}`);
  }
  for (const [module, folder] of [
    ['k8s.io/kube-aggregator', 'pkg/apis'],
    ['k8s.io/apiextensions-apiserver', 'pkg/apis'],
  ] as const) {
    for (const release of otherReleases) {
      await readModule(module, release, folder, known);
      sources.push(`${module} v${release}`);
    }
  }
  const served = new Map<string, Served>();
  for (const release of servedReleases) {
    await readServed(release, served);
    sources.push(`k8s.io/kubernetes v${release} (api/discovery)`);
  }
  addDropped(known, served);
  const lifecycles = tableOf(known, served);
  const table = new URL('../src/checks/removedApis/data/kubernetes.json', import.meta.url);
  await writeFile(table, formatTable(sources, lifecycles));
  const record = new URL('../test/checks/removedApis/served.json', import.meta.url);
  await writeFile(record, formatServed(served));
  process.stderr.write(`${lifecycles.length} lifecycles, ${served.size} served kinds\n`);
}

/** Downloads a module unless Go's cache holds it. */
async function moduleFolder(path: string, version: string): Promise<string> {
  const { stdout } = await execa('go', ['mod', 'download', '-json', `${path}@v${version}`], {
    env: { GOFLAGS: '-mod=mod' },
  });
  return z.object({ Dir: z.string() }).parse(JSON.parse(stdout)).Dir;
}

async function readModule(
  module: string,
  release: string,
  folder: string,
  known: Map<string, Known>,
): Promise<void> {
  process.stderr.write(`${module} v${release}\n`);
  const root = join(await moduleFolder(module, release), folder);
  const minor = minorOfRelease(release);
  for (const group of await foldersIn(root)) {
    for (const version of await foldersIn(join(root, group))) {
      const file = join(root, group, version, 'zz_generated.prerelease-lifecycle.go');
      if (!existsSync(file)) continue;
      const name = await groupName(root, group, version);
      const types = await readFile(join(root, group, version, 'types.go'), 'utf8');
      const inWords = deprecationsInWords(types);
      for (const lifecycle of lifecyclesIn(await readFile(file, 'utf8'), name, version)) {
        known.set(keyOf(lifecycle), { ...inWords.get(lifecycle.kind), ...lifecycle, lastSeen: minor });
      }
    }
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** The group's name, which stands in the version's register.go or, in the other modules, in that of the group. */
async function groupName(root: string, group: string, version: string): Promise<string> {
  for (const file of [join(root, group, version, 'register.go'), join(root, group, 'register.go')]) {
    if (!existsSync(file)) continue;
    const name = /GroupName\s*=\s*"([^"]*)"/.exec(await readFile(file, 'utf8'))?.[1];
    if (name !== undefined) return name;
  }
  throw new Error(`${join(root, group, version)}: no register.go says the group's name.`);
}

function lifecyclesIn(source: string, group: string, version: string): Omit<Known, 'lastSeen'>[] {
  const introduced = minorsOf(source, 'Introduced');
  const deprecated = minorsOf(source, 'Deprecated');
  const removed = minorsOf(source, 'Removed');
  const replacements = replacementsOf(source);
  return [...introduced].map(([kind, minor]) => ({
    group,
    version,
    kind,
    introduced: minor,
    ...optional('deprecated', deprecated.get(kind)),
    ...optional('removed', removed.get(kind)),
    ...optional('replacement', replacements.get(kind)),
  }));
}

/** A kind that is deprecated without an end (Endpoints) says so in its type's comment only. */
function deprecationsInWords(types: string): Map<string, { deprecated: number; replacement?: ApiKind }> {
  const pattern =
    /^\/\/ Deprecated: This API is deprecated in v1\.(\d+)\+(.*)\n(?:\/\/.*\n)*type (\w+) struct/gm;
  return new Map(
    [...types.matchAll(pattern)].map(([, minor, advice = '', kind = '']) => {
      // `Use discoveryv1.EndpointSlice.`: the alias of a package of the same module.
      const [, folder, version = '', heir = ''] = /Use ([a-z]+)(v\d\w*)\.(\w+)/.exec(advice) ?? [];
      const group = folder === undefined ? undefined : `${folder}.k8s.io`;
      return [
        kind,
        {
          deprecated: Number(minor),
          ...optional('replacement', group === undefined ? undefined : { group, version, kind: heir }),
        },
      ];
    }),
  );
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]: Value });
}

function minorsOf(source: string, what: 'Introduced' | 'Deprecated' | 'Removed'): Map<string, number> {
  const pattern = new RegExp(`\\*(\\w+)\\) APILifecycle${what}\\(\\)[^{]*\\{\\s*return (\\d+), (\\d+)`, 'g');
  return new Map([...source.matchAll(pattern)].map(([, kind = '', , minor]) => [kind, Number(minor)]));
}

function replacementsOf(source: string): Map<string, ApiKind> {
  const pattern =
    /\*(\w+)\) APILifecycleReplacement\(\)[^{]*\{\s*return schema\.GroupVersionKind\{Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"/g;
  return new Map(
    [...source.matchAll(pattern)].map(([, of = '', group = '', version = '', kind = '']) => [
      of,
      { group, version, kind },
    ]),
  );
}

const aggregatedSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      versions: z.array(
        z.object({
          version: z.string(),
          resources: z.array(
            z.object({ resource: z.string(), responseKind: z.object({ kind: z.string() }) }),
          ),
        }),
      ),
    }),
  ),
});
const coreSchema = z.object({ resources: z.array(z.object({ name: z.string(), kind: z.string() })) });

async function readServed(release: string, served: Map<string, Served>): Promise<void> {
  process.stderr.write(`k8s.io/kubernetes v${release}\n`);
  const folder = join(await moduleFolder('k8s.io/kubernetes', release), 'api/discovery');
  const newer = join(folder, 'aggregated_v2.json');
  const file = existsSync(newer) ? newer : join(folder, 'aggregated_v2beta1.json');
  const add = (kind: ApiKind, resource: string): void => {
    const entry = served.get(keyOf(kind)) ?? { resource, minors: [] };
    entry.minors.push(minorOfRelease(release));
    served.set(keyOf(kind), entry);
  };
  const core = coreSchema.parse(JSON.parse(await readFile(join(folder, 'api__v1.json'), 'utf8')));
  for (const { name, kind } of core.resources) {
    if (!name.includes('/')) add({ group: '', version: 'v1', kind }, name);
  }
  const groups = aggregatedSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  for (const { metadata, versions } of groups.items) {
    for (const { version, resources } of versions) {
      for (const { resource, responseKind } of resources) {
        add({ group: metadata.name, version, kind: responseKind.kind }, resource);
      }
    }
  }
}

/** Adds what was served once and has no lifecycle in the sources: some alpha versions come and go without. */
function addDropped(known: Map<string, Known>, served: ReadonlyMap<string, Served>): void {
  const minors = servedReleases.map(minorOfRelease);
  for (const [key, { minors: servedBy }] of served) {
    const first = servedBy[0] ?? 0;
    const last = servedBy.at(-1) ?? 0;
    if (known.has(key) || last === minors.at(-1)) continue;
    const [group = '', version = '', kind = ''] = key.split('/');
    known.set(key, {
      group,
      version,
      kind,
      // Of what the oldest release serves nobody knows here when it came.
      ...optional('introduced', first === minors[0] ? undefined : first),
      removed: last + 1,
      ...optional('replacement', newestServed(group, kind, served)),
      lastSeen: last,
    });
    process.stderr.write(`${key}: known by discovery only, removed in ${last + 1}\n`);
  }
}

/** The same kind in the version of its group that the newest release prefers: v1 before v1beta2 before v1beta1. */
function newestServed(group: string, kind: string, served: ReadonlyMap<string, Served>): ApiKind | undefined {
  const newest = Math.max(...servedReleases.map(minorOfRelease));
  const rank = (version: string) => (/^v\d+$/.test(version) ? 2 : version.includes('beta') ? 1 : 0);
  const [version] = [...served]
    .filter(([, { minors }]) => minors.at(-1) === newest)
    .map(([key]) => key.split('/'))
    .filter(([ofGroup, , ofKind]) => ofGroup === group && ofKind === kind)
    .map(([, candidate = '']) => candidate)
    .sort((left, right) => rank(right) - rank(left) || right.localeCompare(left, 'en', { numeric: true }));
  return version === undefined ? undefined : { group, version, kind };
}

/** Only what is or will be deprecated or removed: the table is about what goes. */
function tableOf(known: ReadonlyMap<string, Known>, served: ReadonlyMap<string, Served>): ApiLifecycle[] {
  const resources = resourcesByKind(served);
  const settled = new Map(
    [...known].map(([key, { removed: _removed, ...entry }]) => [
      key,
      { ...entry, ...optional('removed', removalOf({ ...entry, ...optional('removed', _removed) }, served)) },
    ]),
  );
  return [...settled.values()]
    .filter(({ deprecated, removed }) => deprecated !== undefined || removed !== undefined)
    .map(({ group, version, kind, introduced, deprecated, removed, replacement }) => ({
      group,
      version,
      kind,
      ...optional('resource', served.get(keyOf({ group, version, kind }))?.resource ?? resources.get(kind)),
      ...optional('introduced', introduced === undefined ? undefined : named(introduced)),
      ...optional('deprecated', deprecated === undefined ? undefined : named(deprecated)),
      ...optional('removed', removed === undefined ? undefined : named(removed)),
      ...optional('replacement', heirOf(replacement, settled)),
    }))
    .sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

/** What takes its place today: a replacement that is removed itself (flowcontrol v1beta3) has a heir of its own, or none. */
function heirOf(replacement: ApiKind | undefined, known: ReadonlyMap<string, Known>): ApiKind | undefined {
  const next = replacement === undefined ? undefined : known.get(keyOf(replacement));
  return next?.removed === undefined ? replacement : heirOf(next.replacement, known);
}

/** A kind that is in no discovery document any more has the plural name that the same kind has elsewhere. */
function resourcesByKind(served: ReadonlyMap<string, Served>): Map<string, string> {
  return new Map([...served].map(([key, { resource }]) => [key.slice(key.lastIndexOf('/') + 1), resource]));
}

/**
 * The first minor that does not serve it. Where discovery knows the kind, it decides; of a list, the kind that it
 * lists; else the lifecycle, unless the type itself went earlier.
 */
function removalOf(entry: Known, served: ReadonlyMap<string, Served>): number | undefined {
  const newest = Math.max(...servedReleases.map(minorOfRelease));
  const listed = served.get(keyOf({ ...entry, kind: entry.kind.replace(/List$/, '') }));
  const lastServed = listed?.minors.at(-1);
  if (lastServed !== undefined && lastServed < newest) return told(entry, lastServed + 1, 'discovery');
  if (lastServed === newest && (entry.removed ?? Infinity) <= newest) {
    return told(entry, undefined, 'it is still served');
  }
  // Without a removal it is no API that is served, but a type that others are made of.
  if (entry.lastSeen < newest && entry.removed !== undefined && entry.removed > entry.lastSeen + 1) {
    return told(entry, entry.lastSeen + 1, 'the type is gone');
  }
  return entry.removed;
}

function told(entry: Known, removed: number | undefined, why: string): number | undefined {
  if (removed !== entry.removed) {
    process.stderr.write(
      `${keyOf(entry)}: removed in ${removed ?? 'no'}, not ${entry.removed ?? 'no'} (${why})\n`,
    );
  }
  return removed;
}

/** One line a kind, so that a difference between two releases can be read. */
function formatTable(sources: string[], lifecycles: ApiLifecycle[]): string {
  return [
    '{',
    '"name": "Kubernetes",',
    `"sources": ${JSON.stringify(sources)},`,
    '"lifecycles": [',
    lifecycles.map((lifecycle) => JSON.stringify(lifecycle)).join(',\n'),
    ']',
    '}\n',
  ].join('\n');
}

function formatServed(served: ReadonlyMap<string, Served>): string {
  const lines = [...served]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(
      ([key, { resource, minors }]) =>
        `${JSON.stringify(key)}: ${JSON.stringify({ resource, minors: minors.map(named) })}`,
    );
  const releases = servedReleases.map((release) => `k8s.io/kubernetes v${release}`);
  return `{\n"releases": ${JSON.stringify(releases)},\n"served": {\n${lines.join(',\n')}\n}\n}\n`;
}

await main();
