import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { reasonOf } from '../../manifests/manifestFiles.ts';
import { toolProblem } from '../problem.ts';
import { inFolder, isAddress, rawAddress, shownAddress } from './manifestsAddress.ts';
import { fetchText } from './manifestsHttp.ts';
import type { HttpLimits } from './manifestsHttp.ts';
import { kustomizationNames, resourcesOf } from './manifestsKustomization.ts';

/** A file of manifests that was read. */
export interface GatheredFile {
  /** Path or address, as it may be shown. */
  source: string;
  text: string;
}

/** What a kustomization may name, with all that those that it names do, before it is taken for a mistake. */
const limits = { files: 500, depth: 10, bytes: 128 * 1024 * 1024 };

/**
 * Reads the manifests that a kustomization names, on disk or by HTTP, and those of the kustomizations that it names, each
 * once.
 *
 * @param location of the kustomization's folder, of it, or of a file of manifests
 * @param fields what kustomizations may say, as `resourcesOf` takes it
 * @throws StepladderError `Unreachable` or `ToolRefused` (`unreachable-source`, `broken-chart`)
 */
export async function gatherManifests(
  location: string,
  http: HttpLimits,
  signal?: AbortSignal,
  fields?: ReadonlySet<string>,
): Promise<GatheredFile[]> {
  const gathering = new Gathering(http, signal, fields);
  await gathering.add(isAddress(location) ? rawAddress(location) : resolve(location), 0);
  return gathering.files;
}

class Gathering {
  readonly files: GatheredFile[] = [];
  readonly #http: HttpLimits;
  readonly #signal: AbortSignal | undefined;
  readonly #seen = new Set<string>();
  readonly #fields: ReadonlySet<string> | undefined;
  #bytes = 0;

  constructor(http: HttpLimits, signal: AbortSignal | undefined, fields: ReadonlySet<string> | undefined) {
    this.#fields = fields;
    this.#http = http;
    this.#signal = signal;
  }

  async add(location: string, depth: number): Promise<void> {
    if (this.#seen.has(location)) return;
    this.#seen.add(location);
    if (depth > limits.depth) {
      throw tooMuch(shown(location), `kustomizations name each other more than ${limits.depth} levels deep`);
    }
    if (isAddress(location)) await this.#addAddress(location, depth);
    else await this.#addPath(location, depth);
  }

  async #addAddress(address: string, depth: number): Promise<void> {
    const { pathname } = new URL(address);
    const named = pathname.slice(pathname.lastIndexOf('/') + 1);
    if (isKustomization(named)) {
      return this.#addKustomization(address, await this.#text(address), depth);
    }
    if (/\.(?:ya?ml|json)$/i.test(named)) {
      this.#keep(address, await this.#text(address));
      return;
    }
    for (const name of kustomizationNames) {
      const inside = inFolder(address, name);
      const text = await fetchText(inside, this.#http, this.#signal);
      if (text !== undefined) return this.#addKustomization(inside, text, depth);
    }
    const text = await fetchText(address, this.#http, this.#signal);
    if (text !== undefined) {
      this.#keep(address, text);
      return;
    }
    throw toolProblem(
      'unreachable-source',
      `There is neither a file nor a kustomization at ${shownAddress(address)}, and folders can't be listed over HTTP.`,
      'Give the address of a YAML file or of a folder with a kustomization.yaml.',
    );
  }

  async #addPath(path: string, depth: number): Promise<void> {
    if (!(await isFolder(path))) {
      const text = await this.#text(path);
      if (isKustomization(path)) await this.#addKustomization(path, text, depth);
      else this.#keep(path, text);
      return;
    }
    const present = new Set(await readdir(path));
    const name = kustomizationNames.find((each) => present.has(each));
    if (name === undefined) {
      throw toolProblem(
        'broken-chart',
        `A kustomization names the folder ${path}, which has no kustomization of its own.`,
        'Name its files, or give it one.',
      );
    }
    const file = join(path, name);
    return this.#addKustomization(file, await this.#text(file), depth);
  }

  async #addKustomization(location: string, text: string, depth: number): Promise<void> {
    this.#seen.add(location);
    for (const named of resourcesOf(text, shown(location), this.#fields)) {
      this.#signal?.throwIfAborted();
      await this.add(relativeTo(location, named), depth + 1);
    }
  }

  #keep(location: string, text: string): void {
    this.#bytes += text.length;
    if (this.files.length >= limits.files)
      throw tooMuch(shown(location), `it is beyond ${limits.files} files`);
    if (this.#bytes > limits.bytes) {
      throw tooMuch(shown(location), `it is beyond ${limits.bytes / 1024 / 1024} MiB altogether`);
    }
    this.files.push({ source: shown(location), text });
  }

  async #text(location: string): Promise<string> {
    if (!isAddress(location)) return readManifest(location, this.#http.largest);
    const text = await fetchText(location, this.#http, this.#signal);
    if (text !== undefined) return text;
    throw toolProblem(
      'unreachable-source',
      `There is nothing at ${shownAddress(location)} (404).`,
      'Check the address and the version in it.',
    );
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function readManifest(path: string, largest: number): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > largest) throw tooMuch(path, `it is beyond ${largest / 1024 / 1024} MiB`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'type' in error) throw error;
    throw unreadable(path, error);
  }
}

function isKustomization(path: string): boolean {
  return kustomizationNames.some((name) => path === name || path.endsWith(`/${name}`));
}

/** What a kustomization names is beside it; one that was fetched names nothing on the worker's disk. */
function relativeTo(kustomization: string, named: string): string {
  if (isAddress(named)) return rawAddress(named);
  return isAddress(kustomization)
    ? inFolder(new URL('.', kustomization).href + new URL(kustomization).search, named)
    : resolve(kustomization, '..', named);
}

function shown(location: string): string {
  return isAddress(location) ? shownAddress(location) : location;
}

function unreadable(path: string, error: unknown): Error {
  return toolProblem(
    'unreachable-source',
    `The manifests at ${path} can't be read on the worker: ${reasonOf(error)}.`,
    'Check the path; it is looked up where the worker runs.',
    { cause: error },
  );
}

function tooMuch(source: string, why: string): Error {
  return toolProblem(
    'broken-chart',
    `${source} is not read: ${why}.`,
    'Give fewer manifests: the CRDs alone.',
  );
}
