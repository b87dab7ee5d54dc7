import { expect, it, describe } from 'vitest';
import { applyIgnoreRules } from '../../../src/checks/ignoring/applyIgnoreRules.ts';
import { readIgnoreAnnotation } from '../../../src/checks/ignoring/annotation.ts';
import { isDay, isOver } from '../../../src/checks/ignoring/day.ts';
import { readIgnoreRules } from '../../../src/checks/ignoring/readIgnoreRules.ts';
import type { IgnoreRule } from '../../../src/checks/ignoring/types.ts';
import { StepladderError } from '../../../src/contract/errors.ts';
import type { Finding } from '../../../src/contract/finding.ts';

const at = '2026-03-02T10:00:00.000Z';

const finding = (change: Partial<Finding> = {}): Finding => ({
  check: 'removed-apis',
  severity: 'blocker',
  subject: { kind: 'API', name: 'policy/v1beta1/PodDisruptionBudget' },
  message: 'It is in use.',
  remedy: 'Move.',
  evidence: [],
  ...change,
});
const rule = (change: Partial<IgnoreRule> = {}): IgnoreRule => ({
  ...{ check: 'removed-apis', reason: 'moves in May', until: '2026-05-31', place: 'ignore.yaml, rule 1' },
  ...change,
});
const brief = (rules: IgnoreRule[], found = [finding()], atMost: 'warning' | 'info' = 'info') =>
  applyIgnoreRules(found, { rules, at, atMost }).map(({ check, severity }) => `${severity} ${check}`);

describe('a rule', () => {
  it('takes the severity of what it fits down, and says why and until when', () => {
    expect(applyIgnoreRules([finding()], { rules: [rule()], at, atMost: 'info' })).toEqual([
      finding({
        severity: 'info',
        message: 'Ignored until 2026-05-31 (moves in May): It is in use.',
        ignored: { reason: 'moves in May', until: '2026-05-31' },
      }),
    ]);
    expect(brief([rule()], [finding()], 'warning')).toEqual(['warning removed-apis']);
    expect(brief([rule()], [finding({ severity: 'info' })], 'warning')).toEqual(['info removed-apis']);
  });

  it.each<[Partial<IgnoreRule>, boolean]>([
    [{ subject: 'policy/v1beta1/PodDisruptionBudget' }, true],
    [{ subject: 'policy/*' }, true],
    [{ subject: '*PodDisruptionBudget', kind: 'API' }, true],
    [{ subject: 'policy/*/*Budget' }, true],
    [{ subject: 'policy/v1beta1' }, false],
    [{ subject: 'policy.*' }, false],
    [{ subject: 'policy/*/PodDisruptionBudgets' }, false],
    [{ subject: 'policy/v1beta1/PodDisruptionBudget*PodDisruptionBudget' }, false],
    [{ kind: 'Source' }, false],
    [{ namespace: 'shop' }, false],
    [{ check: 'nodes' }, false],
  ])('%o fits or not', (change, fits) => {
    expect(brief([rule(change)])[0]).toBe(fits ? 'info removed-apis' : 'blocker removed-apis');
  });

  it('ignores nothing any more when its day is over, and is told', () => {
    const found = applyIgnoreRules([finding()], {
      rules: [rule({ until: '2026-03-01' })],
      at,
      atMost: 'info',
    });
    expect(found.map(({ severity }) => severity)).toEqual(['blocker', 'warning']);
    expect(found[1]!.message).toBe(
      'The ignore rule "removed-apis" (moves in May) ended on 2026-03-01, and ignores nothing any more.',
    );
    expect(brief([rule({ until: '2026-03-02' })])).toEqual(['info removed-apis']);
  });

  it('that fits nothing is told', () => {
    expect(brief([rule({ check: 'nodes' })])).toEqual(['blocker removed-apis', 'info ignore-rules']);
  });
});

describe('a file of rules', () => {
  const read = (text: string) => readIgnoreRules(text, 'ignore.yaml');
  function refusal(text: string): string {
    try {
      read(text);
    } catch (error) {
      if (error instanceof StepladderError && error.type === 'InvalidInput') return error.message;
      throw error;
    }
    throw new Error('it was accepted');
  }

  it('gives its rules with their places', () => {
    expect(
      read(
        'ignore:\n  - check: removed-apis\n    subject: policy/*\n    reason: later\n    until: 2027-01-31\n  - { check: nodes, kind: Node, reason: "x: y", until: "2027-02-28" }\n',
      ),
    ).toEqual([
      {
        ...{ check: 'removed-apis', subject: 'policy/*', reason: 'later', until: '2027-01-31' },
        place: 'ignore.yaml, rule 1',
      },
      { check: 'nodes', kind: 'Node', reason: 'x: y', until: '2027-02-28', place: 'ignore.yaml, rule 2' },
    ]);
  });

  it.each([
    ['', /ignore\.yaml: must hold `ignore:`/],
    ['ignore:\n  - check: a\n   bad', /ignore\.yaml:\d/],
    ['ignore: [{check: a, until: 2027-01-31}]', /rule 1: reason: must be the reason/],
    ['ignore: [{check: a, reason: " ", until: 2027-01-31}]', /rule 1: reason: must be the reason/],
    ['ignore: [{check: a, reason: b}]', /rule 1: until: must be the last day/],
    ['ignore: [{check: a, reason: b, until: 2027-02-30}]', /rule 1: until: must be a day such as/],
    ['ignore: [{check: a, reason: b, until: 2027-01-31, subjects: c}]', /rule 1: "subjects" is not a field/],
    ['ignored: []\nignore: []', /"ignored" is not a field/],
  ])('is refused as a whole when it is wrong: %j', (text, message) => {
    expect(refusal(text)).toMatch(message);
  });
});

it.each([
  ['removed-apis; later; 2027-01-31', { reason: 'later', until: '2027-01-31' }],
  ['removed-apis;a; b;2027-01-31', { reason: 'a; b', until: '2027-01-31' }],
  ['nodes; x; 2027-01-31\nremoved-apis; y; 2027-01-31', { reason: 'y', until: '2027-01-31' }],
  ['nodes; later; 2027-01-31', undefined],
  ['removed-apis; later', undefined],
  ['removed-apis; ; 2027-01-31', undefined],
  ['removed-apis; later; soon', undefined],
  [3, undefined],
])('the annotation %j', (text, expected) => {
  expect(readIgnoreAnnotation({ 'stepladder/ignore': text }, 'removed-apis')).toEqual(expected);
});

it('knows days, and that they last to their end in UTC', () => {
  expect(['2027-01-31', '2027-02-29', '31.1.2027', '2027-1-31'].map(isDay)).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(isOver('2026-03-02', '2026-03-02T23:59:59.999Z')).toBe(false);
  expect(isOver('2026-03-02', '2026-03-03T00:00:00Z')).toBe(true);
});
