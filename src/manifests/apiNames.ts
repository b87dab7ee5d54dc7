import { apiVersionOf } from '../checks/removedApis/lifecycles.ts';
import type { ApiFate } from '../checks/removedApis/lifecycles.ts';

/**
 * Says of bytes whether they may hold one of the APIs that are looked for, by names only: an object can't use
 * `policy/v1beta1` unless that text stands in its document. The names that count are the `apiVersion`s; for the core
 * group, whose `v1` is everywhere, the kinds.
 *
 * Why no use can be overlooked. The parser would make a scalar whose value is such a name, which is of letters, digits,
 * dots, dashes and slashes only. Whatever style the scalar has, and whether it is reached directly, by an alias or by a
 * merge key (anchors are of the same document), its characters stand in the document one after another and between
 * others (line folding puts spaces in between, and a name has none), save for
 * - a double-quoted scalar with an escape that can stand for such a character, or that joins lines: {@link mayEscape};
 * - a scalar tagged as binary, which is base64: {@link mayBeBinary}.
 */
export class ApiNames {
  /** The names, each as it must stand between characters that are in no name. */
  readonly #names: ReadonlySet<string>;
  /** What is searched for: fewer strings than names, each contained in all names that it stands for. */
  readonly #needles: readonly Buffer[];

  constructor(fates: readonly ApiFate[]) {
    this.#names = new Set(
      fates.map(({ lifecycle }) => (lifecycle.group === '' ? lifecycle.kind : apiVersionOf(lifecycle))),
    );
    const needles = [...new Set([...this.#names].map(needleOf))];
    this.#needles = needles
      .filter((needle) => !needles.some((other) => other !== needle && needle.includes(other)))
      .map((needle) => Buffer.from(needle));
  }

  /** Whether the parser could make one of the names of these bytes. */
  mayHold(bytes: Buffer): boolean {
    return this.#has(bytes) || mayEscape(bytes) || mayBeBinary(bytes);
  }

  #has(bytes: Buffer): boolean {
    return this.#needles.some((needle) => {
      for (let at = bytes.indexOf(needle); at !== -1;) {
        const end = nameEnd(bytes, at + needle.length);
        if (this.#names.has(bytes.toString('latin1', nameStart(bytes, at), end))) return true;
        // What else is found before its end is within the same name.
        at = bytes.indexOf(needle, end);
      }
      return false;
    });
  }
}

/** `/v1beta` for `policy/v1beta1`: dozens of groups share a few versions, and few other texts have them. */
function needleOf(name: string): string {
  return /\/v\d+(?:alpha|beta)(?=\d+$)/.exec(name)?.[0] ?? name;
}

/** No name of an API is longer: 253 for a group, 63 for a version, and what is longer is cut off here and is none. */
const longestName = 320;

function nameStart(bytes: Buffer, at: number): number {
  let start = at;
  while (start > 0 && at - start < longestName && isNameByte(bytes[start - 1])) start -= 1;
  return start;
}

function nameEnd(bytes: Buffer, at: number): number {
  let end = at;
  while (end < bytes.length && end - at < longestName && isNameByte(bytes[end])) end += 1;
  return end;
}

/**
 * Whether there is a double-quoted scalar in which an escape may stand for a character of a name. Everything before the
 * first such escape is then the quote and characters of the name itself. Of the escapes only `\x`, `\u`, `\U`, `\/` and
 * an escaped line end can (YAML 1.2, 5.7); JSON has two of them.
 */
function mayEscape(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(backslash); at !== -1; at = bytes.indexOf(backslash, at + 1)) {
    if (!escapes.has(bytes[at + 1])) continue;
    let start = at - 1;
    while (start >= 0 && isNameByte(bytes[start])) start -= 1;
    if (bytes[start] === doubleQuote) return true;
  }
  return false;
}

/** The tag is `!!binary`, or in full `!<tag:yaml.org,2002:binary>`; another handle would need a directive. */
function mayBeBinary(bytes: Buffer): boolean {
  return bytes.includes('!!') || bytes.includes('!<') || bytes.includes('%TAG');
}

const backslash = 0x5c;
const doubleQuote = 0x22;
const escapes: ReadonlySet<number | undefined> = new Set(Buffer.from('xuU/\r\n'));

const nameBytes = new Uint8Array(256);
for (const byte of Buffer.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-/'))
  nameBytes[byte] = 1;

function isNameByte(byte: number | undefined): boolean {
  return byte !== undefined && nameBytes[byte] === 1;
}
