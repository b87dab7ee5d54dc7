import { describe, expect, it } from 'vitest';
import { releaseRefusal } from '../../src/activities/toolsRefusal.ts';
import type { ReleaseSeen } from '../../src/activities/toolsRefusal.ts';
import type { ToolChange } from '../../src/contract/tools.ts';
import type { HelmReleaseState } from '../../src/tools/types.ts';

const change: ToolChange = {
  tool: 'external-dns',
  namespace: 'dns',
  release: 'external-dns',
  source: { path: 'charts/external-dns' },
  driver: { by: 'helm' },
  from: { version: '1.14.5', revision: 3 },
  to: { version: '1.15.0' },
  values: [],
  renderedSha256: 'f00d',
  crds: { policy: 'refuse', verdict: 'none', applied: [] },
};
const { from: _, ...firstInstallation } = change;

function release(changes: Partial<HelmReleaseState> = {}): HelmReleaseState {
  return {
    release: 'external-dns',
    namespace: 'dns',
    revision: 3,
    status: 'deployed',
    chart: { name: 'external-dns', version: '1.14.5' },
    description: 'Upgrade complete',
    updatedAt: '2026-11-23T00:00:00Z',
    ...changes,
  };
}

describe('a release right before its upgrade', () => {
  it.each<[string, ToolChange, ReleaseSeen]>([
    ['is as planned', change, { namespace: 'active', release: release() }],
    ['is not there, and its namespace neither', firstInstallation, { namespace: 'absent' }],
    ['is not there, but its namespace is', firstInstallation, { namespace: 'active' }],
  ])('may be changed when it %s', (_case, planned, seen) => {
    expect(releaseRefusal(planned, seen)).toBeUndefined();
  });

  it.each<[string, ToolChange, ReleaseSeen, string, string]>([
    [
      'its namespace is terminating',
      change,
      { namespace: 'terminating', release: release() },
      'Namespace dns is terminating',
      'start again',
    ],
    ['it is gone', change, { namespace: 'active' }, 'is gone', 'stepladder tool install external-dns'],
    [
      'it is there on a first installation',
      firstInstallation,
      { namespace: 'active', release: release({ status: 'failed' }) },
      'there already: revision 3 (external-dns 1.14.5), failed',
      'Plan anew',
    ],
    ...['pending-install', 'pending-upgrade', 'pending-rollback', 'uninstalling'].map(
      (status): [string, ToolChange, ReleaseSeen, string, string] => [
        `it is ${status}`,
        change,
        { namespace: 'active', release: release({ revision: 4, status }) },
        `revision 4 (external-dns 1.14.5), ${status}`,
        'helm rollback external-dns 3 -n dns',
      ],
    ),
    [
      'another revision is there',
      change,
      { namespace: 'active', release: release({ revision: 4 }) },
      'that was revision 3 (1.14.5), and it is revision 4',
      'Start again',
    ],
    [
      'it was uninstalled and installed again, so that the revision is the same by chance',
      change,
      {
        namespace: 'active',
        release: release({ chart: { name: 'external-dns', version: '1.13.0' } }),
      },
      'it is revision 3 (external-dns 1.13.0)',
      'Start again',
    ],
    [
      'it has failed',
      change,
      { namespace: 'active', release: release({ status: 'failed' }) },
      "what of it is in force can't be told",
      'helm rollback',
    ],
  ])('is refused when %s, with what to do', (_case, planned, seen, what, remedy) => {
    const refusal = releaseRefusal(planned, seen);
    expect(refusal).toContain(what);
    expect(refusal).toContain(remedy);
  });
});
