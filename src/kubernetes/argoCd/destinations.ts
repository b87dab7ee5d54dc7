import { isObject, listAt, objectAt, textAt } from '../../tools/crds/json.ts';
import type { Json } from '../../tools/crds/json.ts';
import type { Destination } from './application.ts';

/** The cluster that Argo CD itself runs in, by the URL and the name that it always has. */
export const ownServer = 'https://kubernetes.default.svc';
export const ownName = 'in-cluster';

/** The clusters that blue's Argo CD knows besides its own: by which names it calls blue, and which others there are. */
export interface KnownClusters {
  /** URL of blue's Kubernetes API. */
  blueServer: string;
  /** Names under which a Secret knows blue by that URL. */
  blueNames: ReadonlySet<string>;
  /** Names under which it knows the cluster that it runs in: `in-cluster`, unless a Secret gives it another. */
  ownNames: ReadonlySet<string>;
  /** Names of all others. */
  otherNames: ReadonlySet<string>;
}

/**
 * Where a destination leads, as Argo CD on green takes it: `here` into its own cluster, `blue` by a word that only blue
 * has, `elsewhere` to a third cluster, `unknown` by a name that no Secret has.
 */
export type Place = 'here' | 'blue' | 'elsewhere' | 'unknown';

export function placeOf({ server, name }: Destination, known: KnownClusters): Place {
  if (server !== undefined) {
    if (isServer(server, ownServer)) return 'here';
    return isServer(server, known.blueServer) ? 'blue' : 'elsewhere';
  }
  // Argo CD refuses an Application that says neither.
  if (name === undefined) return 'unknown';
  if (known.ownNames.has(name)) return 'here';
  if (known.blueNames.has(name)) return 'blue';
  return known.otherNames.has(name) ? 'elsewhere' : 'unknown';
}

/**
 * An Application, AppProject or ApplicationSet in which whatever names blue names the cluster that Argo CD runs in: on
 * green that is green, without a Secret that has its URL and a way in. Only whole values are changed, so that a URL in
 * the midst of a text, or a pattern, stays as it is.
 */
export function withoutBlue(object: Json, known: KnownClusters): Json {
  const spec = objectAt(object, 'spec');
  switch (textAt(object, 'kind')) {
    case 'Application':
      return isObject(spec['destination'])
        ? { ...object, spec: { ...spec, destination: moved(spec['destination'], known) } }
        : object;
    case 'AppProject':
      return Array.isArray(spec['destinations'])
        ? { ...object, spec: { ...spec, destinations: listAt(spec, 'destinations').map(project(known)) } }
        : object;
    case 'ApplicationSet':
      return { ...object, spec: replaced(spec, known) };
    default:
      return object;
  }
}

function project(known: KnownClusters) {
  return (destination: unknown): unknown => (isObject(destination) ? moved(destination, known) : destination);
}

function moved(destination: Json, { blueServer, blueNames, ownNames }: KnownClusters): Json {
  const { server, name } = destination;
  const [own = ownName] = ownNames;
  return {
    ...destination,
    ...(typeof server === 'string' && isServer(server, blueServer) ? { server: ownServer } : {}),
    ...(typeof name === 'string' && blueNames.has(name) ? { name: own } : {}),
  };
}

/** Lists of clusters stand in generators under keys of the user's own: there only the URL tells what is meant. */
function replaced(value: unknown, known: KnownClusters): unknown {
  if (typeof value === 'string') return isServer(value, known.blueServer) ? ownServer : value;
  if (Array.isArray(value)) return value.map((each) => replaced(each, known));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === 'destination' && isObject(each)
        ? moved(replaced(each, known) as Json, known)
        : replaced(each, known),
    ]),
  );
}

/** Whether two URLs are of the same server: a slash at the end and the case of the host say nothing. */
export function isServer(one: string, other: string): boolean {
  return plain(one) === plain(other);
}

function plain(url: string): string {
  return url.trim().toLowerCase().replace(/\/+$/, '').replace(/:443$/, '');
}
