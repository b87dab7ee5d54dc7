import { isObject, listAt, objectAt, sameJson, textAt } from '../json.ts';
import type { Json } from '../json.ts';
import { listProblems } from './lists.ts';
import { elementPath, fieldPath } from './paths.ts';
import { scalarProblems } from './scalars.ts';

/** What was found; added to while values are walked. */
export interface Findings {
  problems: string[];
  untried: Set<string>;
}

/** A schema where it is met. */
export interface Place {
  schema: Json;
  /** The old schema's at the same place. */
  old: Json | undefined;
  /** Of the value: `spec.sources[0].path`. */
  path: string;
  /** The same for every element: `spec.sources[*].path`. */
  schemaPath: string;
}

/**
 * Validates a decoded value by a structural schema, as kube-openapi's validator does. Problems name the path and the
 * demand, never the value: it may be a secret.
 */
export function validateValue(value: unknown, place: Place, findings: Findings): void {
  const { schema, path } = place;
  const say = (problem: string): void =>
    void findings.problems.push(`${path === '' ? 'it' : path} ${problem}`);
  if (value === null) {
    if (schema['nullable'] !== true && schema['type'] !== undefined) say('must not be null');
    else if (isOutside(value, schema)) say('is not one of the values that are allowed');
    return;
  }
  const wrongType = typeProblem(value, schema);
  if (wrongType !== undefined) {
    say(wrongType);
    return;
  }
  if (isOutside(value, schema)) say('is not one of the values that are allowed');
  const { problems, untried } = scalarProblems(value, schema, place.old);
  for (const problem of problems) say(problem);
  for (const rule of untried) noteUntried(place, rule, findings);
  if (Array.isArray(value)) validateList(value, place, findings, say);
  else if (isObject(value)) validateFields(value, place, findings, say);
  validateCombinations(value, place, findings, say);
  noteRules(place, findings);
}

function isOutside(value: unknown, schema: Json): boolean {
  const allowed = schema['enum'];
  return Array.isArray(allowed) && !allowed.some((each) => sameJson(each, value));
}

function typeProblem(value: unknown, schema: Json): string | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return Number.isInteger(value) || typeof value === 'string'
      ? undefined
      : 'must be an integer or a string';
  }
  switch (schema['type']) {
    case 'object':
      return isObject(value) ? undefined : 'must be an object';
    case 'array':
      return Array.isArray(value) ? undefined : 'must be a list';
    case 'string':
      return typeof value === 'string' ? undefined : 'must be a string';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'integer':
      return Number.isInteger(value) ? undefined : 'must be an integer';
    case 'number':
      return typeof value === 'number' ? undefined : 'must be a number';
    default:
      return undefined;
  }
}

function validateList(
  list: readonly unknown[],
  place: Place,
  findings: Findings,
  say: (problem: string) => void,
): void {
  for (const problem of listProblems(list, place.schema)) say(problem);
  const items = place.schema['items'];
  if (!isObject(items)) return;
  const old = inOld(place, 'items');
  const schemaPath = elementPath(place.schemaPath, '*');
  for (const [index, each] of list.entries()) {
    const path = elementPath(place.path, String(index));
    validateValue(each, { schema: items, old, path, schemaPath }, findings);
  }
}

