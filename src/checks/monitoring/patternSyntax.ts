/** A part of a regular expression. */
export type PatternNode =
  | { kind: 'character'; accepts: (character: string) => boolean }
  | { kind: 'sequence'; parts: PatternNode[] }
  | { kind: 'choice'; parts: PatternNode[] }
  | { kind: 'repeat'; part: PatternNode; least: number; most: number };

type Accepts = (character: string) => boolean;

/** RE2 refuses more repetitions, and nobody nests groups so deep. */
const maximumRepeat = 1_000;
const maximumDepth = 100;

const classes: Readonly<Record<string, Accepts>> = {
  d: (character) => /[0-9]/.test(character),
  w: (character) => /[0-9A-Za-z_]/.test(character),
  s: (character) => /[\t\n\f\r ]/.test(character),
};
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v' };

class Unsupported extends Error {}

/**
 * Reads the part of RE2's syntax that is used for names: characters, `.`, classes, groups (also `(?:…)` and named
 * ones), `(?i)` at the beginning, choices, all repetitions (greedy or not is the same to a whole match), `^` and `$`
 * at the ends.
 *
 * @returns undefined for anything else
 */
export function parsePattern(pattern: string): PatternNode | undefined {
  try {
    return new Reader(pattern).read();
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

class Reader {
  readonly #text: readonly string[];
  #at = 0;
  #depth = 0;
  #foldCase = false;

  constructor(pattern: string) {
    this.#text = Array.from(pattern);
  }

  read(): PatternNode {
    if (this.#take('(?i)')) this.#foldCase = true;
    const node = this.#choice();
    if (this.#at < this.#text.length) throw new Unsupported();
    return node;
  }

  #choice(): PatternNode {
    this.#depth += 1;
    if (this.#depth > maximumDepth) throw new Unsupported();
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    this.#depth -= 1;
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'choice', parts };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek()) {
      // The whole expression is anchored anyway; in its middle an anchor would match nothing.
      if (next === '^' && this.#at === 0) this.#at += 1;
      else if (next === '$' && this.#at === this.#text.length - 1) this.#at += 1;
      else parts.push(this.#repeated(this.#atom()));
    }
    return { kind: 'sequence', parts };
  }

  #repeated(atom: PatternNode): PatternNode {
    const bounds = this.#bounds();
    if (bounds === undefined) return atom;
    this.#take('?');
    const next = this.#peek();
    if (next === '*' || next === '+' || next === '?') throw new Unsupported();
    return { kind: 'repeat', part: atom, ...bounds };
  }

  #bounds(): { least: number; most: number } | undefined {
    if (this.#take('*')) return { least: 0, most: Infinity };
    if (this.#take('+')) return { least: 1, most: Infinity };
    if (this.#take('?')) return { least: 0, most: 1 };
    if (this.#peek() !== '{') return undefined;
    const rest = this.#text.slice(this.#at, this.#at + 12).join('');
    const match = /^\{(\d+)(,(\d*))?\}/.exec(rest);
    // RE2 reads a brace that is no repetition as itself.
    if (match === null) return undefined;
    this.#at += match[0].length;
    const least = Number(match[1]);
    const most = match[2] === undefined ? least : match[3] === '' ? Infinity : Number(match[3]);
    if (most < least || least > maximumRepeat || (most !== Infinity && most > maximumRepeat)) {
      throw new Unsupported();
    }
    return { least, most };
  }

  #atom(): PatternNode {
    const next = this.#next();
    switch (next) {
      case '(':
        return this.#group();
      case '[':
        return { kind: 'character', accepts: this.#bracket() };
      case '.':
        return { kind: 'character', accepts: () => true };
      case '\\':
        return { kind: 'character', accepts: this.#escape() };
      case '*':
      case '+':
      case '?':
      case '^':
      case '$':
        throw new Unsupported();
      default:
        return { kind: 'character', accepts: this.#literal(next) };
    }
  }

  #group(): PatternNode {
    if (this.#take('?')) {
      if (this.#take('P<') || this.#take('<')) {
        while (this.#next() !== '>');
      } else if (!this.#take(':')) throw new Unsupported();
    }
    const inner = this.#choice();
    if (!this.#take(')')) throw new Unsupported();
    return inner;
  }

  #escape(): Accepts {
    const next = this.#next();
    const named = classes[next.toLowerCase()];
    if (named !== undefined && next !== next.toLowerCase()) return (character) => !named(character);
    if (named !== undefined) return named;
    const control = escapes[next];
    if (control !== undefined) return this.#literal(control);
    // Assertions, Unicode classes, numbers of code points: nothing that a name needs.
    if (/[0-9A-Za-z]/.test(next)) throw new Unsupported();
    return this.#literal(next);
  }

  #bracket(): Accepts {
    const negated = this.#take('^');
    const accepted: Accepts[] = [];
    for (let first = true; ; first = false) {
      const next = this.#next();
      if (next === ']' && !first) break;
      if (next === '[' && this.#peek() === ':') throw new Unsupported();
      if (next === '\\') {
        accepted.push(this.#escape());
        continue;
      }
      const isRange = this.#peek() === '-' && this.#text[this.#at + 1] !== ']';
      if (!isRange) {
        accepted.push(this.#literal(next));
        continue;
      }
      this.#at += 1;
      const last = this.#next();
      if (last === '\\' || last < next) throw new Unsupported();
      accepted.push((character) => this.#folded(character).some((each) => next <= each && each <= last));
    }
    return (character) => accepted.some((accepts) => accepts(character)) !== negated;
  }

  #literal(expected: string): Accepts {
    return (character) => this.#folded(character).includes(expected);
  }

  #folded(character: string): string[] {
    return this.#foldCase ? [character.toLowerCase(), character.toUpperCase()] : [character];
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #next(): string {
    const next = this.#text[this.#at];
    if (next === undefined) throw new Unsupported();
    this.#at += 1;
    return next;
  }

  #take(text: string): boolean {
    if (this.#text.slice(this.#at, this.#at + text.length).join('') !== text) return false;
    this.#at += text.length;
    return true;
  }
}
