import { ignoreAnnotation, readIgnoreAnnotation } from '../checks/ignoring/annotation.ts';
import { groupAndVersionOf, lookUpApis } from '../checks/removedApis/lifecycles.ts';
import type { ApiLookup } from '../checks/removedApis/lifecycles.ts';
import type { ApiUse, ManifestProblem } from '../checks/removedApis/types.ts';
import { ApiNames } from './apiNames.ts';
import { documentRanges, linesBefore } from './documents.ts';
import type { DocumentRange } from './documents.ts';
import { textOf } from './encoding.ts';
import type { TextBytes } from './encoding.ts';
import type { ManifestScanOptions } from './options.ts';
import { readDocument } from './readDocument.ts';
import type { LocatedObject } from './readDocument.ts';

/**
 * Scans texts one after another. A document is parsed when it may hold what is looked for ({@link ApiNames} says why
 * others can't), when it shows by a glance that it is no YAML, and when all shall be parsed.
 */
export class ManifestScanner {
  readonly uses: ApiUse[] = [];
  readonly problems: ManifestProblem[] = [];
  /** Documents that are manifests. */
  documents = 0;
  /** Documents and files that may hold what is looked for, and could not be read. */
  unread = 0;
  readonly #lookup: ApiLookup;
  readonly #names: ApiNames;
  readonly #options: ManifestScanOptions;

  constructor(options: ManifestScanOptions) {
    this.#options = options;
    this.#lookup = lookUpApis(options.tables, options.from, options.to);
    this.#names = new ApiNames(this.#lookup.fates);
  }

  /**
   * @param place where the bytes are from; of a manifest its line is the line at which they begin
   * @param name what problems call it
   */
  scan(raw: Buffer, place: ApiUse['place'], name: string): void {
    const text = textOf(raw);
    if (text === undefined) {
      this.unreadable(name, 'It is no text: it has bytes that no YAML or JSON has.');
      return;
    }
    if (text.problem !== undefined) this.problems.push({ file: name, problem: text.problem });
    let nextManifest = -1;
    for (const range of documentRanges(text.bytes)) {
      const bytes = text.bytes.subarray(range.start, range.end);
      const mayHold = this.#names.mayHold(bytes);
      if (mayHold || this.#options.parseAll === true || looksBroken(bytes)) {
        if (this.#read(text, range, mayHold, place, name)) this.documents += 1;
        continue;
      }
      if (nextManifest < range.start) {
        const at = text.bytes.indexOf(apiVersion, range.start);
        nextManifest = at === -1 ? Infinity : at;
      }
      if (nextManifest < range.end) this.documents += 1;
    }
  }

  /** A file or folder of which nothing can be told. */
  unreadable(file: string, problem: string): void {
    this.problems.push({ file, problem });
    this.unread += 1;
  }

  /** Parses one range; says whether there is a manifest in it. */
  #read(
    { bytes, encoding }: TextBytes,
    { start, end }: DocumentRange,
    mayHold: boolean,
    place: ApiUse['place'],
    name: string,
  ): boolean {
    const { objects, problems } = readDocument(bytes.toString(encoding, start, end));
    if (problems.length === 0 && objects.length === 0) return false;
    const before = (place.kind === 'manifest' ? place.line : 1) - 1 + linesBefore(bytes, start);
    for (const { line, problem } of problems)
      this.problems.push({ file: name, line: before + line, problem });
    if (problems.length > 0 && mayHold) this.unread += 1;
    for (const object of objects) {
      const use = this.#useOf(
        object,
        place.kind === 'manifest' ? { ...place, line: before + object.line } : place,
      );
      if (use !== undefined) this.uses.push(use);
    }
    return objects.length > 0;
  }

  #useOf(object: LocatedObject, place: ApiUse['place']): ApiUse | undefined {
    const { apiVersion, kind, name = '(no name)', namespace, ignore } = object;
    const ignored = readIgnoreAnnotation({ [ignoreAnnotation]: ignore }, 'removed-apis');
    const api = { ...groupAndVersionOf(apiVersion), kind };
    const fate = this.#lookup.fateOf(api);
    if (fate === undefined) return undefined;
    const { resource } = fate.lifecycle;
    return {
      ...api,
      ...(resource === undefined ? {} : { resource }),
      object: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) },
      place,
      observedAt: this.#options.observedAt,
      ...(ignored === undefined ? {} : { ignored }),
    };
  }
}

const apiVersion = Buffer.from('apiVersion');
const conflict = Buffer.from('\n<<<<<<< ');
const template = Buffer.from('\n{{');
const tab = Buffer.from('\n\t');

/**
 * What people leave in files, told by a glance: a merge that was not finished, a template, a line that is indented by a
 * tab (which JSON may be). Such a document is parsed so that it can be named, also where it can't hold what is looked
 * for; others that are no YAML go unnoticed there.
 */
function looksBroken(bytes: Buffer): boolean {
  if (bytes.includes(conflict) || bytes.includes(template)) return true;
  return bytes.includes(tab) && !/^\s*[{[]/.test(bytes.toString('latin1', 0, 200));
}
