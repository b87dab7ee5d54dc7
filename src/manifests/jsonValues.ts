/** Where a JSON value stands in a text. */
export interface JsonRange {
  start: number;
  end: number;
}

/**
 * The objects of a text in which one JSON object follows another, as `kubectl` reads them and tools write them. Undefined
 * when it is anything else: it is YAML then. The objects are not checked, only where each ends.
 */
export function jsonObjects(text: string): JsonRange[] | undefined {
  const ranges: JsonRange[] = [];
  const parts = /[{}[\]"]|[^\s{}[\]"]+/g;
  parts.lastIndex = contentStart(text);
  let depth = 0;
  let start = 0;
  for (let match = parts.exec(text); match !== null; match = parts.exec(text)) {
    const [part] = match;
    if (depth === 0) {
      if (part !== '{') return undefined;
      start = match.index;
    }
    if (part === '"') {
      const end = endOfString(text, match.index);
      if (end === undefined) return undefined;
      parts.lastIndex = end;
    } else if (part === '{' || part === '[') depth += 1;
    else if (part === '}' || part === ']') depth -= 1;
    if (depth === 0) ranges.push({ start, end: parts.lastIndex });
  }
  return depth === 0 && ranges.length > 0 ? ranges : undefined;
}

/** After what may stand before a document's content: spaces, comments, the document's mark. */
function contentStart(text: string): number {
  const before = /\s+|#[^\n]*\n|(?:---|\.\.\.)(?=\s)/y;
  let start = 0;
  while (before.test(text)) start = before.lastIndex;
  return start;
}

/** The offset after the closing quote: the first that has an even number of backslashes before it. */
function endOfString(text: string, quote: number): number | undefined {
  for (let at = text.indexOf('"', quote + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slash = at;
    while (text[slash - 1] === '\\') slash -= 1;
    if ((at - slash) % 2 === 0) return at + 1;
  }
  return undefined;
}
