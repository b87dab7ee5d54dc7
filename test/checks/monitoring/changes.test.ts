import { expect, it } from 'vitest';
import { compareTables } from '../../../src/checks/monitoring/changes.ts';
import type { MetricDefinition } from '../../../src/checks/monitoring/types.ts';

function metric(name: string, fields: Partial<MetricDefinition> = {}): MetricDefinition {
  return { name, type: 'counter', labels: [], stability: 'ALPHA', hidden: false, help: '', ...fields };
}

function changes(before: MetricDefinition[], after: MetricDefinition[]) {
  const table = (metrics: MetricDefinition[]) => new Map(metrics.map((each) => [each.name, each]));
  return [...compareTables(table(before), table(after), '1.40').values()].flat();
}

it('is silent about what stays and what comes', () => {
  expect(changes([metric('a_b')], [metric('a_b', { labels: ['new'] }), metric('c_d')])).toEqual([]);
});

it('tells what is removed, hidden and deprecated', () => {
  expect(
    changes(
      [metric('gone'), metric('hides'), metric('fades'), metric('was_hidden', { hidden: true })],
      [metric('hides', { hidden: true, deprecated: '1.39' }), metric('fades', { deprecated: '1.40' })],
    ),
  ).toEqual([
    { name: 'gone', at: '1.40', change: 'removed' },
    { name: 'hides', at: '1.40', change: 'hidden' },
    { name: 'fades', at: '1.40', change: 'deprecated' },
    { name: 'was_hidden', at: '1.40', change: 'removed', hiddenBefore: true },
  ]);
});

it('tells each such thing at one hop only', () => {
  const hidden = metric('a', { hidden: true, deprecated: '1.38' });
  expect(changes([hidden], [hidden])).toEqual([]);
  const fading = metric('a', { deprecated: '1.38' });
  expect(changes([fading], [fading])).toEqual([]);
});

it('tells which labels go, and which come in that version, also of what is deprecated at once', () => {
  expect(
    changes(
      [metric('a', { labels: ['kept', 'state'] })],
      [metric('a', { labels: ['error', 'kept'], deprecated: '1.40' })],
    ),
  ).toEqual([
    { name: 'a', at: '1.40', change: 'deprecated' },
    { name: 'a', at: '1.40', change: 'labels-removed', labels: ['state'], newLabels: ['error'] },
  ]);
});

it('claims nothing about labels that are not known', () => {
  const { labels: _labels, ...unknown } = metric('a');
  expect(changes([metric('a', { labels: ['x'] })], [unknown])).toEqual([]);
  expect(changes([unknown], [metric('a', { labels: ['x'] })])).toEqual([]);
});

it.each<[string, MetricDefinition, MetricDefinition[], string | undefined]>([
  [
    'the one that its help text names',
    metric('old_total', { help: '(Deprecated) Use brand_new_total instead.' }),
    [metric('brand_new_total'), metric('old_totals')],
    'brand_new_total',
  ],
  [
    'the one whose help text names it',
    metric('old_total'),
    [metric('brand_new_total', { help: 'Takes the place of old_total.' })],
    'brand_new_total',
  ],
  [
    'a new one with the same help text',
    metric('a_errors', { help: 'Errors of a plugin' }),
    [metric('b_failures_total', { help: 'Errors of a plugin' })],
    'b_failures_total',
  ],
  [
    'none of two new ones with the same help text',
    metric('a_errors', { help: 'Errors of a plugin' }),
    [metric('b_one', { help: 'Errors of a plugin' }), metric('b_two', { help: 'Errors of a plugin' })],
    undefined,
  ],
  [
    'one with the same words',
    metric('volume_operation_total_errors', { help: 'x' }),
    [metric('volume_operation_errors_total', { help: 'y' })],
    'volume_operation_errors_total',
  ],
  [
    'one that differs in a word and says nearly the same',
    metric('pod_scheduling_seconds', { help: 'Latency of scheduling a Pod from its first try' }),
    [metric('pod_scheduling_sli_seconds', { help: 'Latency of scheduling a Pod from its first queueing' })],
    'pod_scheduling_sli_seconds',
  ],
  [
    'none that differs in a word and says something else',
    metric('cache_hits_total', { help: 'Number of reads that were answered' }),
    [metric('cache_misses_total', { help: 'How often disks were asked' })],
    undefined,
  ],
  ['none of another type', metric('a_b_c'), [metric('b_a_c', { type: 'histogram' })], undefined],
  ['none that is hidden itself', metric('a_b_c'), [metric('b_a_c', { hidden: true })], undefined],
  ['none that is deprecated itself', metric('a_b_c'), [metric('b_a_c', { deprecated: '1.40' })], undefined],
])('proposes %s', (_what, gone, after, heir) => {
  const [change] = changes([gone], after);
  expect(change?.heir?.name).toBe(heir);
  if (heir !== undefined) expect(change?.heir?.reason).toMatch(/\S \S/);
});
