import { describe, expect, it, test } from 'vitest';
import type { Json } from '../../../src/tools/crds/json.ts';
import { validateObject } from '../../../src/tools/crds/validate/validateObject.ts';
import { acceptedValues, refusedValues } from './schemaValues.ts';

/** The verdict on an object with a `spec` of that schema. */
function judge(spec: unknown, schema: Json, old?: Json): ReturnType<typeof validateObject> {
  const around = (inner: Json): Json => ({ type: 'object', properties: { spec: inner } });
  return validateObject(
    { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'shop' }, spec },
    around(schema),
    old === undefined ? undefined : around(old),
  );
}

const text = (rest: Json): Json => ({ type: 'string', ...rest });
const object = (properties: Json, rest: Json = {}): Json => ({ type: 'object', properties, ...rest });

test.each(acceptedValues)('%s is accepted', (_name, value, schema) => {
  expect(judge(value, schema)).toEqual({ problems: [], untried: [], dropped: [] });
});

test.each(refusedValues)(
  '%s is refused, by its path and without its value',
  (_name, value, schema, problem) => {
    expect(judge(value, schema).problems).toEqual([problem]);
  },
);

test('a name is held to what the schema says of names', () => {
  const metadata = { type: 'object', properties: { name: { type: 'string', maxLength: 2 } } };
  const { problems } = validateObject({ metadata: { name: 'web' } }, object({ metadata }));
  expect(problems).toEqual(['metadata.name is longer than 2 characters']);
});

test('fields that the schema does not know are told, and do not count as fields', () => {
  const schema = object({ a: text({}) }, { maxProperties: 1 });
  expect(judge({ a: 'x', b: { c: 1 } }, schema)).toEqual({ problems: [], untried: [], dropped: ['spec.b'] });
});

describe('a rule that can’t be tried', () => {
  const rules = (...expressions: string[]): Json =>
    object({ a: text({ 'x-kubernetes-validations': expressions.map((rule) => ({ rule })) }) });

  it('is told where an object has what it is for', () => {
    expect(judge({ a: 'x' }, rules('self.size() > 3')).untried).toEqual(['spec.a: self.size() > 3']);
    expect(judge({}, rules('self.size() > 3')).untried).toEqual([]);
  });

  it('is taken for kept where the old schema has it too', () => {
    const { untried } = judge({ a: 'x' }, rules('self != ""', 'self.size() > 3'), rules('self != ""'));
    expect(untried).toEqual(['spec.a: self.size() > 3']);
  });

  it('is not told where it compares with what was before', () => {
    expect(judge({ a: 'x' }, rules('self == oldSelf')).untried).toEqual([]);
  });

  it('is told once for all elements of a list', () => {
    const items = { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 1' }] };
    expect(judge([1, 2], { type: 'array', items }).untried).toEqual(['spec[*]: self > 1']);
  });

  it('may be a format or a pattern', () => {
    const email = text({ format: 'email' });
    expect(judge('a@b', email).untried).toEqual(['spec: format email']);
    expect(judge('a@b', email, email).untried).toEqual([]);
    expect(judge('x', text({ pattern: '(?<=a)x' })).untried).toEqual(['spec: pattern (?<=a)x']);
  });

  it('leaves a choice of demands open', () => {
    const schema = text({ anyOf: [{ format: 'email' }, { maxLength: 1 }] });
    expect(judge('x', schema)).toMatchObject({ problems: [], untried: [] });
    expect(judge('a@b', schema)).toMatchObject({ problems: [], untried: ['spec: anyOf'] });
  });
});
