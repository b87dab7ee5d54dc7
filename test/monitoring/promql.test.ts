import { describe, expect, it } from 'vitest';
import { replaceVariables } from '../../src/monitoring/grafana/variables.ts';
import { readExpression } from '../../src/monitoring/promql.ts';

/** Metrics as `name{needed labels}-{labels left aside}`, patterns as `~pattern`. */
function read(expression: string, needed: string[] = []): string[] | undefined {
  const found = readExpression(expression, needed);
  return found === undefined
    ? undefined
    : [
        ...found.metrics.map(
          ({ name, labels, ignoredLabels }) =>
            `${name}{${labels.join(',')}}${ignoredLabels === undefined ? '' : `-{${ignoredLabels.join(',')}}`}`,
        ),
        ...found.namePatterns.map((pattern) => `~${pattern}`),
        ...(found.hasVariableName ? ['variable'] : []),
      ];
}

describe('an expression', () => {
  it.each<[string, string[]]>([
    ['up', ['up{}']],
    ['1 + 2', []],
    ['vector(1)', []],
    ['a:b:c > 0', ['a:b:c{}']],
    ['rate(x_total{job="a",code=~"5.."}[5m])', ['x_total{code,job}']],
    ['x offset 5m', ['x{}']],
    ['max_over_time(x[1h:5m] @ end())', ['x{}']],
    ['x # and y{z="1"}', ['x{}']],
    // Names in matchers.
    ['{__name__="x", a="b"}', ['x{a}']],
    ['{"x", a="b"}', ['x{a}']],
    ['{"a.metric", "a.label"="b"}', ['a.metric{a.label}']],
    ["{__name__=~'x_.*'}", ['~x_.*']],
    ['{__name__=~"x\\\\d+"}', ['~x\\d+']],
    ['{__name__=~`x\\d+`}', ['~x\\d+']],
    ['{__name__!="x", a="b"}', []],
    ['{__name__!~"x.*"}', []],
    ['{job="x"}', []],
    // Labels of aggregations.
    ['sum by (a, b) (x{c="1"})', ['x{a,b,c}']],
    ['sum(x) by (a)', ['x{a}']],
    ['sum by ("a.b") (x)', ['x{a.b}']],
    ['sum without (a) (x)', ['x{}-{a}']],
    ['count_values("version", x)', ['x{}']],
    ['quantile by (a) (0.9, x)', ['x{a}']],
    // What an inner aggregation drops can't be needed outside.
    ['sum by (a) (sum by (b) (x))', ['x{b}']],
    ['sum by (a) (max(x))', ['x{}']],
    ['sum by (a) (topk(3, x))', ['x{a}']],
    ['sum by (a) (sum without (b) (x))', ['x{a}-{b}']],
    ['histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))', ['x_bucket{le}']],
    // Matching.
    ['x / on (a, b) y', ['x{a,b}', 'y{a,b}']],
    ['x and ignoring (a) y', ['x{}-{a}', 'y{}-{a}']],
    ['x * on (a) group_left (b) y', ['x{a}', 'y{a,b}']],
    ['x * on (a) group_right (b) y', ['x{a,b}', 'y{a}']],
    ['x unless on (a) group_left y', ['x{a}', 'y{a}']],
    ['sum by (c) (x * on (a) group_left (c) y)', ['x{a,c}', 'y{a,c}']],
    // A label that is both needed and left aside is needed.
    ['x{a="1"} and ignoring (a) y', ['x{a}', 'y{}-{a}']],
    // Functions.
    ['absent(x{a="b"})', ['x{a}']],
    ['label_replace(x, "to", "$1", "from", "(.*)")', ['x{from}']],
    ['label_join(x, "to", ",", "a", "b")', ['x{a,b}']],
    ['x or (y and -z)', ['x{}', 'y{}', 'z{}']],
    // The same metric twice is one, with all labels.
    ['x{a="1"} / x{b="2"}', ['x{a,b}']],
  ])('%s asks for %j', (expression, expected) => {
    expect(read(expression)).toEqual(expected);
  });

  it('passes on the labels that are asked of its result, as far as they come from its metrics', () => {
    expect(read('rate(x[5m])', ['a'])).toEqual(['x{a}']);
    expect(read('sum by (b) (x)', ['a'])).toEqual(['x{b}']);
  });

  it.each([
    '',
    '   ',
    'sum(',
    'foo bar',
    'rate(x[$__rate_interval])',
    'x{a=}',
    'SELECT 1',
    '{{ .Values.expr }}',
    '{',
    '("',
    '('.repeat(5_000),
    `${'('.repeat(5_000)}x${')'.repeat(5_000)}`,
    'x+'.repeat(60_000),
    '\0',
  ])('that is no PromQL, or is one beyond measure, is not read (%#)', (expression) => {
    expect(read(expression)).toBeUndefined();
  });

  it('of many parts is read', () => {
    expect(read(Array.from({ length: 300 }, (_each, index) => `m${index}`).join(' or '))).toHaveLength(300);
  });
});

describe("a dashboard's variables", () => {
  it.each<[string, string[]]>([
    ['rate(x{job="$job", i=~"[[instance]]", c=~"${cluster:regex}"}[$__rate_interval])', ['x{c,i,job}']],
    ['rate(x[${window}])', ['x{}']],
    ['rate(x[${minutes}m])', ['x{}']],
    ['rate(x[[[window]]])', ['x{}']],
    ['max_over_time(x[$__range:$resolution])', ['x{}']],
    ['x offset $shift', ['x{}']],
    ['increase(x[${__range_s}s])', ['x{}']],
    ['x * $__interval_ms', ['x{}']],
    ['x > $threshold', ['x{}']],
    ['topk($count, sum by (pod) (x))', ['x{pod}']],
    ['sum by ($by, pod) (x)', ['x{pod}']],
    ['sum by (${by:csv}) (x)', ['x{}']],
    ['$function(x[5m])', ['x{}']],
    ['x{a="b", $filters}', ['x{a}']],
    ['x{$filters}', ['x{}']],
    ['x{a=~"^(a|b)$"}', ['x{a}']],
    ['x{a="$"}', ['x{a}']],
    ['x{a="\\"$b"}', ['x{a}']],
    ['x', ['x{}']],
  ])('are replaced in %s', (expression, expected) => {
    expect(read(replaceVariables(expression))).toEqual(expected);
  });

  it.each([
    '$metric',
    '${metric}{a="b"}',
    'rate($metric[5m])',
    '$metric or vector(0)',
    'sum(rate(apiserver_${what}_total[5m]))',
    'x_[[what]]',
    '{__name__="$metric"}',
    '{__name__=~"apiserver_$what"}',
  ])('that name a metric are told: %s', (expression) => {
    expect(read(replaceVariables(expression))).toEqual(['variable']);
  });
});
