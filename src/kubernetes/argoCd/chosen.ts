import type { ArgoCdSource } from '../../contract/migration.ts';
import { objectAt, textAt } from '../../tools/crds/json.ts';
import type { Json } from '../../tools/crds/json.ts';
import type { KubernetesConnection } from '../connection.ts';
import { objectFactsSchema } from '../copying/objectFacts.ts';
import { namedKey, plainSelection, selectObject } from '../copying/selection.ts';
import type { Left, SelectionContext } from '../copying/selection.ts';
import type { ListableResource } from '../discovery.ts';
import { statusBehind } from '../errors.ts';
import { resourceName } from '../inventoryEntry.ts';
import { pagesOf } from '../copying/pages.ts';
import { applicationOf } from './application.ts';
import type { Application } from './application.ts';
import { isServer, ownName, ownServer } from './destinations.ts';
import type { KnownClusters } from './destinations.ts';

/** An object that goes to green, with the kind that it is of. */
export interface ChosenObject {
  resource: ListableResource;
  /** `argocd/web`. */
  key: string;
  body: Json;
}

/** What a source of Argo CD is about, as it is on blue. Bodies are held: they are some kilobytes each. */
export interface Chosen {
  /** That are to be Synced and Healthy on green in the end, whoever makes them there. */
  applications: Application[];
  /** All of blue, because what an unchosen one keeps may be a chosen one. */
  all: Application[];
  /** What is brought, in this order: what Applications stand on comes first. */
  objects: ChosenObject[];
  /** Names of the request that no Application has. */
  missing: string[];
  known: KnownClusters;
  /** Secrets that tell Argo CD of blue under its own URL. */
  ofBlue: string[];
  /** What of the tools' releases stays behind. */
  left: { resource: ListableResource; key: string; left: Left }[];
}

const kinds = {
  configMaps: of('', 'v1', 'configmaps', 'ConfigMap'),
  secrets: of('', 'v1', 'secrets', 'Secret'),
  projects: of('argoproj.io', 'v1alpha1', 'appprojects', 'AppProject'),
  sets: of('argoproj.io', 'v1alpha1', 'applicationsets', 'ApplicationSet'),
  applications: of('argoproj.io', 'v1alpha1', 'applications', 'Application'),
} as const;

function of(group: string, version: string, resource: string, kind: string): ListableResource {
  return { group, version, resource, kind, namespaced: true };
}

/** By these Argo CD marks what it reads: `repository`, `repo-creds`, `cluster` and others. */
const secretType = 'argocd.argoproj.io/secret-type';

/** Where Argo CD keeps the certificates and keys by which it knows repositories and commits. */
const trustNames = ['argocd-ssh-known-hosts-cm', 'argocd-tls-certs-cm', 'argocd-gpg-keys-cm'];

/**
 * Reads from blue what a source is about. Applications that an ApplicationSet makes stand for it: the set is brought, and
 * makes them on green as it does on blue. Loose copies would belong to nobody there.
 *
 * @param blueServer URL of blue's Kubernetes API, by which Argo CD may know it
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function chooseArgoCd(
  blue: KubernetesConnection,
  source: ArgoCdSource,
  {
    blueServer,
    tools,
    signal,
  }: { blueServer: string; tools: SelectionContext['tools']; signal?: AbortSignal | undefined },
): Promise<Chosen> {
  const read = (resource: ListableResource, labelSelector?: string) =>
    inNamespace(blue, resource, { namespace: source.namespace, labelSelector, signal });
  const applicationBodies = await read(kinds.applications, source.selector);
  const chosenBodies = applicationBodies.filter(
    ({ name, body }) =>
      (source.applications?.includes(name) ?? true) && !objectFactsSchema.parse(body).ending,
  );
  const applications = chosenBodies.map(({ body }) => applicationOf(body));
  const setNames = new Set(applications.flatMap(({ set }) => (set === undefined ? [] : [set])));
  const secrets = await read(kinds.secrets, secretType);
  const clusters = secrets.filter(({ body }) => labelsOf(body)[secretType] === 'cluster');
  const known = knownClusters(clusters, blueServer);
  const isOfBlue = ({ body }: Listed) => isCluster(body) && isServer(serverOf(body), blueServer);
  const configMaps = (await read(kinds.configMaps)).filter(({ name }) => trustNames.includes(name));
  const candidates = [
    ...withKind(kinds.configMaps, configMaps),
    ...withKind(
      kinds.secrets,
      secrets.filter((secret) => !isOfBlue(secret)),
    ),
    ...withKind(kinds.projects, await read(kinds.projects)),
    ...withKind(
      kinds.sets,
      setNames.size === 0 ? [] : (await read(kinds.sets)).filter(({ name }) => setNames.has(name)),
    ),
    ...withKind(
      kinds.applications,
      chosenBodies.filter(({ body }) => applicationOf(body).set === undefined),
    ),
  ];
  const judged = candidates.map((object) => ({ object, left: whyLeft(object, tools) }));
  return {
    applications,
    all:
      source.selector === undefined
        ? applicationBodies.map(({ body }) => applicationOf(body))
        : (await read(kinds.applications)).map(({ body }) => applicationOf(body)),
    objects: judged.flatMap(({ object, left }) => (left === undefined ? [object] : [])),
    missing: (source.applications ?? []).filter(
      (name) => !applicationBodies.some((each) => each.name === name),
    ),
    known,
    ofBlue: secrets.filter(isOfBlue).map(({ key }) => key),
    left: judged.flatMap(({ object: { resource, key }, left }) =>
      left === undefined ? [] : [{ resource, key, left }],
    ),
  };
}

/**
 * What copying, and comparing, leave alone because of a source of Argo CD: by `namedKey`.
 *
 * @param whole with what the source itself brings; without, only what is on neither side
 */
