import jsonPatch from 'fast-json-patch';
import type { Operation } from 'fast-json-patch';
import { z } from 'zod';
import { StatusError } from '../cluster/types.ts';
import type { Fields } from './json.ts';
import { isFields } from './json.ts';
import { mergePatch } from './mergePatch.ts';
import { parseJson } from './requestBody.ts';
import type { ServedResource } from './servedResource.ts';
import { badRequest, unsupportedMediaType } from './status.ts';
import { strategicMergePatch } from './strategicMergePatch.ts';
import { notSupported } from './unsupported.ts';

const json = 'application/json-patch+json';
const merge = 'application/merge-patch+json';
const strategic = 'application/strategic-merge-patch+json';
const apply = ['application/apply-patch+yaml', 'application/apply-patch+cbor'];

/**
 * Reads a patch of the given content type; what it returns applies it to an object. Throws StatusError: 415 for a type
 * that this resource does not take, 501 for server-side apply, 400 for a patch that can't be read. Applying it throws
 * 422 when a JSON patch does not fit the object.
 */
export function readPatch(
  contentType: string | undefined,
  body: Buffer | undefined,
  served: ServedResource,
): (object: Fields) => Fields {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (apply.includes(type)) throw notSupported('serverSideApply');
  const supported = [json, merge, ...(served.custom === undefined ? [strategic] : [])];
  if (!supported.includes(type)) throw unsupportedMediaType([...supported, ...apply.slice(0, 1)]);
  const patch = parseJson(body);
  if (type === json) {
    const operations = readOperations(patch);
    return (object) => applyOperations(object, operations);
  }
  if (!isFields(patch)) throw badRequest(`a patch of type ${type} must be a JSON object`);
  return (object) =>
    type === merge ? mergePatch(object, patch) : strategicMergePatch(served.kind, object, patch);
}

const pointer = z.string().regex(/^(?:\/.*)?$/s, 'must be a JSON pointer');
const operationsSchema = z
  .array(
    z.discriminatedUnion('op', [
      z.object({ op: z.enum(['add', 'replace', 'test']), path: pointer, value: z.unknown() }),
      z.object({ op: z.enum(['move', 'copy']), path: pointer, from: pointer }),
      z.object({ op: z.literal('remove'), path: pointer }),
    ]),
  )
  .max(10_000);

function readOperations(patch: unknown): Operation[] {
  const parsed = operationsSchema.safeParse(patch);
  if (!parsed.success) throw badRequest(`the JSON patch can't be read: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function applyOperations(object: Fields, operations: Operation[]): Fields {
  try {
    return jsonPatch.applyPatch(structuredClone(object), operations, true).newDocument;
  } catch (error) {
    if (!(error instanceof jsonPatch.JsonPatchError)) throw error;
    const at = operations[error.index ?? -1];
    const operation = at === undefined ? '' : ` (${at.op} ${at.path})`;
    throw new StatusError(
      422,
      'Invalid',
      `the server rejected our request due to an error in our request: ${error.name}${operation}`,
    );
  }
}
