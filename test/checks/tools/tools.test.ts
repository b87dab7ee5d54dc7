import { describe, expect, it } from 'vitest';
import { blockingFindings, findingKey } from '../../../src/checks/index.ts';
import { toolFindings } from '../../../src/checks/tools/index.ts';
import type { Finding } from '../../../src/contract/finding.ts';
import type { ToolProblem } from '../../../src/tools/types.ts';
import { observe, observedAt, plan } from '../../plan/fixtures.ts';
import { compared, observedTool } from '../../tools/observedTool.ts';

type Change = Parameters<typeof observedTool>[0];

function findings(change: Change, check?: string): Finding[] {
  return toolFindings(observedTool(change), observedAt).filter(
    (finding) => check === undefined || finding.check === check,
  );
}

const found = (change: Change) => findings(change).map(({ severity, check }) => `${severity} ${check}`);
const text = (change: Change, check: string) =>
  findings(change, check)
    .map(({ message, remedy }) => `${message} ${remedy}`)
    .join('\n');

const problem = (kind: ToolProblem['kind']): Change => ({
  tool: {
    problems: [{ kind, message: 'Something is wrong.', remedy: 'Mend it.', source: 'where it was seen' }],
  },
});

describe('a tool that can be upgraded', () => {
  it('has nothing said against it, and one line of what will be done', () => {
    expect(found({})).toEqual(['info tool-version']);
    expect(text({}, 'tool-version')).toContain(
      'external-dns goes from 1.14.0 to 1.15.0 (release dns/external-dns). Of its objects 0 are added, 1 changed and 0 removed.',
    );
  });

  it('has the versions that were looked at named, with what came out', () => {
    const candidates = [
      { version: '1.17.0', verdict: 'breaking' as const },
      { version: '1.16.0', problem: 'the chart is broken' },
      { version: '1.15.0', verdict: 'none' as const },
    ];
    expect(text({ tool: { candidates } }, 'tool-version')).toContain(
      'Looked at for differences of CRDs: 1.17.0 breaking, 1.16.0 unknown (the chart is broken), 1.15.0 none.',
    );
  });

  it('that is at its version already is told, and no more', () => {
    const change: Change = { release: { chart: { name: 'external-dns', version: '1.15.0' } } };
    expect(found(change)).toEqual(['info tool-version']);
    expect(text(change, 'tool-version')).toContain('is at 1.15.0 already');
  });
});

describe('what is wrong when a tool is looked at', () => {
  it.each<[ToolProblem['kind'], string]>([
    ['unreachable-source', 'unknown tool-source'],
    ['no-such-version', 'blocker tool-source'],
    ['broken-chart', 'blocker tool-source'],
    ['no-helm', 'blocker tool-source'],
    ['values-do-not-render', 'blocker tool-values'],
    ['not-installed', 'blocker tool-release'],
    ['release-pending', 'blocker tool-release'],
    ['release-failed', 'blocker tool-release'],
    ['namespace-terminating', 'blocker tool-release'],
    ['unseen', 'unknown tool-unseen'],
  ])('%s is: %s', (kind, expected) => {
    const all = findings(problem(kind));
    expect(all.map(({ severity, check }) => `${severity} ${check}`)).toContain(expected);
    expect(all[0]).toMatchObject({
      subject: { kind: 'Tool', name: 'external-dns' },
      message: 'external-dns: Something is wrong.',
      remedy: 'Mend it.',
      evidence: [{ source: 'where it was seen', observedAt }],
    });
  });

  it('manifests have no release to upgrade', () => {
    expect(found({ wanted: { source: { manifests: '/crds' } } })).toContain('blocker tool-source');
  });

  it('an older version than the installed one is refused', () => {
    const change: Change = { tool: { chosen: { version: '1.13.0' } } };
    expect(found(change)).toEqual(['blocker tool-downgrade']);
    expect(text(change, 'tool-downgrade')).toContain(
      'is at 1.14.0, and an upgrade does not go back to 1.13.0',
    );
  });
});

