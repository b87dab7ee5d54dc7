import type { CrdChange } from '../../../contract/tools.ts';
import { canonical, isObject, listAt, textAt } from '../json.ts';
import type { Json } from '../json.ts';
import { between, changeAt, presence } from './change.ts';

/** Judges one keyword of a schema whose value differs. `old` and `next` are undefined where the keyword is absent. */
export type KeywordRule = (path: string, old: unknown, next: unknown) => CrdChange[];

/** Words for people; no object is judged by them. */
const documentation: KeywordRule = (path, old, next) => {
  const what = { same: '', added: 'said now', removed: 'no longer said', both: 'worded otherwise' };
  return [changeAt(path, 'documentation', what[presence(old, next)])];
};

/** Changes what stored objects mean, or how they are merged or pruned: nobody can tell from here whom that harms. */
const meaning: KeywordRule = (path, old, next) => [
  changeAt(path, 'breaking', `${shown(old)} before, ${shown(next)} now`),
];

/** A bound: more room is additive, less is breaking. */
function bound(isRoomier: (old: number, next: number) => boolean): KeywordRule {
  return (path, old, next) => {
    if (next === undefined) return [changeAt(path, 'additive', `the limit of ${shown(old)} is gone`)];
    if (old === undefined) return [changeAt(path, 'breaking', `a new limit of ${shown(next)}`)];
    const known = typeof old === 'number' && typeof next === 'number';
    const roomier = known && isRoomier(old, next);
    return [
      changeAt(
        path,
        roomier ? 'additive' : 'breaking',
        `the limit is ${roomier ? 'wider' : 'tighter'}: ${shown(old)} before, ${shown(next)} now`,
      ),
    ];
  };
}

const upper = bound((old, next) => next > old);
const lower = bound((old, next) => next < old);

/** A demand that is made or not: made, or made otherwise, is breaking. */
const demand: KeywordRule = (path, old, next) => {
  switch (presence(old, next)) {
    case 'same':
      return [];
    case 'removed':
      return [changeAt(path, 'additive', 'the demand is gone')];
    case 'added':
      return [changeAt(path, 'breaking', `a new demand: ${shown(next)}`)];
    case 'both':
      return [changeAt(path, 'breaking', `another demand: ${shown(old)} before, ${shown(next)} now`)];
  }
};

/** A list is atomic where nothing is said, so saying that changes nothing that objects or clients do. */
const listType: KeywordRule = (path, old, next) =>
  (old ?? 'atomic') === (next ?? 'atomic')
    ? [changeAt(path, 'additive', 'atomic as before, which is said otherwise')]
    : meaning(path, old, next);

/** `exclusiveMinimum` and `exclusiveMaximum`, which are flags in a CRD. */
const flagDemand: KeywordRule = (path, old, next) =>
  demand(path, old === false ? undefined : old, next === false ? undefined : next);

const format: KeywordRule = (path, old, next) =>
  old === 'int32' && next === 'int64'
    ? [changeAt(path, 'additive', 'int64 now, int32 before')]
    : demand(path, old, next);

const enumeration: KeywordRule = (path, old, next) => {
  if (!Array.isArray(old) || !Array.isArray(next)) return demand(path, old, next);
  const { gone, fresh } = between(old, next);
  return [
    ...gone.map((value) => changeAt(path, 'breaking', `${value} is no longer allowed`)),
    ...fresh.map((value) => changeAt(path, 'additive', `${value} is allowed too`)),
    // Neither: only their order is another.
    ...(gone.length + fresh.length === 0 ? [changeAt(path, 'documentation', 'in another order')] : []),
  ];
};

/** Rules in CEL, matched by their expression. What they say when they are broken is for people. */
const celRules: KeywordRule = (path, old, next) => {
  const before = byRule(old);
  const now = byRule(next);
  const changes: CrdChange[] = [];
  for (const rule of before.keys()) {
    if (!now.has(rule)) changes.push(changeAt(path, 'additive', `the rule ${rule} is gone`));
  }
  for (const [rule, each] of now) {
    const same = before.get(rule);
    if (same === undefined) changes.push(changeAt(path, 'breaking', `a new rule: ${rule}`));
    else if (same['optionalOldSelf'] !== each['optionalOldSelf']) {
      changes.push(changeAt(path, 'breaking', `the rule ${rule} holds at other times than before`));
    }
  }
  return changes.length > 0 ? changes : [changeAt(path, 'documentation', 'worded otherwise')];
};

function byRule(rules: unknown): Map<string, Json> {
  return new Map(
    (Array.isArray(rules) ? rules : []).filter(isObject).map((rule) => [textAt(rule, 'rule'), rule]),
  );
}

/**
 * Every keyword of a structural schema, save those that hold schemas and `required`, which looks at its neighbours
 * (apiextensions.k8s.io/v1, JSONSchemaProps). One that is not here is judged as breaking.
 */
export const keywordRules: Readonly<Record<string, KeywordRule>> = {
  description: documentation,
  title: documentation,
  externalDocs: documentation,
  example: documentation,
  maximum: upper,
  maxLength: upper,
  maxItems: upper,
  maxProperties: upper,
  minimum: lower,
  minLength: lower,
  minItems: lower,
  minProperties: lower,
  exclusiveMaximum: flagDemand,
  exclusiveMinimum: flagDemand,
  uniqueItems: flagDemand,
  multipleOf: demand,
  pattern: demand,
  format,
  enum: enumeration,
  // Combined demands are not looked into: a change of them that is no removal may ask for more.
  allOf: demand,
  anyOf: demand,
  oneOf: demand,
  not: demand,
  'x-kubernetes-validations': celRules,
  // A default is what objects say that say nothing: theirs is another one from then on.
  default: meaning,
  type: meaning,
  nullable: meaning,
  'x-kubernetes-int-or-string': meaning,
  'x-kubernetes-preserve-unknown-fields': meaning,
  'x-kubernetes-embedded-resource': meaning,
  'x-kubernetes-list-type': listType,
  'x-kubernetes-list-map-keys': meaning,
  'x-kubernetes-map-type': meaning,
};

/**
 * Fields that have to be given. A new one that the new schema has a default for never lacks.
 *
 * @param next the schema that it stands in
 */
export function requiredChanges(path: string, old: Json, next: Json): CrdChange[] {
  const { gone, fresh } = between(listAt(old, 'required'), listAt(next, 'required'));
  const properties = isObject(next['properties']) ? next['properties'] : {};
  return [
    ...gone.map((field) => changeAt(path, 'additive', `${field} need not be given any more`)),
    ...fresh.map((field) => {
      const schema = properties[JSON.parse(field) as string];
      return isObject(schema) && schema['default'] !== undefined
        ? changeAt(path, 'additive', `${field} is required and has a default`)
        : changeAt(path, 'breaking', `${field} is required now`);
    }),
  ];
}

/** A value of a schema in a few characters. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = canonical(value);
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
