import { z } from 'zod';
import { StepladderError } from '../contract/errors.ts';
import type { KubernetesConnection } from './connection.ts';
import { KubernetesStatusError } from './errors.ts';

/** Objects asked for at a time: what kubectl does. It bounds the memory that a kind takes, here and in the API server. */
export const pageSize = 500;

/** Asks for metadata alone; whoever can't give that (an aggregated API server) gives whole objects, of which no more is kept. */
export const metadataOnly =
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;q=0.9';

/** How often a list is begun anew after its continue token has expired. */
const restarts = 3;

const pageSchema = z.object({
  metadata: z.object({ continue: z.string().optional(), resourceVersion: z.string().optional() }).optional(),
  items: z.array(z.unknown()).nullish(),
});

export interface ListOptions {
  /** Value of the Accept header. */
  accept?: string;
  labelSelector?: string;
  fieldSelector?: string;
  signal?: AbortSignal | undefined;
  /** What is listed, for messages: `deployments.apps`. */
  name: string;
  /** Called after each page with the number of objects read so far. */
  onPage?: (objects: number) => void;
  /** Objects a page; for tests. */
  limit?: number;
}

/**
 * Lists all objects under a path, page by page, keeping of each only what the schema takes from it.
 * A continue token that has expired (410) begins the list anew, so that what comes out is one consistent list.
 *
 * @param path of the resource, e.g. `/apis/apps/v1/deployments`
 * @param schema what to keep of one object; a transform may make another shape of it
 * @throws StepladderError as `KubernetesConnection.getJson`; `InternalError` when an object is not of that shape
 */
export async function listObjects<T>(
  connection: KubernetesConnection,
  path: string,
  schema: z.ZodType<T>,
  options: ListOptions,
): Promise<T[]> {
  return (await listWithVersion(connection, path, schema, options)).objects;
}

/** As `listObjects`, with the resourceVersion from which a watch goes on. */
export async function listWithVersion<T>(
  connection: KubernetesConnection,
  path: string,
  schema: z.ZodType<T>,
  options: ListOptions,
): Promise<{ objects: T[]; resourceVersion: string }> {
  for (let restart = 0; ; restart += 1) {
    try {
      return await listOnce(connection, path, schema, options);
    } catch (error) {
      if (!isExpired(error) || restart >= restarts) throw error;
    }
  }
}

async function listOnce<T>(
  connection: KubernetesConnection,
  path: string,
  schema: z.ZodType<T>,
  options: ListOptions,
): Promise<{ objects: T[]; resourceVersion: string }> {
  const objects: T[] = [];
  let resourceVersion = '';
  let next: string | undefined;
  do {
    const answer = await connection.getJson(path, {
      ...(options.accept === undefined ? {} : { accept: options.accept }),
      query: {
        limit: options.limit ?? pageSize,
        continue: next,
        labelSelector: options.labelSelector,
        fieldSelector: options.fieldSelector,
      },
      signal: options.signal,
      what: `list ${options.name}`,
    });
    const page = parse(pageSchema, answer, `a list of ${options.name}`);
    for (const item of page.items ?? []) objects.push(parse(schema, item, `one of ${options.name}`));
    options.onPage?.(objects.length);
    // All pages of a list are of the same moment.
    resourceVersion = page.metadata?.resourceVersion ?? resourceVersion;
    const token = page.metadata?.continue;
    next = token === '' ? undefined : token;
  } while (next !== undefined);
  return { objects, resourceVersion };
}

function isExpired(error: unknown): boolean {
  return (
    error instanceof StepladderError &&
    error.cause instanceof KubernetesStatusError &&
    error.cause.code === 410
  );
}

/**
 * Checks an answer of the Kubernetes API against what is expected of it.
 *
 * @throws StepladderError `InternalError` that names the fields, never their values
 */
export function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, code }) => `${path.join('.') || 'the whole'} (${code})`);
  throw new StepladderError(
    'InternalError',
    `The Kubernetes API answered with ${what} that is not as expected: ${fields.slice(0, 5).join(', ')}. Check that the endpoint is a Kubernetes API.`,
  );
}
