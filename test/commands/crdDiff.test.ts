import { describe, expect, it, test } from 'vitest';
import { changePath } from '../../src/commands/comparing/changePath.ts';
import { comparisonText } from '../../src/commands/comparing/comparisonText.ts';
import { clusterOf, sourceOf } from '../../src/commands/comparing/options.ts';
import { exitCodeOfComparison } from '../../src/commands/comparing/runCrdDiff.ts';
import type { CrdDiffOptions } from '../../src/commands/comparing/options.ts';
import { runCommandLine } from '../../src/commands/program.ts';
import type { CrdComparison } from '../../src/contract/tools.ts';
import { fakeTerminal } from './fakeTerminal.ts';

const nothing: CrdComparison = {
  ...{ verdict: 'none', differences: [], compared: 3 },
  ...{ tried: 0, refused: [], refusedCount: 0, unknown: [] },
};

test.each<[number, Partial<CrdComparison>]>([
  [0, {}],
  [3, { verdict: 'breaking' }],
  [3, { verdict: 'breaking', unknown: ['x'] }],
  [5, { verdict: 'additive' }],
  [5, { verdict: 'documentation' }],
  [1, { verdict: 'additive', unknown: ['x'] }],
  [1, { unknown: ['x'] }],
])('ends with %i for %o', (code, comparison) => {
  expect(exitCodeOfComparison({ ...nothing, ...comparison })).toBe(code);
});

describe('how it is called', () => {
  const flags: CrdDiffOptions = { output: 'text', namespace: 'default', release: 'crd-diff' };

  it.each([
    ['oci://example.com/web', { oci: 'oci://example.com/web' }],
    ['https://example.com/crds?ref=v{version}', { manifests: 'https://example.com/crds?ref=v{version}' }],
    ['web-1.2.3.tgz', { path: 'web-1.2.3.tgz' }],
    ['releases/{version}/crds', { manifests: 'releases/{version}/crds' }],
    ['docs', { manifests: 'docs' }],
  ])('takes %s for what it is', (source, expected) => {
    expect(sourceOf(source, flags)).toEqual(expected);
  });

  it('takes a chart of a repository', () => {
    const chart = { repository: 'https://charts.example.com', chart: 'web' };
    expect(sourceOf(undefined, { ...flags, ...chart })).toEqual(chart);
  });

  it('takes a context, or a cluster of EKS', () => {
    expect(clusterOf({ ...flags, context: 'prod' })).toEqual({
      cluster: { name: 'context', context: 'prod' },
      inEks: false,
    });
    expect(clusterOf({ ...flags, cluster: 'prod', region: 'eu-west-1' })).toEqual({
      cluster: { name: 'prod', region: 'eu-west-1' },
      inEks: true,
    });
  });

  it.each([
    [['docs'], 'With which cluster?'],
    [['--context', 'x'], 'What is to be compared?'],
    [['no/such/folder', '--context', 'x'], 'There is nothing at no/such/folder.'],
    [['--chart', 'web', '--context', 'x'], '--repository and --chart go together.'],
    [['docs', '--repository', 'https://x', '--chart', 'web', '--context', 'x'], 'Give either docs'],
    [['docs', '--context', 'x', '--region', 'eu-west-1'], 'go with --cluster'],
    [['docs', '--context', 'x', '-o', 'yaml'], 'Allowed choices are text, json'],
  ])('is bad usage: %j', async (args, message) => {
    const terminal = fakeTerminal();
    expect(await runCommandLine(['crd-diff', ...args], terminal)).toBe(2);
    expect(terminal.err.join('\n')).toContain(message);
  });
});

test.each([
  ['spec.versions[v1].schema.properties.spec.properties.color.maxLength', 'v1 .spec.color maxLength'],
  ['spec.versions[v1].schema.properties.spec.properties.tags.items', 'v1 .spec.tags[]'],
  ['spec.versions[v1].schema.properties.items.properties.properties', 'v1 .items.properties'],
  ['spec.versions[v1].schema.properties.a.properties[b/c].additionalProperties.enum', 'v1 .a[b/c][*] enum'],
  ['spec.versions[v1].schema.required', 'v1 required'],
  ['spec.versions[v1].served', 'spec.versions[v1].served'],
])('%s is told as %s', (path, told) => {
  expect(changePath(path)).toBe(told);
});

test('a comparison is told with the worst first, and documentation only counted', () => {
  const path = 'spec.versions[v1].schema.properties.spec';
  const text = comparisonText(
    {
      verdict: 'breaking',
      differences: [
        {
          ...{ crd: 'widgets.example.com', state: 'changed', verdict: 'breaking' },
          changes: [
            { path: `${path}.description`, verdict: 'documentation', what: 'worded otherwise' },
            { path: `${path}.properties.color`, verdict: 'additive', what: 'a new field' },
            { path: `${path}.properties.size.maximum`, verdict: 'breaking', what: 'a new limit of 5' },
          ],
        },
        { crd: 'gadgets.example.com', state: 'extra', verdict: 'none', changes: [] },
      ],
      ...{ compared: 2, tried: 4, refusedCount: 2, unknown: ['something: not allowed'] },
      refused: [
        {
          ...{ crd: 'widgets.example.com', apiVersion: 'example.com/v1', kind: 'Widget' },
          ...{ namespace: 'shop', name: 'web', reason: 'spec.size must be at most 5' },
        },
      ],
    },
    false,
  );
  expect(text.split('\n')).toEqual([
    'CRD difference: breaking, and some of it could not be told',
    '',
    'widgets.example.com  breaking',
    '  breaking  v1 .spec.size maximum: a new limit of 5',
    '  additive  v1 .spec.color: a new field',
    '  and 1 of documentation alone',
    '',
    'gadgets.example.com  no longer part of it; it stays in the cluster',
    '',
    'Live objects that the new schema would refuse (2 of 4):',
    '  Widget shop/web: spec.size must be at most 5',
    '  and 1 more',
    '',
    'Could not be told:',
    '  something: not allowed',
    '',
    '2 compared, 1 the same.',
  ]);
});
