import type { Json } from '../../../src/tools/crds/json.ts';

const text = (rest: Json = {}): Json => ({ type: 'string', ...rest });
const integer = (rest: Json = {}): Json => ({ type: 'integer', ...rest });
const object = (properties: Json, rest: Json = {}): Json => ({ type: 'object', properties, ...rest });
const list = (items: Json, rest: Json = {}): Json => ({ type: 'array', items, ...rest });
const withDefault = text({ default: 'x' });
const embedded = { 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true };

/** Values that an API server accepts by a schema. */
export const acceptedValues: [name: string, value: unknown, schema: Json][] = [
  ['an integer for a number', 3, { type: 'number' }],
  ['a string for an integer or a string', '25%', { 'x-kubernetes-int-or-string': true }],
  ['a null that is allowed', { a: null }, object({ a: text({ nullable: true }) })],
  ['a null of a field that may be missing', { a: null }, object({ a: text() })],
  ['a default for what is required', {}, object({ a: withDefault }, { required: ['a'] })],
  [
    'a default within a default',
    {},
    object({ a: object({ b: withDefault }, { default: {} }) }, { required: ['a'] }),
  ],
  ['as many characters as are allowed', '👍👍', text({ maxLength: 2 })],
  ['a match anywhere', 'xay', text({ pattern: 'a' })],
  ['a match by a flag of Go’s', 'ABC', text({ pattern: '(?i)^abc$' })],
  ['one of several demands', 5, integer({ anyOf: [{ minimum: 10 }, { maximum: 5 }] })],
  ['a set without doubles', ['a', 'b'], list(text(), { 'x-kubernetes-list-type': 'set' })],
  ['a multiple of a tenth', 0.5, { type: 'number', multipleOf: 0.1 }],
  ['a format that nobody knows', 'x', text({ format: 'colour' })],
  ['a uuid', '123e4567-e89b-42d3-a456-426614174000', text({ format: 'uuid4' })],
  ['a time', '2026-02-28T10:00:00Z', text({ format: 'date-time' })],
  ['a day', '2024-02-29', text({ format: 'date' })],
  ['an IPv4 address', '10.0.0.1', text({ format: 'ipv4' })],
  ['bytes in base64', 'aGVsbG8=', text({ format: 'byte' })],
  ['an embedded object', { apiVersion: 'v1', kind: 'Pod', spec: {} }, { type: 'object', ...embedded }],
  [
    'anything that is kept',
    { b: { c: [null] } },
    { type: 'object', ...{ 'x-kubernetes-preserve-unknown-fields': true } },
  ],
];

/** Values that an API server refuses by a schema, with what is said of it. */
export const refusedValues: [name: string, value: unknown, schema: Json, problem: string][] = [
  ['a text for an integer', 'x', integer(), 'spec must be an integer'],
  ['a fraction for an integer', 1.5, integer(), 'spec must be an integer'],
  [
    'a flag for an integer or a string',
    true,
    { 'x-kubernetes-int-or-string': true },
    'spec must be an integer or a string',
  ],
  ['a null in a list', [null], list(text()), 'spec[0] must not be null'],
  ['a missing field', {}, object({ a: text() }, { required: ['a'] }), 'spec.a is required'],
  [
    'a null of a required field',
    { a: null },
    object({ a: text() }, { required: ['a'] }),
    'spec.a is required',
  ],
  ['a long text', 'secret', text({ maxLength: 3 }), 'spec is longer than 3 characters'],
  ['a short text', 'a', text({ minLength: 2 }), 'spec is shorter than 2 characters'],
  ['a text that does not match', 'secret', text({ pattern: '^a' }), 'spec does not match ^a'],
  [
    'a value that is not allowed',
    'secret',
    text({ enum: ['a'] }),
    'spec is not one of the values that are allowed',
  ],
  ['no IPv4 address', '10.0.0.256', text({ format: 'ipv4' }), 'spec is no ipv4'],
  ['no day', '2026-02-29', text({ format: 'date' }), 'spec is no date'],
  ['no base64', 'hello', text({ format: 'byte' }), 'spec is no byte'],
  ['a large number', 11, integer({ maximum: 10 }), 'spec must be at most 10'],
  ['an excluded number', 10, integer({ maximum: 10, exclusiveMaximum: true }), 'spec must be less than 10'],
  ['a small number', 0, integer({ minimum: 1 }), 'spec must be at least 1'],
  ['no multiple', 3, integer({ multipleOf: 2 }), 'spec must be a multiple of 2'],
  ['more than 32 bits', 2 ** 31, integer({ format: 'int32' }), 'spec must fit into 32 bits'],
  ['a long list', [1, 2], list(integer(), { maxItems: 1 }), 'spec has more than 1 elements'],
  [
    'a double in a set',
    ['a', 'a'],
    list(text(), { 'x-kubernetes-list-type': 'set' }),
    'spec has an element twice',
  ],
  [
    'two elements of one key',
    [{ k: 'a' }, { k: 'a' }],
    list(object({ k: text() }, { required: ['k'] }), {
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
    }),
    'spec has two elements with the same k',
  ],
  [
    'many fields',
    { a: 'x', b: 'x' },
    { type: 'object', maxProperties: 1, additionalProperties: text() },
    'spec has more than 1 fields',
  ],
  [
    'a long value in a map',
    { 'a/b': 'long' },
    { type: 'object', additionalProperties: text({ maxLength: 3 }) },
    'spec[a/b] is longer than 3 characters',
  ],
  [
    'none of several demands',
    7,
    integer({ anyOf: [{ minimum: 10 }, { maximum: 5 }] }),
    'spec meets none of the demands of which it must meet one',
  ],
  [
    'too many of several demands',
    7,
    integer({ oneOf: [{ minimum: 1 }, { maximum: 9 }] }),
    'spec meets more than one of the demands of which it may meet one',
  ],
  ['a demand of all', 7, integer({ allOf: [{ maximum: 5 }] }), 'spec must be at most 5'],
  [
    'what must not be',
    { a: 'x' },
    object({ a: text() }, { not: { required: ['a'] } }),
    'spec is what it must not be',
  ],
  [
    'an embedded object without a kind',
    { apiVersion: 'v1' },
    { type: 'object', ...embedded },
    'spec.kind is required',
  ],
];
