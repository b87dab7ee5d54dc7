import { describe, expect, it } from 'vitest';
import { applicationOf } from '../../../src/kubernetes/argoCd/application.ts';
import { standingOf } from '../../../src/kubernetes/argoCd/standing.ts';
import type { Standing } from '../../../src/kubernetes/argoCd/standing.ts';
import type { Json } from '../../../src/tools/crds/json.ts';
import { application } from './argoCdFixture.ts';

const deployment = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web', status: 'OutOfSync' };
const child = {
  group: 'argoproj.io',
  kind: 'Application',
  namespace: 'argocd',
  name: 'child',
  status: 'OutOfSync',
};

interface Given {
  body?: Json;
  begun?: boolean;
  held?: string[];
  suspendedOnBlue?: boolean;
}

function stand(status: Json, { body = {}, begun, held = [], suspendedOnBlue }: Given = {}): Standing {
  const key = new Set(['argocd/web']);
  return standingOf(applicationOf({ ...application('web', { status }), ...body }), {
    isHeld: ({ name }) => held.includes(name),
    begun: begun === true ? key : new Set(),
    suspendedOnBlue: suspendedOnBlue === true ? key : new Set(),
  });
}

const commit = '0123456789abcdef0123456789abcdef01234567';
const synced = { sync: { status: 'Synced', revision: commit }, health: { status: 'Healthy' } };
const outOfSync = { sync: { status: 'OutOfSync', revision: commit }, resources: [deployment] };
const last = (phase: string, revision = commit) => ({ phase, message: 'words', syncResult: { revision } });

describe('how an Application of Argo CD stands', () => {
  it.each<[string, Json, Given, Standing]>([
    ['is well', synced, {}, { state: 'well', line: 'synced at 0123456' }],
    [
      'waits to be looked at',
      synced,
      { body: { metadata: { name: 'web', annotations: { 'argocd.argoproj.io/refresh': 'normal' } } } },
      { state: 'waiting', line: 'Argo CD has not looked at it yet' },
    ],
    [
      'waits for a sync that is asked for',
      synced,
      { body: { operation: { sync: {} } } },
      { state: 'waiting', line: 'a sync is under way' },
    ],
    [
      'waits for a sync that runs',
      { ...synced, operationState: last('Running') },
      {},
      { state: 'waiting', line: 'a sync is under way: words' },
    ],
    [
      'waits to be compared',
      { sync: { status: 'Unknown' }, conditions: [{ type: 'ComparisonError', message: 'no access.' }] },
      {},
      { state: 'waiting', line: 'Argo CD could not compare it with Git yet: no access' },
    ],
    [
      'waits to be compared at all',
      {},
      {},
      { state: 'waiting', line: 'Argo CD could not compare it with Git yet' },
    ],
    [
      'is due where Git says otherwise',
      outOfSync,
      {},
      { state: 'due', line: 'OutOfSync at 0123456: Deployment shop/web' },
    ],
    [
      'is due where Git has moved since the last sync',
      { ...outOfSync, operationState: last('Succeeded', 'before') },
      {},
      { state: 'due', line: 'OutOfSync at 0123456: Deployment shop/web' },
    ],
    [
      'is not synced again at the same revision',
      { ...outOfSync, operationState: last('Succeeded') },
      {},
      { state: 'waiting', line: 'OutOfSync at 0123456: Deployment shop/web, although it was synced' },
    ],
    [
      'is not begun again where the comparison lags behind its sync',
      { ...outOfSync, operationState: last('Succeeded', 'newer') },
      { begun: true },
      { state: 'waiting', line: 'OutOfSync at 0123456: Deployment shop/web, although it was synced' },
    ],
    [
      'names what Git has no more, since nothing is pruned',
      {
        ...outOfSync,
        resources: [{ ...deployment, requiresPruning: true }],
        operationState: last('Succeeded'),
      },
      {},
      {
        state: 'waiting',
        line: 'OutOfSync at 0123456: Deployment shop/web (Git has it no more, and nothing is pruned), although it was synced',
      },
    ],
    [
      'is tried again after a failure of before',
      { ...outOfSync, operationState: last('Failed') },
      {},
      { state: 'due', line: 'its sync ended as Failed: words' },
    ],
    [
      'has failed when our own sync has',
      { ...synced, operationState: last('Error') },
      { begun: true },
      { state: 'failed', line: 'its sync ended as Error: words' },
    ],
    [
      'is well where only what we hold differs from Git',
      { ...synced, sync: { status: 'OutOfSync', revision: 'a' }, resources: [child] },
      { held: ['child'] },
      { state: 'well', line: 'synced at a' },
    ],
    [
      'is due where something else differs too',
      { ...synced, sync: { status: 'OutOfSync', revision: 'a' }, resources: [child, deployment] },
      { held: ['child'] },
      { state: 'due', line: 'OutOfSync at a: Deployment shop/web' },
    ],
    [
      'waits until it is healthy',
      { ...synced, health: { status: 'Progressing' } },
      {},
      { state: 'waiting', line: 'Synced, but Progressing' },
    ],
    [
      'may be suspended by what we hold',
      { ...synced, health: { status: 'Suspended' }, resources: [{ ...deployment, status: 'Synced' }] },
      { held: ['web'] },
      { state: 'well', line: 'synced at 0123456' },
    ],
    [
      'may be suspended as it is on the old cluster',
      { ...synced, health: { status: 'Suspended' } },
      { suspendedOnBlue: true },
      { state: 'well', line: 'synced at 0123456' },
    ],
    [
      'may not be suspended by others',
      { ...synced, health: { status: 'Suspended' } },
      {},
      { state: 'waiting', line: 'Synced, but Suspended' },
    ],
  ])('%s', (_, status, given, expected) => {
    expect(stand(status, given)).toEqual(expected);
  });

  it('is told by the revisions of all its sources', () => {
    const status = {
      sync: { status: 'OutOfSync', revisions: ['a', 'b'] },
      resources: [deployment],
      operationState: { phase: 'Succeeded', syncResult: { revisions: ['a', 'b'] } },
    };
    expect(stand(status).state).toBe('waiting');
    expect(stand({ ...status, sync: { status: 'OutOfSync', revisions: ['a', 'c'] } }).state).toBe('due');
  });

  it('names five objects at the most', () => {
    const resources = Array.from({ length: 7 }, (_, index) => ({ ...deployment, name: `d${index}` }));
    expect(stand({ ...outOfSync, resources }).line).toMatch(/Deployment shop\/d4 and 2 more$/);
  });
});
