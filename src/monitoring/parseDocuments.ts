import { parseAllDocuments } from 'yaml';

/** Bytes, nearly: a larger text is not parsed. The largest dashboards that people have are a few megabytes. */
const maximumLength = 16 * 1024 * 1024;
/** YAML takes far longer to parse than JSON, and no rule file is so large. */
const maximumYamlLength = 4 * 1024 * 1024;

/**
 * Parses JSON, or YAML with any number of documents. Never throws.
 *
 * @returns what could be parsed, and what is wrong with the rest, as one sentence without a full stop
 */
export function parseDocuments(text: string): { documents: unknown[]; problem?: string } {
  if (text.length > maximumLength) return { documents: [], problem: 'it is larger than 16 MB' };
  if (text.includes('\0')) return { documents: [], problem: 'it is no text' };
  if (/^\s*[{[]/.test(text)) {
    try {
      return { documents: [JSON.parse(text)] };
    } catch {
      // YAML may begin so, too; what is no YAML either is told by that.
    }
  }
  if (text.length > maximumYamlLength) {
    return { documents: [], problem: 'it is no JSON, and for YAML it is larger than 4 MB' };
  }
  return parseYaml(text);
}

function parseYaml(text: string): { documents: unknown[]; problem?: string } {
  const documents: unknown[] = [];
  let problem: string | undefined;
  try {
    for (const document of parseAllDocuments(text, { logLevel: 'silent', prettyErrors: true })) {
      const [error] = 'errors' in document ? document.errors : [];
      if (error === undefined) documents.push(document.toJS({ maxAliasCount: 100 }));
      else {
        const line = error.linePos?.[0].line;
        problem ??= `${line === undefined ? '' : `line ${line}: `}it is no YAML that can be parsed (${error.code})`;
      }
    }
  } catch {
    // Too many aliases, or nested deeper than the stack: neither is a rule file.
    problem ??= 'it is YAML that is nested or repeated beyond measure';
  }
  return { documents, ...(problem === undefined ? {} : { problem }) };
}
