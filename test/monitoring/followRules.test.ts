import { describe, expect, it } from 'vitest';
import type { PlacedExpression } from '../../src/monitoring/expressionUse.ts';
import { followRules } from '../../src/monitoring/followRules.ts';

const at = '2026-03-02T10:00:00.000Z';

function rule(name: string, expression: string, ownLabels: string[] = []): PlacedExpression {
  return { expression, ownLabels, place: { kind: 'recording-rule', name, group: 'g', source: 's' } };
}

function alert(expression: string): PlacedExpression {
  return { expression, place: { kind: 'alert', name: 'A', group: 'g', source: 's' } };
}

/** What the alert stands on: `x{labels} via rule, rule`. */
function standsOn(expression: string, ...rules: PlacedExpression[]): string[] {
  const { uses } = followRules([...rules, alert(expression)], [], at);
  const use = uses.find(({ place }) => place.kind === 'alert');
  return [
    ...(use?.metrics ?? []).map(
      ({ name, labels, through }) =>
        `${name}{${labels.join(',')}}${through === undefined ? '' : ` via ${through.join(', ')}`}`,
    ),
    ...(use?.namePatterns ?? []).map((pattern) => `~${pattern}`),
  ];
}

describe('what an alert stands on', () => {
  it('is what a recording rule stands on, through any number of them', () => {
    expect(standsOn('b:x > 1', rule('b:x', 'a:x * 2'), rule('a:x', 'rate(x[5m])'))).toEqual([
      'b:x{}',
      'a:x{} via b:x',
      'x{} via b:x, a:x',
    ]);
  });

  it('includes the labels that it needs of what a rule passes on', () => {
    expect(standsOn('a:x{code="500"}', rule('a:x', 'rate(x[5m])'))).toContain('x{code} via a:x');
    expect(standsOn('a:x{job="j"}', rule('a:x', 'sum by (job) (x)'))).toContain('x{job} via a:x');
    expect(standsOn('sum by (tier) (a:x)', rule('a:x', 'x', ['tier']))).toContain('x{} via a:x');
  });

  it('is that of every rule that records under the name', () => {
    expect(standsOn('a:x', rule('a:x', 'x'), rule('a:x', 'y'))).toEqual([
      'a:x{}',
      'x{} via a:x',
      'y{} via a:x',
    ]);
  });

  it('includes the patterns that a rule asks for', () => {
    expect(standsOn('a:x', rule('a:x', 'count({__name__=~"etcd_.*"})'))).toEqual(['a:x{}', '~etcd_.*']);
  });

  it('ends where rules stand on each other, or on themselves', () => {
    expect(standsOn('a', rule('a', 'b + x'), rule('b', 'a + y'))).toEqual([
      'a{}',
      'b{} via a',
      'x{} via a',
      'y{} via a, b',
    ]);
    expect(standsOn('a', rule('a', 'a or x'))).toEqual(['a{}', 'x{} via a']);
  });

  it('is found in time where every rule of a level stands on two of the next', () => {
    const rules = Array.from({ length: 40 }, (_each, level) => [
      rule(`left${level}`, `left${level + 1} + right${level + 1}`),
      rule(`right${level}`, `left${level + 1} + right${level + 1}`),
    ]).flat();
    expect(standsOn('left0', ...rules)).toHaveLength(81);
  });
});

describe('what can not be read', () => {
  it('is told with its place, and the rest is read', () => {
    const { uses, problems } = followRules([alert('sum('), rule('a', 'x')], [], at);
    expect(uses.map(({ place }) => place.kind)).toEqual(['recording-rule']);
    expect(problems).toEqual([
      { place: alert('').place, kind: 'unreadable', problem: expect.stringContaining('no PromQL') },
    ]);
  });

  it('is a variable in a rule file, where nobody replaces it', () => {
    expect(followRules([alert('rate(x[$__interval])')], [], at).problems).toHaveLength(1);
    const panel = { ...alert('rate(x[$__interval])'), hasVariables: true };
    expect(followRules([panel], [], at).problems).toEqual([]);
  });

  it('is a name made of a variable, beside what else the panel stands on', () => {
    const rated = followRules([{ ...alert('rate($metric[5m]) or x'), hasVariables: true }], [], at);
    expect(rated.problems.map(({ kind }) => kind)).toEqual(['variable-name']);
    expect(rated.uses[0]?.metrics.map(({ name }) => name)).toEqual(['x']);
  });

  it('is more rules than are followed', () => {
    const rules = Array.from({ length: 5_001 }, () => rule('a', 'x'));
    expect(followRules([alert('a'), ...rules], [], at).problems).toEqual([
      expect.objectContaining({ kind: 'unreadable', problem: 'it stands on too many recording rules' }),
    ]);
  });
});

it('follows the metric of an autoscaler to what its rule stands on', () => {
  const place = { kind: 'autoscaler' as const, namespace: 'n', name: 'w', source: 's' };
  const { uses } = followRules([rule('a:x', 'x')], [{ name: 'a:x', place }], at);
  expect(uses.at(-1)).toEqual({
    metrics: [
      { name: 'a:x', labels: [] },
      { name: 'x', labels: [], through: ['a:x'] },
    ],
    namePatterns: [],
    place,
    observedAt: at,
  });
});
