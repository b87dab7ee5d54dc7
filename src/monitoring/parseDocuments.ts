import { Lexer, LineCounter, parseAllDocuments } from 'yaml';

/** Characters: a larger text is not parsed. The largest dashboards that people have are a few megabytes. */
const maximumLength = 16 * 1024 * 1024;
/**
 * What YAML costs to parse goes by its tokens: this many take some seconds. Dashboards of a megabyte in a ConfigMap are
 * one token each, and large rule files have some ten thousands.
 */
const maximumTokens = 300_000;
/** Brackets in brackets: each level costs more than the one before. */
const maximumFlowDepth = 200;
/** What looks like JSON and is none is tried as YAML, whose short form looks the same; nobody writes much of that. */
const maximumFlowLength = 256 * 1024;

/**
 * Parses JSON, or YAML with any number of documents. Never throws.
 *
 * @returns what could be parsed, and what is wrong with the rest, as one sentence without a full stop
 */
export function parseDocuments(text: string): { documents: unknown[]; problem?: string } {
  if (text.length > maximumLength) return refused('it is larger than 16 MB');
  if (text.includes('\0')) return refused('it is no text');
  if (/^\s*[{[]/.test(text)) {
    try {
      return { documents: [JSON.parse(text)] };
    } catch {
      if (text.length > maximumFlowLength) return refused('it is no JSON that can be parsed');
    }
  }
  return isTooComplex(text) ? refused('it is YAML that is too complex to be read') : parseYaml(text);
}

/** Looks at the tokens only, which is quick whatever they are. */
function isTooComplex(text: string): boolean {
  let tokens = 0;
  let depth = 0;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (tokens > maximumTokens || depth > maximumFlowDepth) return true;
  }
  return false;
}

function refused(problem: string): { documents: unknown[]; problem: string } {
  return { documents: [], problem };
}

function parseYaml(text: string): { documents: unknown[]; problem?: string } {
  const documents: unknown[] = [];
  let problem: string | undefined;
  const lineCounter = new LineCounter();
  try {
    const parsed = parseAllDocuments(text, { logLevel: 'silent', prettyErrors: false, lineCounter });
    for (const document of 'empty' in parsed ? [] : parsed) {
      const [error] = document.errors;
      if (error === undefined) documents.push(document.toJS({ maxAliasCount: 100 }));
      else {
        const { line } = lineCounter.linePos(error.pos[0]);
        problem ??= `line ${line}: it is no YAML that can be parsed (${error.code})`;
      }
    }
  } catch {
    // Too many aliases, or nested deeper than the stack: neither is a rule file.
    problem ??= 'it is YAML that is nested or repeated beyond measure';
  }
  return { documents, ...(problem === undefined ? {} : { problem }) };
}
