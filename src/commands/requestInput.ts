import { createReadStream } from 'node:fs';
import { StepladderError } from '../contract/errors.ts';
import { maxRequestBytes, readRequest, tooLarge } from '../contract/request.ts';
import type { Request } from '../contract/request.ts';
import { UsageError } from './exitCodes.ts';
import { givenFlags } from './requestFlags.ts';
import type { Terminal } from './terminal.ts';

/** A request that has been checked before anything else is done. */
export interface GivenRequest {
  /** As the person wrote it: this is sent, so that the worker's release fills in the defaults. */
  written: Record<string, unknown>;
  /** Checked, with our own defaults. */
  checked: Request & { targetVersion: string };
}

/**
 * The request of `start` and `plan`, from flags and `--input`, checked as the worker will check it.
 *
 * @throws UsageError the file can't be used, or it and a flag set the same field
 * @throws StepladderError `InvalidInput`: too large, or problems, each by its path
 */
export async function requestOf(
  options: Readonly<Record<string, unknown>>,
  terminal: Pick<Terminal, 'standardInput'>,
): Promise<GivenRequest> {
  const { input } = options;
  const file = typeof input === 'string' ? await readInput(input, terminal) : {};
  const written = mergeFlags(file, options);
  const checked = readRequest('upgradeCluster', written);
  const { targetVersion } = checked;
  // The schema of upgradeCluster demands it.
  if (targetVersion === undefined) throw new UsageError('targetVersion: is missing');
  return { written, checked: { ...checked, targetVersion } };
}

/**
 * Puts what flags say into the request of the file. A field that both set is refused: which of the two is meant would
 * be a guess.
 *
 * @throws UsageError naming each such field
 */
export function mergeFlags(
  file: Readonly<Record<string, unknown>>,
  options: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged = structuredClone(file) as Record<string, unknown>;
  const conflicts: string[] = [];
  for (const { flag, value } of givenFlags(options)) {
    if (valueAt(file, flag.path) === undefined) setAt(merged, flag.path, value);
    else conflicts.push(`  ${flag.flags.split(' ')[0] ?? ''} and ${flag.path.join('.')}`);
  }
  if (conflicts.length > 0) {
    throw new UsageError(
      `Flags and the request of --input set the same fields; give each once:\n${conflicts.join('\n')}`,
    );
  }
  return merged;
}

async function readInput(
  path: string,
  terminal: Pick<Terminal, 'standardInput'>,
): Promise<Record<string, unknown>> {
  const name = path === '-' ? 'standard input' : path;
  const text = await readWithinLimit(path === '-' ? terminal.standardInput() : createReadStream(path), name);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `${name} is not JSON: ${error instanceof Error ? error.message : String(error)}. A request is one JSON object, such as {"cluster":{"name":"prod"},"targetVersion":"1.33"}.`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(
      `${name} holds no JSON object. A request is one, such as {"cluster":{"name":"prod"},"targetVersion":"1.33"}.`,
    );
  }
  return value as Record<string, unknown>;
}

/** Reads everything, but keeps no more than a request may have: what is too large is measured and refused. */
async function readWithinLimit(stream: AsyncIterable<unknown>, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      const buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk as Uint8Array);
      bytes += buffer.length;
      if (bytes <= maxRequestBytes) chunks.push(buffer);
    }
  } catch (error) {
    throw new UsageError(`${name} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (bytes > maxRequestBytes) throw new StepladderError('InvalidInput', tooLarge(bytes), { bytes });
  return Buffer.concat(chunks).toString('utf8');
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined),
    value,
  );
}

/** Leaves a part that is no object as it is, for the schema to complain about. */
function setAt(record: Record<string, unknown>, path: readonly [string, ...string[]], value: unknown): void {
  const [key, ...rest] = path;
  const [next, ...further] = rest;
  if (next === undefined) {
    record[key] = value;
    return;
  }
  record[key] ??= {};
  const inner = record[key];
  if (isRecord(inner)) setAt(inner, [next, ...further], value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
