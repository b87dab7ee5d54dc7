/** Where a document is in a file: from the one offset up to the other, in bytes. */
export interface DocumentRange {
  start: number;
  end: number;
}

const separator = Buffer.from('\n---');
const newLine = 0x0a;

/**
 * Splits a file of YAML documents at its `---` lines without parsing it. A line that begins with `---` and a space or
 * the line's end is a document's start wherever it stands: YAML forbids it within any scalar (YAML 1.2, 9.1.2 and
 * `c-forbidden`). What this does not see as a border (`...`, lines that end with a carriage return alone) only makes a
 * range of several documents. Directives (`%TAG`) hold for a document that follows them, so a file that may have one is
 * not split.
 */
export function documentRanges(bytes: Buffer): DocumentRange[] {
  if (bytes[0] === percent || bytes.includes('\n%') || bytes.includes('%TAG')) {
    return [{ start: 0, end: bytes.length }];
  }
  const ranges: DocumentRange[] = [];
  let start = 0;
  for (let from = 0; ;) {
    const at = bytes.indexOf(separator, from);
    if (at === -1) break;
    from = at + separator.length;
    if (!endsMark(bytes[from])) continue;
    ranges.push({ start, end: at + 1 });
    start = at + 1;
  }
  ranges.push({ start, end: bytes.length });
  return ranges;
}

const percent = 0x25;

/** Space, tab, either line end, or the end of the file. */
function endsMark(byte: number | undefined): boolean {
  return byte === undefined || byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === newLine;
}

/** How many line ends there are before an offset. */
export function linesBefore(bytes: Buffer, offset: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(newLine); at !== -1 && at < offset; at = bytes.indexOf(newLine, at + 1))
    lines += 1;
  return lines;
}