function validateFields(
  object: Json,
  place: Place,
  findings: Findings,
  say: (problem: string) => void,
): void {
  const { schema, path, schemaPath } = place;
  const count = Object.keys(object).length;
  const { maxProperties, minProperties } = schema;
  if (typeof maxProperties === 'number' && count > maxProperties)
    say(`has more than ${maxProperties} fields`);
  if (typeof minProperties === 'number' && count < minProperties)
    say(`has fewer than ${minProperties} fields`);
  for (const field of listAt(schema, 'required')) {
    if (typeof field !== 'string' || Object.hasOwn(object, field)) continue;
    findings.problems.push(`${fieldPath(path, field)} is required`);
  }
  if (schema['x-kubernetes-embedded-resource'] === true) {
    for (const field of ['apiVersion', 'kind']) {
      if (textAt(object, field) === '') findings.problems.push(`${fieldPath(path, field)} is required`);
    }
  }
  const properties = objectAt(schema, 'properties');
  const oldProperties = place.old === undefined ? {} : objectAt(place.old, 'properties');
  const others = schema['additionalProperties'];
  for (const [key, value] of Object.entries(object)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (isObject(property)) {
      const old = objectIn(oldProperties, key);
      const at = { path: fieldPath(path, key), schemaPath: fieldPath(schemaPath, key) };
      validateValue(value, { schema: property, old, ...at }, findings);
    } else if (isObject(others)) {
      const at = { path: elementPath(path, key), schemaPath: elementPath(schemaPath, '*') };
      validateValue(value, { schema: others, old: inOld(place, 'additionalProperties'), ...at }, findings);
    }
  }
}

/** `allOf`, `anyOf`, `oneOf` and `not`: a demand that can't be tried makes what stands on it untried. */
function validateCombinations(
  value: unknown,
  place: Place,
  findings: Findings,
  say: (problem: string) => void,
): void {
  const attempt = (schema: unknown): Findings => {
    const found: Findings = { problems: [], untried: new Set() };
    const at = { ...place, old: undefined };
    if (isObject(schema)) validateValue(value, { ...at, schema: asDemand(schema, place.schema) }, found);
    return found;
  };
  const { schema, old } = place;
  const undecided = (keyword: string): void => {
    if (!sameJson(schema[keyword], old?.[keyword])) noteUntried(place, keyword, findings);
  };
  for (const each of listAt(schema, 'allOf')) {
    const { problems, untried } = attempt(each);
    findings.problems.push(...problems);
    if (untried.size > 0) undecided('allOf');
  }
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const tries = listAt(schema, keyword).map(attempt);
    if (tries.length === 0) continue;
    const met = tries.filter(({ problems, untried }) => problems.length + untried.size === 0).length;
    const perhaps = tries.filter(({ problems, untried }) => problems.length === 0 && untried.size > 0).length;
    if (met > 1 && keyword === 'oneOf') say('meets more than one of the demands of which it may meet one');
    else if (met === 0 && perhaps === 0) say('meets none of the demands of which it must meet one');
    else if (perhaps > 0 && (met === 0 || keyword === 'oneOf')) undecided(keyword);
  }
  if (isObject(schema['not'])) {
    const { problems, untried } = attempt(schema['not']);
    if (problems.length > 0) return;
    if (untried.size > 0) undecided('not');
    else say('is what it must not be');
  }
}

/** Within a combination only demands stand; whether a null is allowed is said outside of it. */
function asDemand(schema: Json, around: Json): Json {
  return around['nullable'] === true ? { nullable: true, ...schema } : schema;
}

/** Rules in CEL that the old schema does not have at this place. */
function noteRules({ schema, old, schemaPath }: Place, findings: Findings): void {
  const kept = new Set(listAt(old, 'x-kubernetes-validations').map((rule) => textAt(rule, 'rule')));
  for (const rule of listAt(schema, 'x-kubernetes-validations')) {
    const expression = textAt(rule, 'rule');
    if (kept.has(expression)) continue;
    // It compares with what was before, so nothing that is stored can break it.
    const isTransition =
      /\boldSelf\b/.test(expression) && !(isObject(rule) && rule['optionalOldSelf'] === true);
    if (!isTransition) findings.untried.add(`${schemaPath === '' ? 'the whole' : schemaPath}: ${expression}`);
  }
}

function noteUntried({ schemaPath }: Place, rule: string, findings: Findings): void {
  findings.untried.add(`${schemaPath === '' ? 'the whole' : schemaPath}: ${rule}`);
}

function inOld({ old }: Place, key: string): Json | undefined {
  return old === undefined ? undefined : objectIn(old, key);
}

function objectIn(object: Json, key: string): Json | undefined {
  const found = Object.hasOwn(object, key) ? object[key] : undefined;
  return isObject(found) ? found : undefined;
}
