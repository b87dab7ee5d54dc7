import type { StoredObject } from '../cluster/types.ts';
import { fieldsMeet, parseFieldSelector } from './fieldSelector.ts';
import { labelsMeet, parseLabelSelector } from './labelSelector.ts';
import type { ServedResource } from './servedResource.ts';
import { badRequest, invalidValue } from './status.ts';

/** What the query of a list or a watch asks for. */
export interface ListOptions {
  /** Whether an object is meant, by labels and fields. */
  matches: (object: StoredObject) => boolean;
  /** Whether there is any selector. */
  selective: boolean;
  /** Objects in a page at most; undefined for all. */
  limit?: number;
  continueToken?: string;
  resourceVersion?: number;
  resourceVersionMatch?: 'Exact' | 'NotOlderThan';
  timeoutSeconds?: number;
  allowWatchBookmarks: boolean;
}

/** Throws StatusError 400 or 422 for what can't be read. */
export function readListOptions(query: URLSearchParams, served: ServedResource): ListOptions {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '', served);
  const limit = readInteger(query, 'limit');
  const timeoutSeconds = readInteger(query, 'timeoutSeconds');
  const continueToken = query.get('continue') ?? '';
  const resourceVersion = readInteger(query, 'resourceVersion');
  const resourceVersionMatch = readMatch(query, resourceVersion, continueToken);
  if (query.has('sendInitialEvents'))
    throw invalidValue(
      'ListOptions.meta.k8s.io ""',
      'sendInitialEvents',
      'Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
    );
  return {
    matches: (object) => labelsMeet(labels, object) && fieldsMeet(fields, served, object),
    selective: labels.length + fields.length > 0,
    ...(limit === undefined || limit === 0 ? {} : { limit }),
    ...(continueToken === '' ? {} : { continueToken }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(resourceVersionMatch === undefined ? {} : { resourceVersionMatch }),
    ...(timeoutSeconds === undefined || timeoutSeconds === 0 ? {} : { timeoutSeconds }),
    allowWatchBookmarks: ['true', '1'].includes(query.get('allowWatchBookmarks') ?? ''),
  };
}

function readMatch(
  query: URLSearchParams,
  resourceVersion: number | undefined,
  continueToken: string,
): ListOptions['resourceVersionMatch'] {
  const value = query.get('resourceVersionMatch') ?? '';
  if (value === '') return undefined;
  const refuse = (why: string): never => {
    throw invalidValue('ListOptions.meta.k8s.io ""', 'resourceVersionMatch', why);
  };
  if (value !== 'Exact' && value !== 'NotOlderThan')
    return refuse(`Unsupported value: "${value}": supported values: "Exact", "NotOlderThan"`);
  if (resourceVersion === undefined)
    return refuse('Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided');
  if (continueToken !== '')
    return refuse('Forbidden: resourceVersionMatch is forbidden when continue is provided');
  if (value === 'Exact' && resourceVersion === 0)
    return refuse('Forbidden: resourceVersionMatch "Exact" is forbidden for resourceVersion "0"');
  return value;
}

function readInteger(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw badRequest(
      `the query parameter ${name} must be a whole number that is not negative, not "${text}"`,
    );
  return Number(text);
}
