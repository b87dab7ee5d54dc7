import { SeededRandom } from '../../bench/manifests/random.ts';

/** A text of documents that are written in every way that YAML has, with what stands in it. */
export interface TrickyText {
  bytes: Buffer;
  /** `apiVersion kind` of every object that uses a removed API, in order; undefined where that is not known. */
  uses: string[] | undefined;
}

/** An apiVersion and a kind. */
type Api = readonly [string, string];

const removed: readonly [Api, ...Api[]] = [
  ['policy/v1beta1', 'PodDisruptionBudget'],
  ['flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema'],
  ['extensions/v1beta1', 'Ingress'],
  ['v1', 'Endpoints'],
];
/** The last ones look like what is removed. */
const staying: readonly [Api, ...Api[]] = [
  ['apps/v1', 'Deployment'],
  ['v1', 'ConfigMap'],
  ['networking.istio.io/v1beta1', 'Gateway'],
  ['xpolicy/v1beta1', 'PodDisruptionBudget'],
  ['policy/v1beta10', 'PodDisruptionBudget'],
  ['policy/v1beta1 ', 'PodDisruptionBudget'],
  ['policy/v1', 'PodDisruptionBudget'],
];

/** Makes texts, the same ones for the same seed. */
export class TrickyTexts {
  readonly #random: SeededRandom;
  #anchors = 0;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  next(): TrickyText {
    const uses: string[] = [];
    let text = this.#chance(0.1) ? '# a comment\n' : '';
    const count = this.#random.between(1, 4);
    for (let index = 0; index < count; index += 1) {
      const before = text;
      text += this.#document(index, uses);
      // One JSON object after another is no YAML, and YAML's mark of an end means nothing there.
      if (before.endsWith('}}\n')) text = before + text.slice(before.length).replace(/^\.\.\.\n/, '');
    }
    if (this.#chance(0.1)) text = text.replaceAll('\n', '\r\n');
    const damaged = this.#chance(0.35);
    if (damaged) text = this.#damage(text);
    // A file with directives is parsed as a whole, and then JSON objects one after another are no YAML.
    const isMixed = text.includes('%TAG') && text.includes('"metadata"');
    return { bytes: this.#encode(text), uses: damaged || isMixed ? undefined : uses };
  }

  #document(index: number, uses: string[]): string {
    const body = this.#random.oneOf([
      () => this.#block(uses),
      () => this.#block(uses),
      () => this.#flow(uses),
      () => this.#json(uses),
      () => this.#list(uses),
      () => this.#merged(uses),
      () => this.#directed(uses),
      () => this.#mention(),
    ])();
    if (body.startsWith('%')) return index === 0 ? body : `...\n${body}`;
    const mark = this.#random.oneOf(['---\n', '---\n', '--- # policy/v1\n', '---\t\n', '...\n---\n']);
    return index === 0 && this.#chance(0.5) ? body : mark + body;
  }

  #block(uses: string[]): string {
    const { apiVersion, kind } = this.#api(uses);
    const anchored: string[] = [];
    const lines = [
      `${this.#key('apiVersion')} ${this.#scalar(apiVersion, anchored, true)}`,
      `${this.#key('kind')} ${this.#scalar(kind, anchored, true)}`,
      `metadata: {name: ${this.#scalar('a', [], false)}}`,
      `data:\n  text: |\n    if [ ! -f "x" ]; then echo "a\\n"; fi # policy\\/v1beta1\n    apiVersion: nothing`,
    ];
    if (this.#chance(0.5)) lines.reverse();
    // An alias may only follow its anchor.
    return `${[...anchored, ...lines].join('\n')}\n`;
  }

  #flow(uses: string[]): string {
    const { apiVersion, kind } = this.#api(uses);
    const anchored: string[] = [];
    const entries = [
      `${this.#flowKey('apiVersion')}: ${this.#scalar(apiVersion, anchored, false)}`,
      `${this.#flowKey('kind')}: ${this.#scalar(kind, anchored, false)}`,
    ].join(this.#random.oneOf([', ', ',\n  ', ' ,\n\t']));
    return `{${[...anchored, entries].join(', ')}}\n`;
  }

  #json(uses: string[]): string {
    const objects = Array.from({ length: this.#random.between(1, 2) }, () => {
      const { apiVersion, kind } = this.#api(uses);
      return `{"kind":\t${this.#jsonString(kind)},\n\t"apiVersion": ${this.#jsonString(apiVersion)}, "metadata": {"name": "}\\"{"}}`;
    });
    return `${objects.join(this.#random.oneOf(['', '\n', ' ']))}\n`;
  }

  #list(uses: string[]): string {
    const items = Array.from({ length: this.#random.between(0, 3) }, () => {
      const { apiVersion, kind } = this.#api(uses);
      return `- kind: ${this.#scalar(kind, [], false)}\n  apiVersion: ${this.#scalar(apiVersion, [], false)}\n`;
    });
    return `apiVersion: v1\nkind: List\nitems:${items.length === 0 ? ' []' : ''}\n${items.join('')}`;
  }

  #merged(uses: string[]): string {
    const { apiVersion, kind } = this.#api(uses);
    const base = `{apiVersion: ${this.#scalar(apiVersion, [], false)}, kind: Nothing}`;
    const merge = this.#random.oneOf(['*base', '[*base]', '[{x: y}, *base]']);
    return `base: &base ${base}\nkind: ${this.#scalar(kind, [], false)}\n<<: ${merge}\n`;
  }

  /** A tag's handle that is declared before the document. */
  #directed(uses: string[]): string {
    const { apiVersion, kind } = this.#api(uses);
    const [handle, suffix] = this.#random.oneOf<readonly [string, string]>([
      ['tag:yaml.org,2002:', 'binary'],
      ['tag:yaml.org,2002:bin', 'ary'],
    ]);
    const encoded = Buffer.from(apiVersion).toString('base64');
    return `%TAG !e! ${handle}\n---\napiVersion: !e!${suffix} ${encoded}\nkind: ${kind}\n`;
  }

  /** What is no object, though it has the names. */
  #mention(): string {
    return this.#random.oneOf([
      '# policy/v1beta1 PodDisruptionBudget\n',
      'a: b\n',
      '- policy/v1beta1\n',
      'apiVersion: v2\nname: chart\ndescription: for policy/v1beta1\n',
      '',
      'just text with "policy\\/v1beta1"\n',
    ]);
  }

  #api(uses: string[]): { apiVersion: string; kind: string } {
    const isRemoved = this.#chance(0.5);
    const [apiVersion, kind] = isRemoved ? this.#random.oneOf(removed) : this.#random.oneOf(staying);
    if (isRemoved) uses.push(`${apiVersion} ${kind}`);
    return { apiVersion, kind };
  }

  #key(name: string): string {
    return this.#random.oneOf([
      `${name}:`,
      `"${name}":`,
      `'${name}' :`,
      `${this.#escaped(name, false)}:`,
      `? ${name}\n:`,
      `!!str ${name}:`,
    ]);
  }

  #flowKey(name: string): string {
    return this.#random.oneOf([name, `"${name}"`, `'${name}'`, this.#escaped(name, false), `? ${name}`]);
  }

  /** One scalar in one of the ways of writing it. What it needs to stand before it is added to `anchored`. */
  #scalar(value: string, anchored: string[], block: boolean): string {
    // Plain and block scalars lose the space at the end; others keep it.
    const plain = value.trim() === value ? value : `"${value}"`;
    const ways = [
      () => plain,
      () => plain,
      () => `"${value}"`,
      () => `'${value}'`,
      () => this.#escaped(value),
      () => this.#escaped(value),
      () => `!!str ${plain}`,
      () => `!<tag:yaml.org,2002:str> "${value}"`,
      () => `!!binary ${Buffer.from(value).toString('base64')}`,
      () => `&a${(this.#anchors += 1)} ${plain}`,
    ];
    if (block && value.trim() === value) {
      ways.push(
        () => `|-\n  ${value}`,
        () => `>-\n\n  ${value}`.replace('\n\n', '\n'),
        () => `# comment\n  ${value}`,
        () => {
          this.#anchors += 1;
          anchored.push(`x${this.#anchors}: &x${this.#anchors} ${plain}`);
          return `*x${this.#anchors}`;
        },
      );
    }
    return this.#random.oneOf([ways[0] ?? (() => plain), ...ways.slice(1)])();
  }

  /** @param joined by escaped line ends too, which a key may not be */
  #escaped(value: string, joined = true): string {
    const characters = Array.from(value).map((character) => {
      if (this.#chance(0.6)) return character;
      const code = character.charCodeAt(0);
      return this.#random.oneOf([
        `\\x${code.toString(16).padStart(2, '0')}`,
        `\\u${code.toString(16).padStart(4, '0')}`,
        `\\U${code.toString(16).padStart(8, '0')}`,
        character === '/' ? '\\/' : character,
        // Joins lines: what stands before the next character on its line is passed over.
        character === ' ' || !joined ? character : `\\\n   ${character}`,
      ]);
    });
    return `"${characters.join('')}"`;
  }

  #jsonString(value: string): string {
    const characters = Array.from(value).map((character) => {
      if (this.#chance(0.8)) return character;
      const code = character.charCodeAt(0).toString(16).padStart(4, '0');
      return character === '/' ? '\\/' : `\\u${code}`;
    });
    return `"${characters.join('')}"`;
  }

  #damage(text: string): string {
    const characters = Array.from(text);
    for (let count = this.#random.between(1, 3); count > 0; count -= 1) {
      const at = this.#random.between(0, characters.length);
      const sign = this.#random.oneOf([
        '"',
        "'",
        '{',
        '}',
        ']',
        ':',
        '\t',
        '\n',
        '%',
        '---\n',
        '&',
        '*',
        '!',
        '\\',
        '|',
        '',
      ]);
      characters.splice(at, this.#random.between(0, 2), sign);
    }
    return characters.join('');
  }

  #encode(text: string): Buffer {
    return this.#random.oneOf([
      () => Buffer.from(text),
      () => Buffer.from(text),
      () => Buffer.from(text),
      () => Buffer.from(`\ufeff${text}`),
      () => Buffer.from(`\ufeff${text}`, 'utf16le'),
      () => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
      () => Buffer.from(`# d\u00e9j\u00e0\n${text}`, 'latin1'),
    ])();
  }

  #chance(share: number): boolean {
    return this.#random.next() < share;
  }
}
