import type { CrdComparison, CrdVerdict } from '../../src/contract/tools.ts';
import type { HelmReleaseState, InstalledTool, ObservedTool, WantedTool } from '../../src/tools/types.ts';

interface Change {
  wanted?: Partial<WantedTool>;
  release?: Partial<HelmReleaseState> | 'none';
  installed?: Partial<InstalledTool>;
  tool?: Partial<ObservedTool>;
}

/** external-dns 1.14.0, installed by Helm and well, that can go to 1.15.0 without a change of its CRD. */
export function observedTool({ wanted, release, installed, tool }: Change = {}): ObservedTool {
  const name = wanted?.name ?? 'external-dns';
  return {
    wanted: {
      name,
      release: 'external-dns',
      namespace: 'dns',
      source: { repository: 'https://charts.example.test', chart: 'external-dns' },
      version: '1.15.0',
      versions: [],
      crds: 'refuse',
      driver: { by: 'helm' },
      values: [],
      awaitGit: false,
      ...wanted,
    },
    installed: {
      ...(release === 'none'
        ? {}
        : {
            release: {
              release: 'external-dns',
              namespace: 'dns',
              revision: 7,
              status: 'deployed',
              chart: { name: 'external-dns', version: '1.14.0', appVersion: '0.14.0' },
              description: 'Upgrade complete',
              updatedAt: '2026-02-01T00:00:00Z',
              ...release,
            },
          }),
      workloads: [{ kind: 'Deployment', namespace: 'dns', name: 'external-dns', images: ['x:0.14.0'] }],
      management: { by: 'helm', manager: 'dns/external-dns', seenOn: ['Helm release dns/external-dns'] },
      crds: [],
      sharing: [],
      ...installed,
    },
    chosen: { version: '1.15.0', appVersion: '0.15.0' },
    candidates: [{ version: '1.15.0', verdict: 'none' }],
    comparison: compared('none'),
    rendered: {
      added: [],
      changed: ['Deployment dns/external-dns'],
      removed: [],
      renderedSha256: 'c'.repeat(64),
    },
    problems: [],
    ...tool,
  };
}

/** What comparing `dnsendpoints.externaldns.k8s.io` came to. */
export function compared(verdict: CrdVerdict, change: Partial<CrdComparison> = {}): CrdComparison {
  const crd = 'dnsendpoints.externaldns.k8s.io';
  const changes =
    verdict === 'none' ? [] : [{ path: 'spec.versions[v1alpha1].schema.spec', verdict, what: 'is another' }];
  return {
    verdict,
    differences: verdict === 'none' ? [] : [{ crd, state: 'changed', verdict, changes }],
    compared: 1,
    tried: 0,
    refused: [],
    refusedCount: 0,
    unknown: [],
    ...change,
  };
}
