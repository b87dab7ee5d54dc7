import { expect, test } from 'vitest';
import { readRequest } from '../../src/contract/request.ts';
import { strategiesOf } from '../../src/contract/strategiesOf.ts';

test('a request’s strategies are those for all groups and those of single ones, each once', () => {
  const request = readRequest('upgradeCluster', {
    cluster: { name: 'demo' },
    targetVersion: '1.33',
    workers: {
      strategy: 'surge',
      groups: { db: { strategy: 'managed' }, web: {}, batch: { strategy: 'surge' } },
    },
  });
  expect(strategiesOf(request)).toEqual(['surge', 'managed']);
});

test('a request that an older release has recorded has one', () => {
  expect(strategiesOf({ workers: { strategy: 'managed' } })).toEqual(['managed']);
});
