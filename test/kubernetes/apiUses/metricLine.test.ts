import { expect, test } from 'vitest';
import { readMetricLine } from '../../../src/kubernetes/apiUses/metricLine.ts';

test.each([
  ['up 1', { name: 'up', labels: {}, value: 1 }],
  ['t 1.7e+09 1700000000000', { name: 't', labels: {}, value: 1.7e9 }],
  ['a{b="c",d=""} 2', { name: 'a', labels: { b: 'c', d: '' }, value: 2 }],
  ['a{b="x\\"y\\\\z\\n}"} 3', { name: 'a', labels: { b: 'x"y\\z\n}' }, value: 3 }],
  ['a{b="c", d="e",} 4', { name: 'a', labels: { b: 'c', d: 'e' }, value: 4 }],
  ['# HELP up is', undefined],
  ['', undefined],
  ['a{b="c} 1', undefined],
  ['a{b="c"}', undefined],
  ['a{b="c"} x', undefined],
])('%s', (line, sample) => {
  expect(readMetricLine(line)).toEqual(sample);
});
