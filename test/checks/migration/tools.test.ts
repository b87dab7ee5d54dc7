import { describe, expect, it } from 'vitest';
import { isMigrationStage } from '../../../src/contract/migration.ts';
import type { ObservedWebhook } from '../../../src/plan/observedExtensions.ts';
import type { ToolProblem } from '../../../src/tools/types.ts';
import { observeBoth, planMigration } from '../../plan/migration/fixtures.ts';
import { compared, observedTool } from '../../tools/observedTool.ts';
import { findings, found } from './found.ts';
import type { Given } from './found.ts';

type Change = Parameters<typeof observedTool>[0];

const tool = (change: Change = {}): Given => ({ blue: { tools: [observedTool(change)] } });
const key = 'green-tools/Tool/external-dns';

describe('a tool on the new cluster', () => {
  it('is installed at its new version, whatever its CRDs are beside the old cluster’s', () => {
    const breaking = tool({ tool: { comparison: compared('breaking') } });
    expect(found('green-tools', breaking)).toEqual([]);
    const { plan } = planMigration(observeBoth({}, breaking.blue));
    const stages = plan.hops.flatMap(({ stages }) => stages).filter(isMigrationStage);
    expect(stages.map(({ stage }) => stage)).toContain('green-tools');
    expect(stages.find((stage) => stage.stage === 'green-tools')?.tools).toMatchObject([
      { tool: 'external-dns', to: { version: '1.15.0' } },
    ]);
    expect(JSON.stringify(stages)).not.toContain('"from":{"version"');
  });

  it.each<[ToolProblem['kind'], string[]]>([
    ['unreachable-source', [`unknown ${key}`]],
    ['no-such-version', [`blocker ${key}`]],
    ['broken-chart', [`blocker ${key}`]],
    ['no-helm', [`blocker ${key}`]],
    ['values-do-not-render', [`blocker ${key}`]],
    ['unseen', [`unknown ${key}`]],
    // What only ails the old cluster's release.
    ['not-installed', []],
    ['release-pending', []],
    ['release-failed', []],
    ['namespace-terminating', []],
  ])('with %s: %j', (kind, expected) => {
    const problems = [{ kind, message: 'Something is wrong.', remedy: 'Mend it.', source: 'somewhere' }];
    expect(found('green-tools', tool({ tool: { problems } }))).toEqual(expected);
  });

  it.each<[string, Change]>([
    ['Argo CD keeps', { installed: { management: { by: 'argo-cd', manager: 'argocd/dns', seenOn: [] } } }],
    ['Flux keeps', { installed: { management: { by: 'flux', seenOn: [] } } }],
    ['keeps itself', { installed: { management: { by: 'argo-cd', managesItself: true, seenOn: [] } } }],
    ['is but manifests', { wanted: { source: { manifests: '/crds' } } }],
    [
      'has CRDs that refuse what there is',
      { tool: { comparison: { ...compared('none'), refusedCount: 2 } } },
    ],
  ])('that %s is a blocker', (_, change) => {
    expect(found('green-tools', tool(change))).toEqual([`blocker ${key}`]);
  });

  it('of which no version can be told is unknown', () => {
    const { chosen: _, ...rest } = observedTool({});
    expect(found('green-tools', { blue: { tools: [rest] } })).toEqual([`unknown ${key}`]);
  });

  it('that the request names and nobody has looked at is unknown', () => {
    const request = { tools: [{ name: 'external-dns', version: '1.15.0' }] };
    expect(found('green-tools', { request })).toEqual([`unknown ${key}`]);
  });
});

describe('webhooks of the old cluster', () => {
  const webhook = (target: ObservedWebhook['target']): Given => ({
    blue: {
      extensions: {
        apiServices: [],
        systemNamespaces: {},
        storedVersions: [],
        webhooks: [
          {
            ...{
              kind: 'ValidatingWebhookConfiguration',
              configuration: 'a',
              name: 'b',
              failurePolicy: 'Fail',
            },
            rules: [{ groups: ['*'], resources: ['pods'], operations: ['*'], scope: '*' }],
            conditional: false,
            target,
          },
        ],
      },
    },
  });
  const service = { namespace: 'policy', name: 'kyverno' };

  it('that nobody answers stand in the way on the new one too; others do not', () => {
    const severities = (target: ObservedWebhook['target']) =>
      findings('webhooks', webhook(target)).map(({ severity }) => severity);
    expect(severities({ service, readyEndpoints: 0 })).toEqual(['blocker']);
    expect(severities({ service, readyEndpoints: 2 })).toEqual([]);
    expect(severities({ host: 'hooks.example.com' })).toEqual([]);
  });
});
