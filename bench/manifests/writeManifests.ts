import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  alerts,
  broken,
  configMap,
  customResourceDefinition,
  dashboard,
  deployment,
  deploymentInJson,
  removed,
  role,
  service,
  words,
} from './documents.ts';
import { SeededRandom } from './random.ts';

/** What was written. */
export interface WrittenManifests {
  files: number;
  bytes: number;
  documents: number;
  /** Files with one object in a removed version. */
  removed: number;
  /** Files that are no YAML. */
  broken: number;
}

const filesInFolder = 20;

/**
 * Writes manifest files as companies have them: from 1 to 200 KB, most of them small, in folders of 20, one document
 * or many in each. The same seed writes the same files.
 *
 * @param options.removed how many of the files have one object in a removed version
 * @param options.broken how many can't be parsed
 */
export function writeManifests(
  folder: string,
  options: { files: number; removed: number; broken: number; seed: number },
): WrittenManifests {
  const random = new SeededRandom(options.seed);
  const written: WrittenManifests = { files: 0, bytes: 0, documents: 0, removed: 0, broken: 0 };
  const removedEvery = Math.floor(options.files / Math.max(options.removed, 1));
  const brokenEvery = Math.floor(options.files / Math.max(options.broken, 1));
  for (let index = 0; index < options.files; index += 1) {
    const team = words[Math.floor(index / filesInFolder) % words.length] ?? 'team';
    const inside = join(folder, team, `app-${Math.floor(index / filesInFolder)}`);
    if (index % filesInFolder === 0) mkdirSync(inside, { recursive: true });
    const name = `${team}-${index}`;
    const asJson = random.next() < 0.05;
    const documents = asJson ? [deploymentInJson(name, team, random)] : documentsOf(name, team, random);
    const isRemoved = index % removedEvery === removedEvery - 1 && written.removed < options.removed;
    const isBroken = !isRemoved && index % brokenEvery === brokenEvery - 2 && written.broken < options.broken;
    if (isRemoved) {
      if (asJson) documents.splice(0, 1, removed(name, team, random));
      else documents.splice(random.between(0, documents.length), 0, removed(name, team, random));
      written.removed += 1;
    } else if (isBroken) {
      documents.splice(0, documents.length, broken(name, random));
      written.broken += 1;
    }
    const text = documents.join('---\n');
    writeFileSync(join(inside, `${name}.${asJson && !isRemoved && !isBroken ? 'json' : 'yaml'}`), text);
    written.files += 1;
    written.documents += documents.length;
    written.bytes += Buffer.byteLength(text);
  }
  return written;
}

/** Documents up to a size that is drawn first: mostly a few KB, seldom up to 200. */
function documentsOf(name: string, namespace: string, random: SeededRandom): string[] {
  const size = 1000 * 200 ** (random.next() ** 13);
  const documents: string[] = [];
  for (let length = 0; length < size;) {
    const left = size - length;
    const document = random.oneOf([
      () => deployment(name, namespace, random),
      () => deployment(name, namespace, random),
      () => service(name, namespace),
      () => service(name, namespace),
      () => role(name, namespace),
      () => alerts(name, namespace, random),
      () => configMap(name, namespace, random, Math.min(left, 12_000)),
      () => dashboard(name, namespace, random, Math.min(left, 24_000)),
      () => customResourceDefinition(name, random, Math.min(left, 60_000)),
    ])();
    documents.push(document);
    length += document.length;
  }
  return documents;
}
