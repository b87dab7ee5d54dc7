import { expect, test } from 'vitest';
import { worstVerdict } from '../../../src/tools/crds/classify/change.ts';
import { classifySchema } from '../../../src/tools/crds/classify/classifySchema.ts';
import type { CrdVerdict } from '../../../src/contract/tools.ts';
import type { Json } from '../../../src/tools/crds/json.ts';

const object = (properties: Json, rest: Json = {}): Json => ({ type: 'object', properties, ...rest });
const rule = (expression: string, rest: Json = {}): Json => ({
  'x-kubernetes-validations': [{ rule: expression, ...rest }],
});
const open = { 'x-kubernetes-preserve-unknown-fields': true };

type Case = [name: string, old: Json, next: Json];

const upperLimits = ['maximum', 'maxLength', 'maxItems', 'maxProperties'];
const lowerLimits = ['minimum', 'minLength', 'minItems', 'minProperties'];

const limitCases = (widened: readonly string[], tightened: readonly string[]): Case[] => [
  ...widened.flatMap((limit): Case[] => [
    [`${limit} raised`, { [limit]: 5 }, { [limit]: 6 }],
    [`${limit} gone`, { [limit]: 5 }, {}],
  ]),
  ...tightened.map((limit): Case => [`${limit} lowered`, { [limit]: 5 }, { [limit]: 4 }]),
];

const cases: Record<Exclude<CrdVerdict, 'none'>, Case[]> = {
  documentation: [
    ['description', { description: 'a' }, { description: 'b' }],
    ['title', {}, { title: 'b' }],
    ['externalDocs', { externalDocs: { url: 'a' } }, {}],
    ['example', { example: 1 }, { example: 2 }],
    ['the order of an enum', { enum: ['a', 'b'] }, { enum: ['b', 'a'] }],
    ['what a rule says', rule('self > 1', { message: 'a' }), rule('self > 1', { message: 'b' })],
  ],
  additive: [
    ...limitCases(upperLimits, lowerLimits),
    ['a field more', object({}), object({ a: { type: 'string' } })],
    ['a required field with a default', object({}), object({ a: { default: 1 } }, { required: ['a'] })],
    ['a field no longer required', object({ a: {} }, { required: ['a'] }), object({ a: {} })],
    ['an inclusive limit', { exclusiveMinimum: true }, {}],
    ['a value more', { enum: ['a'] }, { enum: ['a', 'b'] }],
    ['an enum gone', { enum: ['a'] }, {}],
    ['a pattern gone', { pattern: '^a$' }, {}],
    ['a format gone', { format: 'ipv4' }, {}],
    ['a wider integer', { format: 'int32' }, { format: 'int64' }],
    ['a combination gone', { allOf: [{ minimum: 1 }] }, {}],
    ['a rule gone', rule('self > 1'), {}],
    ['a list said to be atomic', {}, { 'x-kubernetes-list-type': 'atomic' }],
    [
      'values of a map',
      { additionalProperties: { maxLength: 4 } },
      { additionalProperties: { maxLength: 5 } },
    ],
  ],
  breaking: [
    ...limitCases(lowerLimits, upperLimits).filter(([name]) => !name.endsWith('gone')),
    ...[...upperLimits, ...lowerLimits].map((limit): Case => [`a new ${limit}`, {}, { [limit]: 5 }]),
    ['a field fewer', object({ a: { type: 'string' } }), object({})],
    ['a required field', object({}), object({ a: {} }, { required: ['a'] })],
    ['a field that is required', object({ a: {} }), object({ a: {} }, { required: ['a'] })],
    ['a field more where any was allowed', object({}, open), object({ a: {} }, open)],
    ['an exclusive limit', {}, { exclusiveMaximum: true }],
    ['a value fewer', { enum: ['a', 'b'] }, { enum: ['a'] }],
    ['values of another type', { enum: [1] }, { enum: ['1'] }],
    ['a new enum', {}, { enum: ['a'] }],
    ['a new pattern', {}, { pattern: '^a$' }],
    ['another pattern', { pattern: '^a$' }, { pattern: '^a|b$' }],
    ['a new format', {}, { format: 'ipv4' }],
    ['a narrower integer', { format: 'int64' }, { format: 'int32' }],
    ['a new multipleOf', {}, { multipleOf: 2 }],
    ['another combination', { anyOf: [{ minimum: 1 }] }, { anyOf: [{ minimum: 1 }, { maximum: 0 }] }],
    ['a new not', {}, { not: { required: ['a'] } }],
    ['a new rule', {}, rule('self > 1')],
    ['another rule', rule('self > 1'), rule('self > 0')],
    ['a rule for creation too', rule('self == oldSelf'), rule('self == oldSelf', { optionalOldSelf: true })],
    ['another type', { type: 'string' }, { type: 'integer' }],
    ['a wider type', { type: 'integer' }, { type: 'number' }],
    ['a new default', {}, { default: 1 }],
    ['another default', { default: 1 }, { default: 2 }],
    ['nulls allowed', {}, { nullable: true }],
    ['an integer or a string', { type: 'string' }, { 'x-kubernetes-int-or-string': true }],
    ['unknown fields kept', {}, open],
    ['unknown fields dropped', open, {}],
    ['a list that is a set', { 'x-kubernetes-list-type': 'atomic' }, { 'x-kubernetes-list-type': 'set' }],
    ['a map that is atomic', {}, { 'x-kubernetes-map-type': 'atomic' }],
    ['other keys', { 'x-kubernetes-list-map-keys': ['a'] }, { 'x-kubernetes-list-map-keys': ['b'] }],
    ['a keyword that is not known', {}, { 'x-kubernetes-novelty': true }],
    ['elements of a list', { items: { maxLength: 5 } }, { items: { maxLength: 4 } }],
    ['a schema for any map', { additionalProperties: true }, { additionalProperties: { type: 'string' } }],
    ['an object that is a map', object({ a: {} }), { type: 'object', additionalProperties: {} }],
  ],
};

test.each(
  Object.entries(cases).flatMap(([verdict, all]) => all.map((each): [string, ...Case] => [verdict, ...each])),
)('%s: %s', (verdict, _name, old, next) => {
  const changes = classifySchema('schema', old, next);
  expect(worstVerdict(changes.map((change) => change.verdict))).toBe(verdict);
  expect(classifySchema('schema', next, structuredClone(next))).toEqual([]);
});

test('a change is told where it is, in the words of the CRD', () => {
  const schemaWith = (maxLength: number): Json =>
    object({ a: { type: 'array', items: object({ 'b/c': { type: 'string', maxLength } }) } });
  expect(classifySchema('spec.versions[v1].schema', schemaWith(9), schemaWith(5))).toEqual([
    {
      path: 'spec.versions[v1].schema.properties.a.items.properties[b/c].maxLength',
      verdict: 'breaking',
      what: 'the limit is tighter: 9 before, 5 now',
    },
  ]);
});

test('a field that comes with many fields in it is one change', () => {
  const next = object({ a: object({ b: { type: 'string' }, c: { type: 'string' } }, { required: ['b'] }) });
  expect(classifySchema('schema', object({}), next)).toHaveLength(1);
});
