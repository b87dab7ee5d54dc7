import { describe, expect, it } from 'vitest';
import { plain } from '../../src/commands/rendering/style.ts';
import { toolView } from '../../src/commands/rendering/toolView.ts';
import type { ToolPlan } from '../../src/commands/rendering/toolView.ts';
import type { ObservedTool } from '../../src/tools/types.ts';
import { toolsStage } from '../workflows/fakeTool.ts';

const { stage: _, ...change } = toolsStage();

function observed(changes: Partial<ObservedTool> = {}): ObservedTool {
  return {
    wanted: {
      name: 'external-dns',
      release: 'external-dns',
      namespace: 'dns',
      source: { repository: 'https://charts.example.com', chart: 'external-dns' },
      version: 'latest-without-crd-diff',
      versions: [],
      crds: 'refuse',
      driver: { by: 'helm' },
      values: [],
      awaitGit: false,
    },
    installed: {
      release: {
        release: 'external-dns',
        namespace: 'dns',
        revision: 3,
        status: 'deployed',
        chart: { name: 'external-dns', version: '1.14.5' },
        description: '',
        updatedAt: '2026-11-23T00:00:00Z',
      },
      workloads: [],
      management: { by: 'helm', seenOn: [] },
      crds: [],
      sharing: [],
    },
    chosen: { version: '1.15.0' },
    candidates: [
      { version: '1.17.0', problem: 'the chart has no Chart.yaml' },
      { version: '1.16.0', appVersion: '0.16.0', verdict: 'breaking' },
      { version: '1.15.0', appVersion: '0.15.0', verdict: 'documentation' },
    ],
    comparison: {
      verdict: 'breaking',
      differences: [
        {
          crd: 'dnsendpoints.externaldns.k8s.io',
          state: 'changed',
          verdict: 'breaking',
          changes: Array.from({ length: 10 }, (_each, index) => ({
            path: `spec.field${String(index)}`,
            verdict: 'breaking' as const,
            what: 'the field is gone',
          })),
        },
      ],
      compared: 2,
      tried: 40,
      refused: [
        {
          crd: 'dnsendpoints.externaldns.k8s.io',
          apiVersion: 'externaldns.k8s.io/v1alpha1',
          kind: 'DNSEndpoint',
          namespace: 'shop',
          name: 'web',
          reason: 'spec.field0: required',
        },
      ],
      refusedCount: 3,
      unknown: ['a rule in CEL is new'],
    },
    rendered: {
      added: ['Role dns/external-dns'],
      changed: ['Deployment dns/external-dns'],
      removed: [],
      renderedSha256: 'f00d',
    },
    problems: [],
    ...changes,
  };
}

const view = (plan: Partial<ToolPlan> = {}) =>
  toolView({ observed: observed(), change, findings: [], ...plan }, plain);

describe('the plan of a tool, for people', () => {
  it('says from which version to which, and by what', () => {
    expect(view()).toContain('external-dns: 1.14.5 (revision 3) → 1.15.0, release dns/external-dns, by helm');
  });

  it('shows every version that was looked at, and does not take one with a problem for one without a difference', () => {
    const text = view();
    expect(text).toMatch(/1\.17\.0 +the chart has no Chart\.yaml/);
    expect(text).toMatch(/1\.16\.0 +0\.16\.0 +breaking/);
    expect(text).toMatch(/1\.15\.0 +0\.15\.0 +in documentation alone +chosen/);
  });

  it('names what differs, what would be refused and what is not known, and how much more there is', () => {
    const text = view();
    expect(text).toContain('CRDs: 2 compared, 1 differ; 40 custom resources tried, 3 refused');
    expect(text).toContain('spec.field7: the field is gone');
    expect(text).not.toContain('spec.field8');
    expect(text).toContain('and 2 more (-o json shows them)');
    expect(text).toContain('refused DNSEndpoint shop/web: spec.field0: required');
    expect(text).toContain('unknown a rule in CEL is new');
  });

  it('shows what helm renders differently', () => {
    const text = view({ difference: '--- a\n+++ b\n-  replicas: 1\n+  replicas: 2\n' });
    expect(text).toContain('added: Role dns/external-dns');
    expect(text).toContain('removed: none');
    expect(text).toContain('+  replicas: 2');
  });

  it('says that nothing is to be done, or that it is not installed', () => {
    const nothing = { findings: [] };
    const at = observed({ chosen: { version: '1.14.5' } });
    expect(toolView({ observed: at, ...nothing }, plain)).toContain('external-dns: at 1.14.5 already');
    const { release: _release, ...installed } = observed().installed;
    const absent = observed({ installed });
    expect(toolView({ observed: absent, ...nothing }, plain)).toContain('external-dns: not installed');
  });
});
