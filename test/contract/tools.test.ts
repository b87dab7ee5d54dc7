import { describe, expect, it } from 'vitest';
import { StepladderError } from '../../src/contract/errors.ts';
import { readRequest } from '../../src/contract/request.ts';
import { toolsToObserve } from '../../src/contract/toolsToObserve.ts';
import type { WorkflowType } from '../../src/contract/workflowTypes.ts';

const cluster = { name: 'demo' };
const tool = { name: 'external-dns', version: '1.15.0' };

function read(tools: unknown, type: WorkflowType = 'upgradeCluster') {
  const target = type === 'upgradeCluster' ? { targetVersion: '1.33' } : {};
  return readRequest(type, { cluster, ...target, ...(tools === undefined ? {} : { tools }) });
}

/** The lines that list problems. */
function problems(tools: unknown, type?: WorkflowType): string[] {
  try {
    read(tools, type);
  } catch (error) {
    if (!(error instanceof StepladderError)) throw error;
    expect(error.type).toBe('InvalidInput');
    expect(error.message).not.toContain('hunter2');
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

describe('the tools of a request', () => {
  it('are none when it says nothing of them', () => {
    expect(read(undefined).tools).toEqual([]);
  });

  it('want a name and a version, and have defaults for the rest', () => {
    expect(read([tool]).tools).toEqual([
      { ...tool, crds: 'refuse', values: [], versions: [], awaitGit: false },
    ]);
  });

  it.each([
    ['a repository', { repository: 'https://charts.example.test/stable', chart: 'external-dns' }],
    ['an OCI reference', { oci: 'oci://ghcr.io/example/charts/external-dns' }],
    ['an OCI reference with a port', { oci: 'oci://registry.example.test:5000/charts/external-dns' }],
    ['a folder', { path: './charts/external-dns-{version}' }],
    ['manifests in a folder', { manifests: '/srv/crds/{version}' }],
    ['manifests at a version of GitHub', { manifests: 'https://example.test/crds?ref=v{version}' }],
  ])('come from %s', (_, source) => {
    expect(problems([{ ...tool, source }])).toEqual([]);
  });

  it.each(['1.15.0', 'v1.15.0', '2.15.0-rc1', '1.2.3+build.4', '1.15', 'latest-without-crd-diff'])(
    'may ask for version %s',
    (version) => {
      expect(problems([{ ...tool, version }])).toEqual([]);
    },
  );

  it.each(['latest', '1', '^1.2.3', '1.x', '', '1.2.3 '])('can not ask for version "%s"', (version) => {
    expect(problems([{ ...tool, version }])).toEqual([
      'tools.0.version: must be a version in quotes such as "1.15.0", or "latest-without-crd-diff"',
    ]);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['an unknown field', { chart: 'x' }, ['tools.0.chart: is not a field of a request']],
    [
      'a name that a release can not have',
      { name: 'External DNS' },
      [
        'tools.0.name: must be 1 to 53 small letters, digits or "-", beginning and ending with a letter or digit',
      ],
    ],
    ['an unknown policy', { crds: 'yes' }, ['tools.0.crds: must be one of "refuse", "additive", "allow"']],
    [
      'no source in the source',
      { source: {} },
      [
        'tools.0.source: must be {"repository": …, "chart": …}, {"oci": …}, {"path": …} or {"manifests": …}, one of them',
      ],
    ],
    [
      'two sources',
      { source: { oci: 'oci://ghcr.io/a/b', path: '/a' } },
      ['tools.0.source.path: a tool has one source, and oci is one already'],
    ],
    [
      'a repository without its chart',
      { source: { repository: 'https://charts.example.test' } },
      ['tools.0.source.chart: is missing'],
    ],
    [
      'a chart without its repository',
      { source: { path: '/a', chart: 'b' } },
      ['tools.0.source.chart: is for a repository only'],
    ],
    [
      'an OCI registry as a repository',
      { source: { repository: 'oci://ghcr.io/a', chart: 'b' } },
      [
        'tools.0.source.repository: must be the address of a Helm repository, "https://…"; a chart in an OCI registry is {"oci": "oci://…"}',
      ],
    ],
    [
      'an OCI reference with a tag',
      { source: { oci: 'oci://ghcr.io/a/b:1.2.3' } },
      [
        'tools.0.source.oci: must be a chart in an OCI registry without a tag, such as "oci://ghcr.io/example/chart"',
      ],
    ],
    [
      'a password in the repository',
      { source: { repository: 'https://me:hunter2@charts.example.test', chart: 'b' } },
      [
        'tools.0.source.repository: must hold no user, password or token: what the worker logs in with is its own',
      ],
    ],
    [
      'a user in the OCI reference',
      { source: { oci: 'oci://hunter2@ghcr.io/a/b' } },
      ['tools.0.source.oci: must hold no user, password or token: what the worker logs in with is its own'],
    ],
    [
      'a token in the URL of manifests',
      { source: { manifests: 'https://example.test/a.yaml?access_token=hunter2' } },
      [
        'tools.0.source.manifests: must hold no user, password or token: what the worker logs in with is its own',
      ],
    ],
    [
      'values beside a helmfile',
      { helmfile: { file: 'helmfile.yaml' }, values: ['a.yaml'] },
      ['tools.0.values: stand in the helmfile: give them there, or leave helmfile out'],
    ],
    [
      'values for manifests',
      { source: { manifests: '/a' }, values: ['a.yaml'] },
      ['tools.0.values: are for a chart, and manifests have none'],
    ],
    [
      'a helmfile selector that is none',
      { helmfile: { file: 'helmfile.yaml', selector: 'external-dns' } },
      ['tools.0.helmfile.selector: must be labels as helmfile takes them, such as "name=external-dns"'],
    ],
    [
      'versions for a source that lists its own',
      { source: { oci: 'oci://ghcr.io/a/b' }, versions: ['1.2.3'] },
      ['tools.0.versions: are for manifests by URL or paths with {version}: this source lists its own'],
    ],
    [
      'the latest of manifests that are of one version',
      { source: { manifests: '/srv/crds' }, version: 'latest-without-crd-diff' },
      ['tools.0.source.manifests: must have {version} where the version stands: it is one version alone so'],
    ],
    [
      'the latest of a URL without a list of versions',
      { source: { manifests: 'https://example.test/{version}.yaml' }, version: 'latest-without-crd-diff' },
      ['tools.0.versions: must list the versions on offer: a URL can’t be asked for them'],
    ],
    [
      'a hop that is none',
      { after: 'last' },
      ['tools.0.after: must be a Kubernetes minor version such as "1.33"'],
    ],
  ])('are refused with %s', (_, fields, expected) => {
    expect(problems([{ ...tool, ...fields }])).toEqual(expected);
  });

  it('stand in the list once', () => {
    expect(problems([tool, { ...tool, version: '1.16.0' }])).toEqual([
      'tools.1.name: "external-dns" stands in the list already',
    ]);
  });
});

describe('the request of upgradeTool', () => {
  it('needs a tool and no target', () => {
    expect(problems(undefined, 'upgradeTool')).toEqual(['tools: is missing']);
    expect(problems([], 'upgradeTool')).toEqual(['tools: must name at least one tool']);
    expect(read([tool], 'upgradeTool').tools).toHaveLength(1);
  });

  it('has no hop that a tool could come after', () => {
    expect(problems([{ ...tool, after: '1.33' }], 'upgradeTool')).toEqual([
      'tools.0.after: is for upgradeCluster: here there is no hop to come after',
    ]);
  });
});

describe('the tools that are looked at', () => {
  const other = { name: 'descheduler', version: 'latest-without-crd-diff' };
  const request = read([tool, other]);

  it('are those of the request', () => {
    expect(toolsToObserve(request, 'upgradeCluster').map(({ name }) => name)).toEqual([
      'external-dns',
      'descheduler',
    ]);
    expect(toolsToObserve({}, 'upgradeCluster')).toEqual([]);
  });

  it.each(['upgradeControlPlane', 'upgradeAddons', 'upgradeNodeGroup'] as const)(
    'are none for %s, which upgrades none',
    (type) => {
      expect(toolsToObserve(request, type)).toEqual([]);
    },
  );

  it('are those of the approved plan while it is carried out, each at the version that was approved', () => {
    const stage = {
      stage: 'tools' as const,
      tool: 'descheduler',
      namespace: 'kube-system',
      release: 'descheduler',
      source: { path: '/charts/descheduler' },
      driver: { by: 'helm' as const },
      to: { version: '0.33.0' },
      values: [],
      renderedSha256: 'a'.repeat(64),
      crds: { policy: 'refuse' as const, verdict: 'none' as const, applied: [] },
    };
    const approved = { hops: [{ from: '1.32', to: '1.33', stages: [stage] }] };
    const observed = toolsToObserve(request, 'upgradeCluster', approved);
    expect(observed.map(({ name, version }) => `${name} ${version}`)).toEqual(['descheduler 0.33.0']);
  });
});
