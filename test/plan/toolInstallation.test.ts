import { describe, expect, it } from 'vitest';
import type { CrdDifference } from '../../src/contract/tools.ts';
import { asInstallation, decideInstallation } from '../../src/plan/toolInstallation.ts';
import type { ObservedTool } from '../../src/tools/types.ts';

const crd = (
  name: string,
  state: CrdDifference['state'],
  verdict: CrdDifference['verdict'],
): CrdDifference => ({
  crd: name,
  state,
  verdict,
  changes: [],
});

function absent(differences: CrdDifference[] = [], changes: Partial<ObservedTool> = {}): ObservedTool {
  return {
    wanted: {
      ...{
        name: 'argo-cd',
        release: 'argocd',
        namespace: 'argocd',
        version: '9.1.0',
        crds: 'refuse' as const,
      },
      source: { path: 'charts/argo-cd' },
      ...{ versions: [], values: ['argocd.yaml'], awaitGit: false },
      driver: { by: 'helm' },
    },
    installed: {
      workloads: [],
      management: { by: 'nobody', seenOn: [] },
      crds: [],
      sharing: [],
    },
    chosen: { version: '9.1.0', appVersion: '3.2.0' },
    candidates: [],
    comparison: {
      verdict: differences.some(({ verdict }) => verdict === 'breaking') ? 'breaking' : 'additive',
      differences,
      ...{ compared: 3, tried: 0, refused: [], refusedCount: 0, unknown: [] },
    },
    rendered: { added: [], changed: [], removed: [], renderedSha256: 'f00d' },
    problems: [{ kind: 'not-installed', message: 'It is not there.', remedy: '', source: '' }],
    ...changes,
  };
}

const decide = (observed: ObservedTool) => decideInstallation(asInstallation(observed));

describe('the first installation of a tool', () => {
  it('brings CRDs that the cluster does not have, under the strictest policy too, by Helm itself', () => {
    const decided = decide(absent([crd('a.example.com', 'missing', 'additive')]));
    expect(decided).toMatchObject({
      decision: 'change',
      change: {
        tool: 'argo-cd',
        to: { version: '9.1.0' },
        values: ['argocd.yaml'],
        crds: { policy: 'refuse', verdict: 'none', applied: [] },
      },
    });
    expect(decided).not.toHaveProperty('change.from');
  });

  it('is no problem by itself', () => {
    expect(asInstallation(absent()).problems).toEqual([]);
  });

  it('is held to the policy by CRDs that another installation has brought', () => {
    const differences = [
      crd('a.example.com', 'changed', 'additive'),
      crd('b.example.com', 'missing', 'additive'),
    ];
    expect(decide(absent(differences)).decision).toBe('undecided');
    const { wanted } = absent();
    const additive = absent(differences, { wanted: { ...wanted, crds: 'additive' } });
    expect(decide(additive)).toMatchObject({
      change: { crds: { verdict: 'additive', applied: ['a.example.com'] } },
    });
  });

  it.each<[string, Partial<ObservedTool>]>([
    [
      'a release of that name is there',
      {
        installed: {
          ...absent().installed,
          release: {
            ...{ release: 'argocd', namespace: 'argocd', revision: 1, status: 'failed' },
            chart: { name: 'argo-cd', version: '9.1.0' },
            ...{ description: '', updatedAt: '' },
          },
        },
      },
    ],
    [
      'Argo CD manages it already',
      { installed: { ...absent().installed, management: { by: 'argo-cd', seenOn: [] } } },
    ],
    ['it is installed from manifests', { wanted: { ...absent().wanted, source: { manifests: 'crds/' } } }],
  ])('is not done when %s', (_, changes) => {
    expect(decide(absent([], changes)).decision).toBe('undecided');
  });

  it('is not done when no version or nothing rendered is there', () => {
    const { chosen: _chosen, ...withoutVersion } = absent();
    expect(decide(withoutVersion).decision).toBe('undecided');
    const { rendered: _rendered, ...withoutManifest } = absent();
    expect(decide(withoutManifest).decision).toBe('undecided');
  });
});
