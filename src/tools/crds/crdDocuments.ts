import { parseAllDocuments } from 'yaml';
import { StepladderError } from '../../contract/errors.ts';
import { limits, megabytes, yamlLimitProblem } from '../../manifests/limits.ts';
import type { CrdDocument } from '../types.ts';
import { isObject, listAt, objectAt, textAt } from './json.ts';
import type { Json } from './json.ts';

/**
 * The CustomResourceDefinitions in a text of YAML or JSON documents, lists of them included; what else is in it is
 * passed over.
 *
 * @param source where the text is from, for messages: a path or an address
 * @throws StepladderError `InvalidInput` for what is no YAML, for CRDs in a version that no cluster serves any more, and
 * for one without a name or a spec
 */
export function crdsInText(text: string, from: CrdDocument['from'], source: string): CrdDocument[] {
  return objectsInText(text, source)
    .filter((object) => object['kind'] === 'CustomResourceDefinition')
    .map((object) => documentOf(object, from, source));
}

/** All objects in a text of YAML or JSON documents, those in lists one by one. Throws as `crdsInText`. */
export function objectsInText(text: string, source: string): Json[] {
  return documentsIn(text, source).flatMap((value) => {
    if (!isObject(value)) return [];
    return value['kind'] === 'List' ? listAt(value, 'items').filter(isObject) : [value];
  });
}

function documentsIn(text: string, source: string): unknown[] {
  if (text.trimStart().startsWith('{') && text.length <= limits.jsonBytes) {
    try {
      return [JSON.parse(text) as unknown];
    } catch {
      // YAML in braces, or several: YAML's parser tells.
    }
  }
  return separateDocuments(text).flatMap((part) => {
    const problem = yamlLimitProblem(part);
    if (problem !== undefined) throw invalid(source, problem);
    const documents = parseAllDocuments(part, {
      logLevel: 'silent',
      prettyErrors: false,
      uniqueKeys: false,
      // A CRD has no anchors; a document that is made of them would grow without end.
      version: '1.1',
    });
    if ('empty' in documents) return [];
    return documents.map((document) => {
      const [error] = document.errors;
      if (error !== undefined) throw invalid(source, `it is no YAML: ${firstLine(error.message)}`);
      try {
        return document.toJS({ maxAliasCount: 100 }) as unknown;
      } catch (error) {
        throw invalid(source, firstLine(error instanceof Error ? error.message : String(error)));
      }
    });
  });
}

/** Each within the limits of one document: a release's CRDs in one file are more than is parsed at once. */
function separateDocuments(text: string): string[] {
  return /^%/m.test(text) ? [text] : text.split(/^---(?=\s|$)/m);
}

function documentOf(object: Json, from: CrdDocument['from'], source: string): CrdDocument {
  const name = textAt(objectAt(object, 'metadata'), 'name');
  const what = name === '' ? 'A CustomResourceDefinition' : `CustomResourceDefinition ${name}`;
  if (object['apiVersion'] !== 'apiextensions.k8s.io/v1') {
    throw invalid(
      source,
      `${what} is of ${textAt(object, 'apiVersion') || 'no apiVersion'}, which no cluster from 1.22 on serves. Use a version whose CRDs are of apiextensions.k8s.io/v1.`,
    );
  }
  if (name === '' || !isObject(object['spec'])) {
    throw invalid(source, `${what} lacks ${name === '' ? 'a name' : 'a spec'}.`);
  }
  return { name, from, object };
}

/** At most this is read of one file or answer. Bytes. Real ones are a few megabytes. */
export const largestText = 64 * 1024 * 1024;

/** Throws StepladderError `InvalidInput` for a text that is larger than is read. */
export function refuseTooLarge(bytes: number, source: string): void {
  if (bytes <= largestText) return;
  throw invalid(source, `it has ${megabytes(bytes)}, and more than ${megabytes(largestText)} is not read.`);
}

function invalid(source: string, problem: string): StepladderError {
  return new StepladderError('InvalidInput', `The manifests at ${source} can't be used: ${problem}`, {
    source,
  });
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
