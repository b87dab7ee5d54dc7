import { describe, expect, it } from 'vitest';
import { syncPatch } from '../../../src/kubernetes/argoCd/syncOperation.ts';
import { stripObject } from '../../../src/kubernetes/copying/strip.ts';
import type { Json } from '../../../src/tools/crds/json.ts';
import { application } from './argoCdFixture.ts';

function app(spec: Json, status: Json): Json {
  const { metadata, ...rest } = application('web');
  return {
    ...rest,
    metadata: { ...metadata, resourceVersion: '7' },
    spec: { ...rest.spec, ...spec },
    status,
  };
}

describe('the sync that Argo CD is told to do', () => {
  it('is one at the revision that was compared, only while nobody has changed the Application', () => {
    const status = { sync: { status: 'OutOfSync', revision: 'a1' } };
    const patch = syncPatch(app({}, status), 'migrate-prod');
    expect(patch).toMatchObject({
      metadata: { resourceVersion: '7' },
      operation: { initiatedBy: { username: 'stepladder' }, sync: { prune: false, revision: 'a1' } },
    });
    expect(patch['status']).toBeUndefined();
  });

  it('does it as the Application wants, but prunes nothing', () => {
    const retry = { limit: 9 };
    const syncOptions = ['CreateNamespace=true', 'PruneLast=true', 'Prune=confirm', 'ServerSideApply=true'];
    const status = { sync: { revision: 'a1' }, operationState: { phase: 'Failed' } };
    expect(syncPatch(app({ syncPolicy: { retry, syncOptions } }, status), 'migrate-prod')).toMatchObject({
      operation: {
        retry,
        sync: { prune: false, syncOptions: ['CreateNamespace=true', 'ServerSideApply=true'] },
      },
      // The end of the last one is not the end of this one.
      status: { operationState: null },
    });
  });

  it('brings all sources to the revisions that were compared', () => {
    const sources = [{ repoURL: 'a' }, { repoURL: 'b' }];
    const patch = syncPatch(app({ source: undefined, sources }, { sync: { revisions: ['1', '2'] } }), 'm');
    expect(patch['operation']).toMatchObject({ sync: { sources, revisions: ['1', '2'] } });
  });

  it('is not copied from an Application that is told to on the old cluster', () => {
    const kind = { group: 'argoproj.io', resource: 'applications', kind: 'Application', namespaced: true };
    const context = { sharedClaims: new Set<string>(), ownNotes: [] };
    const copied = stripObject(kind, { ...application('web'), operation: { sync: {} } }, context);
    expect(copied['operation']).toBeUndefined();
    expect(copied['spec']).toEqual(application('web').spec);
  });
});
