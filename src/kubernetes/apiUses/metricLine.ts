/** One sample of Prometheus's text format: `name{label="value"} 1`. */
export interface MetricSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"\s*,?\s*/y;

/** Reads one line; undefined for a comment, an empty line, and what is no sample. */
export function readMetricLine(line: string): MetricSample | undefined {
  const head = /^([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(\{)?/.exec(line);
  if (head === null) return undefined;
  const [whole, name = '', brace] = head;
  let at = whole.length;
  const labels: Record<string, string> = {};
  if (brace !== undefined) {
    label.lastIndex = at;
    for (let match = label.exec(line); match !== null; match = label.exec(line)) {
      const [, key = '', value = ''] = match;
      labels[key] = unescaped(value);
      at = label.lastIndex;
    }
    if (line[at] !== '}') return undefined;
    at += 1;
  }
  const [text = ''] = line.slice(at).trim().split(/\s+/);
  const value = text === '' ? NaN : Number(text);
  return Number.isNaN(value) ? undefined : { name, labels, value };
}

function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
