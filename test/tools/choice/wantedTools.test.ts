import { describe, expect, it } from 'vitest';
import { readRequest } from '../../../src/contract/request.ts';
import { wantedTools } from '../../../src/tools/choice/wantedTools.ts';

function wanted(...tools: Record<string, unknown>[]) {
  const request = readRequest('upgradeTool', { cluster: { name: 'demo' }, tools });
  return wantedTools(request.tools ?? []);
}

describe('the tools of a request, filled up', () => {
  it('get source, release and namespace from their profile', () => {
    expect(wanted({ name: 'external-dns', version: '1.15.0' })).toEqual([
      {
        name: 'external-dns',
        release: 'external-dns',
        namespace: 'external-dns',
        source: { repository: 'https://kubernetes-sigs.github.io/external-dns', chart: 'external-dns' },
        version: '1.15.0',
        versions: [],
        crds: 'refuse',
        driver: { by: 'helm' },
        values: [],
        awaitGit: false,
      },
    ]);
  });

  it('keep what the request says', () => {
    const [tool] = wanted({
      name: 'argo-cd',
      version: 'latest-without-crd-diff',
      source: { oci: 'oci://ghcr.io/example/argo-cd' },
      release: 'cd',
      namespace: 'delivery',
      helmfile: { file: 'helmfile.yaml' },
      crds: 'additive',
    });
    expect(tool).toMatchObject({
      source: { oci: 'oci://ghcr.io/example/argo-cd' },
      release: 'cd',
      namespace: 'delivery',
      driver: { by: 'helmfile', file: 'helmfile.yaml' },
      crds: 'additive',
    });
    expect(tool?.driver).not.toHaveProperty('selector');
  });

  it('keep the order of the request', () => {
    const names = ['external-dns', 'argo-cd', 'descheduler'];
    expect(wanted(...names.map((name) => ({ name, version: '1.0.0' }))).map(({ name }) => name)).toEqual(
      names,
    );
  });

  it.each<[string, object, object]>([
    [
      'a repository',
      { repository: 'https://x.test', chart: 'y' },
      { repository: 'https://x.test', chart: 'y' },
    ],
    ['a path', { path: '/charts/y' }, { path: '/charts/y' }],
    ['manifests', { manifests: '/crds' }, { manifests: '/crds' }],
  ])('have %s as their one source', (_, given, source) => {
    const tool = { name: 'y', version: '1.0.0', release: 'y', namespace: 'y', source: given };
    expect(wanted(tool)[0]?.source).toEqual(source);
  });

  it('of no profile must say where they are and where they come from', () => {
    const known = 'argo-cd, aws-load-balancer-controller, descheduler, external-dns';
    const missing = `is missing: "queue-operator" is none of the tools that are known here (${known})`;
    const problems = ['source', 'release', 'namespace'].map((field) => `  tools.0.${field}: ${missing}`);
    expect(() => wanted({ name: 'queue-operator', version: '1.0.0' })).toThrow(problems.join('\n'));
  });
});
