import { expect, it } from 'vitest';
import { selectionOf } from '../../../src/activities/migration/selectionOf.ts';

it('takes what is of a chart among the sources for as little of the copy as what is of a tool', () => {
  const chart = { release: 'web', namespace: 'shop', version: '1.0.0', source: { path: '/srv' }, values: [] };
  const copy = { excludeNamespaces: ['scratch'], excludeKinds: ['jobs.batch'] };
  const sources = [{ copy }, { chart }, { manifests: { path: '/srv/more' } }];
  expect(selectionOf({ sources }, [{ namespace: 'dns', release: 'external-dns' }])).toEqual({
    ...copy,
    tools: [
      { namespace: 'dns', release: 'external-dns' },
      { namespace: 'shop', release: 'web' },
    ],
    sharedVolumes: new Set(),
  });
});