describe('changes of CRDs', () => {
  it.each([
    ['documentation', 'refuse', undefined],
    ['additive', 'refuse', 'blocker'],
    ['additive', 'additive', 'warning'],
    ['additive', 'allow', 'warning'],
    ['breaking', 'refuse', 'blocker'],
    ['breaking', 'additive', 'blocker'],
    ['breaking', 'allow', 'warning'],
  ] as const)('%s under "%s": %s', (verdict, crds, severity) => {
    const all = findings({ wanted: { crds }, tool: { comparison: compared(verdict) } }, 'tool-crds');
    expect(all.map((finding) => finding.severity)).toEqual(severity === undefined ? [] : [severity]);
  });

  it('are named by CRD and path, the worst first', () => {
    const differences = [
      {
        crd: 'a.example.test',
        state: 'changed' as const,
        verdict: 'additive' as const,
        changes: [{ path: 'spec.x', verdict: 'additive' as const, what: 'a new field' }],
      },
      {
        crd: 'b.example.test',
        state: 'changed' as const,
        verdict: 'breaking' as const,
        changes: [
          { path: 'spec.y', verdict: 'breaking' as const, what: 'the field is gone' },
          { path: 'spec.z', verdict: 'documentation' as const, what: 'another description' },
        ],
      },
    ];
    expect(text({ tool: { comparison: compared('breaking', { differences }) } }, 'tool-crds')).toContain(
      '(breaking): b.example.test (spec.y: the field is gone); a.example.test (spec.x: a new field).',
    );
  });

  it('that are many are counted', () => {
    const changes = Array.from({ length: 30 }, (_, index) => ({
      path: `spec.f${index}`,
      verdict: 'breaking' as const,
      what: 'is gone',
    }));
    const differences = Array.from({ length: 9 }, (_, index) => ({
      crd: `c${index}.example.test`,
      state: 'changed' as const,
      verdict: 'breaking' as const,
      changes,
    }));
    const told = text({ tool: { comparison: compared('breaking', { differences }) } }, 'tool-crds');
    expect(told).toContain('and 27 more');
    expect(told).toContain('and 4 more');
    expect(told.length).toBeLessThan(1500);
  });

  it('have the highest version without one proposed, where it is above the installed one', () => {
    const comparison = compared('breaking');
    expect(
      text({ tool: { comparison, highestWithoutDifference: { version: '1.14.3' } } }, 'tool-crds'),
    ).toContain('Take 1.14.3, the highest version without a difference');
    for (const version of ['1.14.0', undefined]) {
      const highest = version === undefined ? {} : { highestWithoutDifference: { version } };
      expect(text({ tool: { comparison, ...highest } }, 'tool-crds')).toContain(
        'Stay at 1.14.0: no higher version is without a difference',
      );
    }
  });

  it('have the policy named that would let them through, and a new cluster', () => {
    expect(text({ tool: { comparison: compared('additive') } }, 'tool-crds')).toMatch(
      /new cluster \(blue\/green\).*\{"tools":\[\{"name":"external-dns","crds":"additive"\}\]\}/,
    );
    expect(text({ tool: { comparison: compared('breaking') } }, 'tool-crds')).toContain('"crds":"allow"');
  });

  it('by which a custom resource would be refused are let through by no policy, and it is named', () => {
    const refused = [
      {
        crd: 'dnsendpoints.externaldns.k8s.io',
        apiVersion: 'externaldns.k8s.io/v1alpha1',
        kind: 'DNSEndpoint',
        namespace: 'shop',
        name: 'web',
        reason: 'spec.endpoints[0].dnsName: is too long',
      },
    ];
    const comparison = compared('breaking', { refused, refusedCount: 41 });
    const change: Change = { wanted: { crds: 'allow' }, tool: { comparison } };
    expect(found(change)).toContain('blocker tool-crds');
    expect(text(change, 'tool-crds')).toContain(
      'would refuse 41 custom resources that the cluster has: DNSEndpoint shop/web (spec.endpoints[0].dnsName: is too long); and 40 more.',
    );
  });

  it('that could not be told in full are unknown, whatever the verdict is', () => {
    const comparison = compared('none', { unknown: ['a.example.test: may not be read'] });
    expect(found({ tool: { comparison } })).toContain('unknown tool-crds');
  });

  it('that leave a CRD behind are told', () => {
    const differences = [
      { crd: 'old.example.test', state: 'extra' as const, verdict: 'none' as const, changes: [] },
    ];
    expect(found({ tool: { comparison: compared('none', { differences }) } })).toContain('info tool-crds');
  });

  it('concern the others who share them', () => {
    const sharing = [{ namespace: 'team-a', name: 'external-dns', version: '1.12.0' }];
    const same: Change = { installed: { sharing } };
    expect(found(same)).toContain('info tool-sharing');
    const changed: Change = {
      installed: { sharing },
      wanted: { crds: 'additive' },
      tool: { comparison: compared('additive') },
    };
    expect(found(changed)).toContain('warning tool-sharing');
    expect(text(changed, 'tool-sharing')).toContain('team-a/external-dns 1.12.0');
  });
});

