import envPaths from 'env-paths';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { StepladderError } from '../contract/errors.ts';
import { keyOfPath, pathOfKey } from './keyPath.ts';
import type { EvidenceStore } from './store.ts';

/** Bytes that are gathered before they are written. */
const chunkBytes = 256 * 1024;

const suffixes = { value: '.json', lines: '.jsonl' } as const;

/** Where evidence is kept: `STEPLADDER_EVIDENCE`, or the user's data folder as the system has it. */
export function evidenceFolder(env: Readonly<Record<string, string | undefined>>): string {
  const set = env['STEPLADDER_EVIDENCE'];
  return set === undefined || set === ''
    ? join(envPaths('stepladder', { suffix: '' }).data, 'evidence')
    : resolve(set);
}

/**
 * An evidence store in a folder that only its owner may enter. A file appears whole or not at all, also when the
 * machine stops in between. Trouble with the disk is a `ServerError`, which is tried again; what is not there or was
 * changed is an `InternalError`.
 */
export function openFolderStore(folder: string): EvidenceStore {
  const pathTo = (key: string, kind: keyof typeof suffixes) =>
    join(folder, ...pathOfKey(key)) + suffixes[kind];

  return {
    async write(name, key, value, count) {
      const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
      const sha256 = await writeWhole(folder, pathTo(key, 'value'), async (file) => {
        await file.writeFile(bytes);
        return createHash('sha256').update(bytes).digest('hex');
      });
      return { name, key, sha256, count };
    },

    async writeLines(name, key, entries) {
      let count = 0;
      const sha256 = await writeWhole(folder, pathTo(key, 'lines'), async (file) => {
        const hash = createHash('sha256');
        let gathered = '';
        const flush = async () => {
          const bytes = Buffer.from(gathered);
          gathered = '';
          hash.update(bytes);
          await file.appendFile(bytes);
        };
        for await (const entry of entries) {
          gathered += `${JSON.stringify(entry)}\n`;
          count += 1;
          if (gathered.length >= chunkBytes) await flush();
        }
        await flush();
        return hash.digest('hex');
      });
      return { name, key, sha256, count };
    },

    async read(reference) {
      let bytes: Buffer;
      try {
        bytes = await readFile(pathTo(reference.key, 'value'));
      } catch (error) {
        throw unreadable(error, reference.key, folder);
      }
      checkHash(reference, createHash('sha256').update(bytes).digest('hex'));
      const value: unknown = JSON.parse(bytes.toString('utf8'));
      return value;
    },

    async *readLines(reference) {
      const hash = createHash('sha256');
      const stream = createReadStream(pathTo(reference.key, 'lines'));
      stream.on('data', (chunk) => hash.update(chunk));
      try {
        for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
          const entry: unknown = JSON.parse(line);
          yield entry;
        }
      } catch (error) {
        throw unreadable(error, reference.key, folder);
      } finally {
        stream.destroy();
      }
      checkHash(reference, hash.digest('hex'));
    },

    async list(prefix) {
      const keys: string[] = [];
      let entries;
      try {
        entries = await readdir(folder, { recursive: true, withFileTypes: true });
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return [];
        throw unreadable(error, prefix, folder);
      }
      for (const entry of entries) {
        if (!entry.isFile() || entry.name.startsWith('.')) continue;
        const name = entry.name.replace(/\.jsonl?$/, '');
        if (name === entry.name) continue;
        const parents = entry.parentPath
          .slice(folder.length)
          .split(/[\\/]/)
          .filter((part) => part !== '');
        keys.push(keyOfPath([...parents, name]));
      }
      return keys.filter((key) => key.startsWith(prefix)).sort();
    },
  };
}

/** Writes beside the file, brings it to the disk, and puts it in place at once. */
async function writeWhole(
  folder: string,
  path: string,
  write: (file: FileHandle) => Promise<string>,
): Promise<string> {
  const parent = dirname(path);
  const temporary = join(parent, `.${randomUUID()}.tmp`);
  try {
    await mkdir(parent, { recursive: true, mode: 0o700 });
    const file = await open(temporary, 'wx', 0o600);
    let result: string;
    try {
      result = await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(parent);
    return result;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const code = codeOf(error);
    // Only the disk's own trouble has a code; what the entries' source threw goes on as it is.
    if (code === undefined || error instanceof StepladderError || syscallOf(error) === undefined) throw error;
    throw new StepladderError(
      'ServerError',
      `Evidence can't be written to ${folder} (${code}). Make room or mend its permissions, or set STEPLADDER_EVIDENCE to another folder.`,
      { code },
    );
  }
}

/** Without this a rename may be lost when the machine stops. Some systems can't sync folders: then it is left. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}

function checkHash(reference: { key: string; sha256?: string }, sha256: string): void {
  if (reference.sha256 === undefined || reference.sha256 === sha256) return;
  throw new StepladderError(
    'InternalError',
    `The evidence ${reference.key} is not what was written: its sha-256 is ${sha256} and should be ${reference.sha256}. Somebody or something has changed the file.`,
  );
}

function unreadable(error: unknown, key: string, folder: string): unknown {
  const code = codeOf(error);
  if (code === 'ENOENT') {
    return new StepladderError(
      'InternalError',
      `The evidence ${key} is not in ${folder}. If it was written by a worker on another machine, give both the same folder with STEPLADDER_EVIDENCE.`,
    );
  }
  if (code === undefined || syscallOf(error) === undefined) return error;
  return new StepladderError(
    'ServerError',
    `The evidence ${key} can't be read from ${folder} (${code}). Mend the folder's permissions or its disk.`,
    { code },
  );
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Errors of the file system name the call that failed; those of sockets do too, but those have been classified. */
function syscallOf(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && typeof error.syscall === 'string'
    ? error.syscall
    : undefined;
}
