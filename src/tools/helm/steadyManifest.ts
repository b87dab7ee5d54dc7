const marker = '<differs with each rendering>';

/**
 * One text of two renderings of the same chart: lines that are not the same in both are replaced, since their templates
 * make them up (passwords, certificates, and sums over such).
 */
export function steadyManifest(one: string, other: string): string {
  if (one === other) return one;
  const [documents, others] = [documentsOf(one), documentsOf(other)];
  return documents.map((document, index) => steadyDocument(document, others[index] ?? '')).join('---\n');
}

function steadyDocument(one: string, other: string): string {
  if (one === other) return one;
  const [lines, others] = [one.split('\n'), other.split('\n')];
  // Of other lengths, so that lines can't be told to belong together: what comes before the first and after the last that differ.
  if (lines.length !== others.length) return aroundDifference(lines, others);
  return lines.map((line, index) => (line === others[index] ? line : masked(line))).join('\n');
}

function aroundDifference(lines: readonly string[], others: readonly string[]): string {
  const first = lines.findIndex((line, index) => line !== others[index]);
  const begin = first === -1 ? lines.length : first;
  let end = 0;
  while (
    end < lines.length - begin &&
    end < others.length - begin &&
    lines.at(-1 - end) === others.at(-1 - end)
  ) {
    end += 1;
  }
  const before = lines.slice(0, begin);
  const after = end === 0 ? [] : lines.slice(-end);
  return [...before, marker, ...after].join('\n');
}

/** Keeps the key of a line, and what it is indented by. */
function masked(line: string): string {
  const key = /^(\s*(?:- )?[\w./"'-]+:\s)/.exec(line) ?? /^(\s*)/.exec(line);
  return `${key?.[0] ?? ''}${marker}`;
}

function documentsOf(manifest: string): string[] {
  return manifest.split(/^---\s*\n/m);
}
