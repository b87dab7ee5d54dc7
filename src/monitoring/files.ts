import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { readText } from './documents.ts';
import type { Wanted } from './documents.ts';
import { addContents, emptyContents } from './expressionUse.ts';
import type { SourceContents } from './expressionUse.ts';
import { asked, failed } from './sourceResult.ts';
import type { SourceResult } from './sourceResult.ts';

/** Files of one folder that are read: more is told, not read. */
const maximumFiles = 20_000;
const maximumBytes = 16 * 1024 * 1024;

const extensions: Readonly<Record<Wanted, ReadonlySet<string>>> = {
  rules: new Set(['.yaml', '.yml', '.json', '.rules', '.rule']),
  dashboards: new Set(['.json', '.yaml', '.yml']),
};

const names: Readonly<Record<Wanted, string>> = { rules: 'rules', dashboards: 'dashboards' };

export interface FileOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((read: { source: string; count: number }) => void) | undefined;
}

/**
 * Reads a file, or all files of a folder whose names end as such files do. Links to files are followed, links to
 * folders only where they lead somewhere new, so that a loop ends.
 *
 * @throws the signal's reason when that was aborted
 */
export async function readPath(path: string, wanted: Wanted, options: FileOptions): Promise<SourceResult> {
  const found: string[] = [];
  try {
    const isFolder = (await stat(path)).isDirectory();
    if (isFolder) await listFiles(path, wanted, { found, visited: new Set(), ...options });
    else found.push(path);
  } catch (error) {
    options.signal?.throwIfAborted();
    return failed(path, reasonOf(error));
  }
  const contents = emptyContents();
  for (const file of found.slice(0, maximumFiles)) {
    options.signal?.throwIfAborted();
    addContents(contents, await readFileContents(file, wanted));
    options.onProgress?.({ source: path, count: contents.count });
  }
  if (found.length > maximumFiles) {
    return { source: path, contents, state: 'partial', why: `it holds more than ${maximumFiles} files` };
  }
  return asked(path, contents, names[wanted]);
}

async function listFiles(
  folder: string,
  wanted: Wanted,
  walk: { found: string[]; visited: Set<string> } & FileOptions,
): Promise<void> {
  walk.signal?.throwIfAborted();
  const real = await realpath(folder);
  if (walk.visited.has(real)) return;
  walk.visited.add(real);
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
    if (walk.found.length > maximumFiles) return;
    // Hidden ones are an editor's, Git's, or the real place of a mounted ConfigMap's files.
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    const type = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
    if (type?.isDirectory() === true) await listFiles(path, wanted, walk);
    else if (type?.isFile() === true && extensions[wanted].has(extname(entry.name).toLowerCase())) {
      walk.found.push(path);
    }
  }
}

async function readFileContents(path: string, wanted: Wanted): Promise<SourceContents> {
  try {
    const text = await readBounded(path);
    if (text !== undefined) return readText(text, wanted, path);
    return problem(path, 'it is larger than 16 MB');
  } catch (error) {
    return problem(path, reasonOf(error));
  }
}

/** Undefined when it is too large; a pipe or a device that never ends is so, too. */
async function readBounded(path: string): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  const stream: AsyncIterable<Buffer> = createReadStream(path);
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > maximumBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}

function problem(source: string, what: string): SourceContents {
  return { ...emptyContents(), problems: [{ source, problem: what }] };
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EACCES':
    case 'EPERM':
      return 'it may not be read';
    default:
      return `it can't be read (${typeof code === 'string' ? code : 'unknown error'})`;
  }
}
