import { isAlias, isMap, isScalar, isSeq, visit } from 'yaml';
import { ignoreAnnotation } from '../checks/ignoring/annotation.ts';
import type { Alias, Document, Node, Pair, YAMLMap } from 'yaml';

/** An object of Kubernetes as it stands in a document. */
export interface ManifestObject {
  apiVersion: string;
  kind: string;
  name?: string;
  namespace?: string;
  /** What its annotation `stepladder/ignore` says. */
  ignore?: string;
  /** Where its `apiVersion` is written, as an offset into the document's text. */
  offset: number;
}

/**
 * All objects in a parsed document: the document itself, and the items of what is a list. What is no object of
 * Kubernetes gives none.
 *
 * The syntax tree is read, never turned into values: aliases stay references there, so that a document whose aliases
 * would multiply to gigabytes costs no more than its text, and each node is looked at once however often it is
 * referred to.
 */
export function objectsIn(document: Document): ManifestObject[] {
  const read = new DocumentReader(document);
  const found: ManifestObject[] = [];
  const seen = new Set<Node>();
  const waiting: (Node | null)[] = [document.contents];
  while (waiting.length > 0) {
    const node = read.target(waiting.pop());
    if (!isMap(node) || seen.has(node)) continue;
    seen.add(node);
    const version = read.entry(node, 'apiVersion');
    const apiVersion = read.text(version?.value);
    const kind = read.text(read.entry(node, 'kind')?.value);
    if (version === undefined || apiVersion === undefined || kind === undefined) continue;
    found.push({ apiVersion, kind, offset: startOf(version.key) ?? startOf(node) ?? 0, ...read.names(node) });
    const items = kind.endsWith('List') ? read.target(read.entry(node, 'items')?.value) : undefined;
    // Last first, because the last one put there is taken next.
    if (isSeq(items)) for (const item of (items.items as Node[]).toReversed()) waiting.push(item);
  }
  return found;
}

class DocumentReader {
  readonly #document: Document;
  #aliases: Map<Alias, Node> | undefined;

  constructor(document: Document) {
    this.#document = document;
  }

  /** The node itself, or what an alias refers to. */
  target(node: unknown): unknown {
    return isAlias(node) ? this.#targets().get(node) : node;
  }

  text(node: unknown): string | undefined {
    const scalar = this.target(node);
    const value = isScalar(scalar) ? scalar.value : undefined;
    // Base64 by its tag, which the parsers of Kubernetes' tools read as a text.
    if (value instanceof Uint8Array) return Buffer.from(value).toString();
    return typeof value === 'string' ? value : undefined;
  }

  names(object: YAMLMap): Pick<ManifestObject, 'name' | 'namespace' | 'ignore'> {
    const metadata = this.target(this.entry(object, 'metadata')?.value);
    if (!isMap(metadata)) return {};
    const name = this.text(this.entry(metadata, 'name')?.value);
    const namespace = this.text(this.entry(metadata, 'namespace')?.value);
    const annotations = this.target(this.entry(metadata, 'annotations')?.value);
    const ignore = isMap(annotations)
      ? this.text(this.entry(annotations, ignoreAnnotation)?.value)
      : undefined;
    return {
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(ignore === undefined ? {} : { ignore }),
    };
  }

  /** What a map says itself under a key (the last one, of several), or else what it merges in. */
  entry(map: YAMLMap, key: string, within = new Set<YAMLMap>()): Pair | undefined {
    within.add(map);
    const own = map.items.findLast((pair) => this.text(pair.key) === key);
    if (own !== undefined) return own;
    for (const pair of map.items) {
      if (!isMergeKey(pair.key)) continue;
      for (const merged of this.#mergedMaps(pair.value)) {
        if (within.has(merged)) continue;
        const entry = this.entry(merged, key, within);
        if (entry !== undefined) return entry;
      }
    }
    return undefined;
  }

  #mergedMaps(value: unknown): YAMLMap[] {
    const merged = this.target(value);
    const maps = isSeq(merged) ? merged.items.map((item) => this.target(item)) : [merged];
    return maps.filter((map) => isMap(map));
  }

  /** Built once, and only for a document that has an alias where it matters: an anchor may be given anew. */
  #targets(): Map<Alias, Node> {
    if (this.#aliases !== undefined) return this.#aliases;
    const aliases = new Map<Alias, Node>();
    const anchors = new Map<string, Node>();
    visit(this.#document, {
      Node: (_key, node) => {
        if (isAlias(node)) {
          const target = anchors.get(node.source);
          if (target !== undefined) aliases.set(node, target);
        } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
      },
    });
    this.#aliases = aliases;
    return aliases;
  }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && (key.source === '<<' || key.value === '<<');
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}
