import { describe, expect, it, test } from 'vitest';
import { servicesBehind } from '../../../src/kubernetes/copying/backends.ts';
import { mergePatched, patchToward } from '../../../src/kubernetes/copying/mergePatch.ts';
import type { Json } from '../../../src/tools/crds/json.ts';

describe('what brings a live object to what is wanted', () => {
  test.each<[what: string, live: Json, wanted: Json]>([
    ['defaults that the API server has filled in', { a: 1, type: 'ClusterIP' }, { a: 1 }],
    [
      'defaults in the entries of a list',
      { ports: [{ port: 80, protocol: 'TCP' }] },
      { ports: [{ port: 80 }] },
    ],
    ['what is empty and left out', {}, { labels: {}, list: [], text: '', nothing: null }],
    ['the order of keys', { spec: { a: 1, b: 2 } }, { spec: { b: 2, a: 1 } }],
  ])('is nothing for %s', (_what, live, wanted) => {
    expect(patchToward(live, wanted)).toBeUndefined();
  });

  test.each<[what: string, live: Json, wanted: Json, patch: Json]>([
    ['another value', { a: 1, b: 2 }, { a: 1, b: 3 }, { b: 3 }],
    [
      'a value deep inside',
      { spec: { a: { b: 1, c: 2 } } },
      { spec: { a: { b: 2 } } },
      { spec: { a: { b: 2 } } },
    ],
    ['another entry', { list: [{ a: 1 }] }, { list: [{ a: 2 }] }, { list: [{ a: 2 }] }],
    ['an entry more', { list: [1] }, { list: [1, 2] }, { list: [1, 2] }],
    ['an entry less', { list: [1, 2] }, { list: [1] }, { list: [1] }],
    ['what is not there', {}, { data: { a: 'b' } }, { data: { a: 'b' } }],
  ])('is %s', (_what, live, wanted, patch) => {
    expect(patchToward(live, wanted)).toEqual(patch);
    expect(patchToward(mergePatched(live, patch), wanted)).toBeUndefined();
  });

  it('takes away what a patch says is null, and nothing else', () => {
    expect(mergePatched({ a: { b: 1, c: 2 }, d: [1] }, { a: { b: null }, e: { f: null, g: 1 } })).toEqual({
      a: { c: 2 },
      d: [1],
      e: { g: 1 },
    });
  });
});

describe('the Services that an API server asks', () => {
  test.each<[what: string, object: Json, services: string[]]>([
    [
      'of webhooks, each once',
      {
        kind: 'ValidatingWebhookConfiguration',
        webhooks: [
          { clientConfig: { service: { namespace: 'policy', name: 'hook' } } },
          { clientConfig: { service: { namespace: 'policy', name: 'hook', path: '/other' } } },
          { clientConfig: { url: 'https://example.com' } },
        ],
      },
      ['policy/hook'],
    ],
    [
      'of an APIService',
      { kind: 'APIService', spec: { service: { namespace: 'kube-system', name: 'metrics-server' } } },
      ['kube-system/metrics-server'],
    ],
    ['of anything else there are none', { kind: 'Deployment', spec: { service: { name: 'web' } } }, []],
  ])('%s', (_what, object, services) => {
    expect(servicesBehind(object)).toEqual(services);
  });
});