describe('who keeps the tool', () => {
  const kept = (
    management: NonNullable<NonNullable<Change>['installed']>['management'],
    awaitGit = false,
  ): Change => ({
    installed: management === undefined ? {} : { management },
    wanted: { awaitGit },
  });

  it.each<[string, Change, string | undefined]>([
    ['Helm', {}, undefined],
    ['Argo CD', kept({ by: 'argo-cd', manager: 'argocd/dns', seenOn: ['x'] }), 'blocker'],
    ['Argo CD, waited for', kept({ by: 'argo-cd', manager: 'argocd/dns', seenOn: ['x'] }, true), 'info'],
    ['Argo CD, by an Application that is not known', kept({ by: 'argo-cd', seenOn: ['x'] }, true), 'blocker'],
    ['Flux', kept({ by: 'flux', manager: 'flux/dns', seenOn: ['x'] }), 'blocker'],
    [
      'Flux, which is not waited for',
      kept({ by: 'flux', manager: 'flux/dns', seenOn: ['x'] }, true),
      'blocker',
    ],
    ['plain manifests', { ...kept({ by: 'manifests', seenOn: [] }), release: 'none' }, 'blocker'],
    [
      'Argo CD itself, whatever the request says',
      kept({ by: 'argo-cd', manager: 'argocd/argocd', managesItself: true, seenOn: ['x'] }, true),
      'blocker',
    ],
  ])('%s', (_, change, severity) => {
    const all = findings(change, 'tool-managed').map((finding) => finding.severity);
    expect(all).toEqual(severity === undefined ? [] : [severity]);
  });

  it('says what to change in Git', () => {
    expect(text(kept({ by: 'argo-cd', manager: 'argocd/dns', seenOn: ['x'] }), 'tool-managed')).toContain(
      'Set its version to 1.15.0 in Git: spec.source.targetRevision of Application argocd/dns',
    );
  });

  it('says how Argo CD is taken out of its own hands', () => {
    const change = {
      ...kept({ by: 'argo-cd', manager: 'argocd/self', managesItself: true, seenOn: ['annotation y'] }),
    };
    expect(text(change, 'tool-managed')).toContain('argocd app delete self --cascade=false');
    expect(findings(change, 'tool-managed')[0]?.evidence).toEqual([{ source: 'annotation y', observedAt }]);
  });
});

describe('the tools in the plan of a cluster', () => {
  const fields = { tools: [{ name: 'external-dns', version: '1.15.0' }] };
  const planned = (tools: ReturnType<typeof observedTool>[] | undefined, overrides: string[] = []) =>
    plan(observe(tools === undefined ? {} : { tools }), { ...fields, overrides });

  it('that nobody has looked at are unknown', () => {
    const { findings: all } = planned(undefined);
    expect(all.filter(({ check }) => check === 'tool-unseen').map(findingKey)).toEqual([
      'tool-unseen/Tool/external-dns',
    ]);
  });

  it('that are left out for a reason that nothing tells are unknown', () => {
    const tool = observedTool();
    delete tool.rendered;
    expect(planned([tool]).findings.map(findingKey)).toContain('tool-unseen/Tool/external-dns');
  });

  it('can not be had by overriding what stands against them', () => {
    const key = 'tool-crds/Tool/external-dns';
    const { findings: all, plan: made } = planned(
      [observedTool({ tool: { comparison: compared('breaking') } })],
      [key],
    );
    expect(blockingFindings(all, made.overrides).map(findingKey)).toContain(key);
    expect(all.find(({ check }) => check === 'overrides')?.message).toContain(
      'a tool is not upgraded over it',
    );
  });
});
