import { LineCounter, parseAllDocuments } from 'yaml';
import type { Document } from 'yaml';
import { jsonObjects } from './jsonValues.ts';
import type { JsonRange } from './jsonValues.ts';
import { limits, megabytes, yamlLimitProblem } from './limits.ts';
import { objectsIn } from './manifestObjects.ts';
import type { ManifestObject } from './manifestObjects.ts';
import { objectsInValue } from './valueObjects.ts';

/** What a document, or a range of several, holds. */
export interface DocumentContents {
  objects: LocatedObject[];
  problems: { line: number; problem: string }[];
}

/** An object with the line at which its `apiVersion` is written, 1 for the text's first. */
export type LocatedObject = Omit<ManifestObject, 'offset'> & { line: number };

/**
 * Parses the text of one document. Never throws: what can't be parsed, or is more than is parsed, is a problem, and no
 * object of a document with a problem is given.
 */
export function readDocument(text: string): DocumentContents {
  const json = jsonObjects(text);
  if (json === undefined) return readYaml(text);
  const contents: DocumentContents = { objects: [], problems: [] };
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  for (const range of json) {
    const line = lines.linePos(range.start).line;
    const { objects, problems } = readJsonObject(text, range);
    contents.objects.push(...objects.map((object) => ({ ...object, line: object.line + line - 1 })));
    contents.problems.push(...problems.map((problem) => ({ ...problem, line: problem.line + line - 1 })));
  }
  return contents;
}

/**
 * JSON is YAML, and YAML's parser knows in which line things stand. What it does not take (JSON may say a key twice or
 * nest deeply) or what is much for it, JSON's own parser takes; then the line is that of the object's start.
 */
function readJsonObject(text: string, { start, end }: JsonRange): DocumentContents {
  const object = text.slice(start, end);
  const asYaml = readYaml(object);
  if (asYaml.problems.length === 0) return asYaml;
  if (object.length > limits.jsonBytes) {
    const problem = `The object has ${megabytes(object.length)}, more than the ${megabytes(limits.jsonBytes)} that are parsed: split it.`;
    return { objects: [], problems: [{ line: 1, problem }] };
  }
  try {
    const value: unknown = JSON.parse(object);
    return { objects: objectsInValue(value).map((found) => ({ ...found, line: 1 })), problems: [] };
  } catch {
    // YAML in braces, then; YAML's parser has said what is wrong, and where.
    return asYaml;
  }
}

function readYaml(text: string): DocumentContents {
  const limitProblem = yamlLimitProblem(text);
  if (limitProblem !== undefined) return { objects: [], problems: [{ line: 1, problem: limitProblem }] };
  const contents: DocumentContents = { objects: [], problems: [] };
  const lines = new LineCounter();
  const lineAt = (offset: number) => Math.max(lines.linePos(offset).line, 1);
  try {
    for (const document of documentsOf(text, lines)) {
      const [error] = document.errors;
      if (error === undefined) {
        for (const { offset, ...object } of objectsIn(document)) {
          contents.objects.push({ ...object, line: lineAt(offset) });
        }
      } else contents.problems.push({ line: lineAt(error.pos[0]), problem: explain(error.message, text) });
    }
  } catch (error) {
    // The parser calls itself for each level.
    const problem = error instanceof RangeError ? 'It is nested too deeply.' : `${String(error)}.`;
    contents.problems.push({ line: 1, problem: `It can't be parsed: ${problem}` });
  }
  return contents;
}

function documentsOf(text: string, lineCounter: LineCounter): Document[] {
  const documents = parseAllDocuments(text, {
    lineCounter,
    logLevel: 'silent',
    prettyErrors: false,
    // Kubernetes' tools are more lenient in some things, and what they take must be read.
    strict: false,
    // The parser compares each key with each other: hours, for a map that is made for it.
    uniqueKeys: false,
  });
  return 'empty' in documents ? [] : documents;
}

function explain(message: string, text: string): string {
  const [firstLine = ''] = message.split('\n');
  const template = /\{\{[^}]*\}\}/.test(text)
    ? ' It looks like a template ({{ … }}): render it, and scan what comes of it.'
    : '';
  return `It is no YAML: ${firstLine.replace(/[.:]?$/, '')}.${template}`;
}
