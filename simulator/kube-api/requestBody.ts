import { parse as parseYaml } from 'yaml';
import type { ResourceCall } from './call.ts';
import type { Fields } from './json.ts';
import { isFields } from './json.ts';
import type { ServedResource } from './servedResource.ts';
import { groupVersion } from './servedResource.ts';
import { badRequest, unsupportedMediaType } from './status.ts';

/** The body as JSON. Throws StatusError 400 when it is none. */
export function parseJson(body: Buffer | undefined): unknown {
  if (body === undefined || body.length === 0) throw badRequest('the request has no body');
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw badRequest(
      `the body of the request is not JSON: ${error instanceof Error ? error.message : 'unknown'}`,
    );
  }
}

/** The body as an object in JSON or YAML. Throws StatusError 415 for another content type, 400 when it is no object. */
export function readBody({ body, headers }: Pick<ResourceCall, 'body' | 'headers'>): Fields {
  const type = (headers['content-type'] ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
  const supported = ['application/json', 'application/yaml'];
  if (!supported.includes(type) && type !== '*/*') throw unsupportedMediaType(supported);
  const value = type === 'application/yaml' ? readYaml(body) : parseJson(body);
  if (!isFields(value)) throw badRequest('the body of the request must be an object');
  return value;
}

function readYaml(body: Buffer | undefined): unknown {
  try {
    return parseYaml((body ?? Buffer.alloc(0)).toString('utf8'));
  } catch (error) {
    throw badRequest(
      `the body of the request is not YAML: ${error instanceof Error ? error.message : 'unknown'}`,
    );
  }
}

/**
 * Checks that an object is of the kind and version that the URL speaks of; built-in kinds may leave both out. Throws
 * StatusError 400.
 */
export function requireKind(object: Fields, served: ServedResource, subresource?: string): void {
  const sub = subresource === undefined ? undefined : served.subresourceNames.get(subresource);
  const kind = sub?.kind ?? served.kind;
  const expected = groupVersion({
    group: sub?.group ?? served.group,
    version: sub?.version ?? served.version,
  });
  const { kind: givenKind, apiVersion } = object;
  if (served.custom !== undefined && (givenKind === undefined || apiVersion === undefined))
    throw badRequest(`Object 'Kind' or 'apiVersion' is missing: expected ${kind} of ${expected}`);
  if (apiVersion !== undefined && apiVersion !== expected)
    throw badRequest(
      `the API version in the data (${text(apiVersion)}) does not match the expected API version (${expected})`,
    );
  if (givenKind !== undefined && givenKind !== kind)
    throw badRequest(`the kind in the data (${text(givenKind)}) does not match the expected kind (${kind})`);
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