export function leftToArgoCd({ objects, ofBlue }: Chosen, whole: boolean): Map<string, Left> {
  const left = new Map<string, Left>();
  for (const key of ofBlue)
    left.set(`${resourceName(kinds.secrets)} ${key}`, {
      reason: 'cluster-bound',
      because: 'it tells Argo CD of the old cluster under its own URL',
    });
  if (!whole) return left;
  for (const { resource, body } of objects)
    left.set(namedKey(resource, objectFactsSchema.parse(body)), {
      reason: 'argo-cd',
      because: 'the source of Argo CD brings it',
    });
  return left;
}

interface Listed {
  name: string;
  key: string;
  body: Json;
}

/** None where blue does not serve the kind. */
async function inNamespace(
  blue: KubernetesConnection,
  resource: ListableResource,
  place: { namespace: string; labelSelector: string | undefined; signal: AbortSignal | undefined },
): Promise<Listed[]> {
  const found = new Map<string, Listed>();
  try {
    for await (const page of pagesOf(blue, resource, place.signal, place))
      for (const body of page) {
        const name = textAt(objectAt(body, 'metadata'), 'name');
        found.set(name, { name, key: `${place.namespace}/${name}`, body });
      }
  } catch (error) {
    if (statusBehind(error)?.code !== 404) throw error;
  }
  return [...found.values()];
}

function withKind(resource: ListableResource, listed: readonly Listed[]): ChosenObject[] {
  return listed.map(({ key, body }) => ({ resource, key, body }));
}

/**
 * What a tool's release brings, and what is being deleted, stays. What a controller makes of a secret kept elsewhere goes
 * along all the same: Argo CD needs it to bring that controller.
 */
function whyLeft({ resource, body }: ChosenObject, tools: SelectionContext['tools']): Left | undefined {
  const { owners: _owners, ...facts } = objectFactsSchema.parse(body);
  const selected = selectObject(resource, { ...facts, owners: [] }, { ...plainSelection, tools });
  return selected.what === 'leave' ? selected : undefined;
}

function knownClusters(secrets: readonly Listed[], blueServer: string): KnownClusters {
  const named = secrets.map(({ body, name }) => ({
    name: decoded(body, 'name') || name,
    server: serverOf(body),
  }));
  const names = (is: (server: string) => boolean) =>
    new Set(named.filter(({ server }) => is(server)).map(({ name }) => name));
  const own = names((server) => isServer(server, ownServer));
  return {
    blueServer,
    blueNames: names((server) => isServer(server, blueServer)),
    ownNames: own.size === 0 ? new Set([ownName]) : own,
    otherNames: names((server) => !isServer(server, blueServer) && !isServer(server, ownServer)),
  };
}

function isCluster(body: Json): boolean {
  return labelsOf(body)[secretType] === 'cluster';
}

function labelsOf(body: Json): Json {
  return objectAt(objectAt(body, 'metadata'), 'labels');
}

function serverOf(body: Json): string {
  return decoded(body, 'server');
}

/** A field of a Secret as text. */
function decoded(body: Json, field: string): string {
  return Buffer.from(textAt(objectAt(body, 'data'), field), 'base64').toString();
}
