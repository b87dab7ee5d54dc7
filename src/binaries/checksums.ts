import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const fileName = 'checksums.json';

interface Sum {
  /** Hexadecimal. */
  sha256: string;
  bytes: number;
  modifiedMs: number;
}

/** The sha-256 of a file, hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Writes down the sha-256 of programs in a folder, beside them. */
export async function writeChecksums(folder: string, programs: readonly string[]): Promise<void> {
  const sums: Record<string, Sum> = {};
  for (const program of programs) sums[program] = await sumOf(join(folder, program));
  await writeFile(join(folder, fileName), `${JSON.stringify(sums, null, 2)}\n`);
}

/**
 * What is wrong with the programs of a folder, or undefined. 270 MB take a second to hash, so a file of the same size
 * and time of change is believed to be the same; any other is hashed.
 */
export async function damageOf(folder: string, programs: readonly string[]): Promise<string | undefined> {
  let sums: Partial<Record<string, Sum>>;
  try {
    sums = JSON.parse(await readFile(join(folder, fileName), 'utf8')) as Partial<Record<string, Sum>>;
  } catch {
    return `${join(folder, fileName)} is missing or damaged`;
  }
  for (const program of programs) {
    const path = join(folder, program);
    const sum = sums[program];
    let present: { size: number; mtimeMs: number };
    try {
      present = await stat(path);
    } catch {
      return `${path} is missing`;
    }
    if (present.size === sum?.bytes && present.mtimeMs === sum.modifiedMs) continue;
    if (sum === undefined || (await sha256Of(path)) !== sum.sha256)
      return `${path} is not what was put there (its sha-256 differs)`;
  }
  return undefined;
}

async function sumOf(path: string): Promise<Sum> {
  const { size, mtimeMs } = await stat(path);
  return { sha256: await sha256Of(path), bytes: size, modifiedMs: mtimeMs };
}
