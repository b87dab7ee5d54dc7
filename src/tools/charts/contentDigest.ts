import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/**
 * sha-256 (hex) of a chart, a folder or an archive, and of files with values: what helm is given beside what the release
 * holds already. It tells whether that is still what was planned and approved.
 *
 * @throws the file system's error for what can't be read
 */
export async function contentDigest(chart: string, values: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, path] of [...(await filesOf(chart)), ...values.map((path) => [path, path] as const)]) {
    const content = createHash('sha256');
    for await (const part of createReadStream(path)) content.update(part as Buffer);
    // A digest of each, so that no content can pass for the name of the next file.
    hash.update(`${JSON.stringify(name)} ${content.digest('hex')}\n`);
  }
  return hash.digest('hex');
}

/** Files with their names in the chart, in an order that no file system has a say in. */
async function filesOf(chart: string): Promise<(readonly [name: string, path: string])[]> {
  // An archive has another name on each machine.
  if (!(await stat(chart)).isDirectory()) return [['', chart]];
  const entries = await readdir(chart, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(chart, path), path] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1));
}
