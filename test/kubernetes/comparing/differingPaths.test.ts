import { expect, test } from 'vitest';
import { differingPaths } from '../../../src/kubernetes/comparing/differingPaths.ts';
import type { Json } from '../../../src/tools/crds/json.ts';

const container = (image: string, ...env: string[]): Json => ({
  ...{ name: 'web', image },
  env: env.map((value, index) => ({ name: `E${index}`, value })),
});
const withContainers = (...containers: Json[]): Json => ({ spec: { template: { spec: { containers } } } });

test.each<[what: string, blue: Json, green: Json, paths: string[]]>([
  ['nothing', { a: [{ b: 1 }] }, { a: [{ b: 1 }] }, []],
  ['a field', { spec: { paused: true } }, { spec: { paused: false } }, ['spec.paused']],
  ['a field that one has', { spec: { paused: true } }, { spec: {} }, ['spec.paused']],
  ['a whole part that one has', { spec: {} }, { data: { a: 1 }, spec: {} }, ['data']],
  ['a field of another type', { spec: { a: { b: 1 } } }, { spec: { a: [1] } }, ['spec.a']],
  ['an entry of a list', { l: [{ a: 1 }, { a: 2 }] }, { l: [{ a: 1 }, { a: 3 }] }, ['l[1].a']],
  ['the length of a list', { l: [1] }, { l: [1, 2] }, ['l']],
  ['a key with signs', { data: { 'app.yaml': 'a' } }, { data: { 'app.yaml': 'b' } }, ['data["app.yaml"]']],
  [
    'a key of the prototype',
    { data: {} },
    JSON.parse('{"data":{"__proto__":1}}') as Json,
    ['data.__proto__'],
  ],
  [
    'images before replicas before environment before all else before labels',
    {
      metadata: { labels: { a: '1' } },
      spec: { minReadySeconds: 1, replicas: 1, ...(withContainers(container('web:1', 'a'))['spec'] as Json) },
    },
    {
      metadata: { labels: { a: '2' } },
      spec: { minReadySeconds: 2, replicas: 2, ...(withContainers(container('web:2', 'b'))['spec'] as Json) },
    },
    [
      'spec.template.spec.containers[0].image',
      'spec.replicas',
      'spec.template.spec.containers[0].env[0].value',
      'spec.minReadySeconds',
      'metadata.labels.a',
    ],
  ],
  [
    'a variable more',
    withContainers(container('web:1', 'a')),
    withContainers(container('web:1', 'a', 'b')),
    ['spec.template.spec.containers[0].env'],
  ],
])('%s', (_what, blue, green, paths) => {
  expect(differingPaths(blue, green)).toEqual(paths);
});
