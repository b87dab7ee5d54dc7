import { access, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { helmEnvironment } from '../../../src/tools/helm/environment.ts';
import { withKubeconfig } from '../../../src/tools/helm/kubeconfig.ts';
import { fakeConnection } from '../../kubernetes/fakeConnection.ts';

const endpoint = 'https://ABC.eks.amazonaws.com';

function connectionWith(forPrograms: ReturnType<KubernetesConnection['forPrograms']>): KubernetesConnection {
  return { ...fakeConnection({}), forPrograms: () => forPrograms };
}
const byToken = (token: () => Promise<string>): KubernetesConnection =>
  connectionWith({ endpoint, certificateAuthorityPem: 'the CA', token });

describe('access that is lent to programs', () => {
  afterEach(() => vi.useRealTimers());

  it('is a kubeconfig and a token that nobody else may read, gone afterwards', async () => {
    const connection = byToken(async () => 'a-secret-token');
    const paths = await withKubeconfig(connection, undefined, async ({ variables, folder }) => {
      const path = variables['KUBECONFIG'] ?? '';
      const text = await readFile(path, 'utf8');
      const { clusters, users, contexts } = parse(text) as {
        clusters: { cluster: unknown }[];
        users: { user: { tokenFile: string } }[];
        contexts: { name: string }[];
      };
      expect(clusters[0]!.cluster).toEqual({
        server: endpoint,
        'certificate-authority-data': Buffer.from('the CA').toString('base64'),
      });
      expect(contexts[0]!.name).toBe(variables['HELM_KUBECONTEXT']);
      const { tokenFile } = users[0]!.user;
      expect(await readFile(tokenFile, 'utf8')).toBe('a-secret-token');
      expect(text + JSON.stringify(variables)).not.toContain('a-secret-token');
      for (const file of [path, tokenFile]) expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      expect([dirname(path), dirname(tokenFile)]).toEqual([folder, folder]);
      return [path, tokenFile, folder];
    });
    for (const path of paths) await expect(access(path)).rejects.toThrow();
  });

  it('is gone too when what it was lent for fails', async () => {
    let lent = '';
    const failure = withKubeconfig(
      byToken(async () => 'x'),
      undefined,
      async ({ folder }) => {
        lent = folder;
        throw new Error('no');
      },
    );
    await expect(failure).rejects.toThrow('no');
    await expect(access(lent)).rejects.toThrow();
  });

  it('keeps the token fresh, each minute', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    let made = 0;
    const connection = byToken(async () => `token-${(made += 1)}`);
    await withKubeconfig(connection, undefined, async ({ folder }) => {
      const token = () => readFile(`${folder}/token`, 'utf8');
      expect(await token()).toBe('token-1');
      vi.advanceTimersByTime(60_000);
      await vi.waitFor(async () => expect(await token()).toBe('token-2'), { timeout: 60_000 });
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leads to a context of the user's kubeconfig, at the server that was checked", async () => {
    const connection = connectionWith({ endpoint, context: 'prod' });
    await withKubeconfig(connection, undefined, async ({ variables, credentials }) => {
      expect(variables).toEqual({ HELM_KUBECONTEXT: 'prod', HELM_KUBEAPISERVER: endpoint });
      expect(credentials).toBe('kubeconfig');
    });
  });

  it('is not lent when it is called off', async () => {
    const reason = new Error('called off');
    const lent = withKubeconfig(
      byToken(async () => 'x'),
      AbortSignal.abort(reason),
      async () => 'lent',
    );
    await expect(lent).rejects.toBe(reason);
  });
});

describe("helm's environment", () => {
  const own = {
    PATH: '/bin',
    HOME: '/home/me',
    HTTPS_PROXY: 'http://proxy:3128',
    NO_PROXY: 'localhost',
    AWS_REGION: 'eu-west-1',
    HELM_REGISTRY_CONFIG: '/home/me/registry.json',
    HELM_DRIVER: 'configmap',
    HELM_NAMESPACE: 'elsewhere',
    HELM_KUBETOKEN: 'another',
    HELM_KUBECONTEXT: 'another',
    KUBECONFIG: '/home/me/.kube/config',
    TEMPORAL_API_KEY: 'secret',
    STEPLADDER_WEBHOOK: 'secret',
    EVERYTHING: 'else',
  };
  const ours = {
    variables: { KUBECONFIG: '/lent/kubeconfig' },
    credentials: 'ours' as const,
    endpoint,
    folder: '/lent',
  };

  it('holds what helm needs, and nothing that leads it elsewhere', () => {
    expect(helmEnvironment(own, '/lent', ours)).toEqual({
      PATH: '/bin',
      HOME: '/home/me',
      HTTPS_PROXY: 'http://proxy:3128',
      NO_PROXY: 'localhost,abc.eks.amazonaws.com',
      no_proxy: 'localhost,abc.eks.amazonaws.com',
      AWS_REGION: 'eu-west-1',
      HELM_REGISTRY_CONFIG: '/home/me/registry.json',
      HELM_DRIVER: 'configmap',
      HELM_REPOSITORY_CONFIG: '/lent/repositories.yaml',
      HELM_REPOSITORY_CACHE: '/lent/repository',
      KUBECACHEDIR: '/lent/discovery',
      KUBECONFIG: '/lent/kubeconfig',
    });
  });

  it("leaves to a kubeconfig's plug-ins, and to helmfiles, what they may need", () => {
    const access = { ...ours, credentials: 'kubeconfig' as const, variables: { HELM_KUBECONTEXT: 'prod' } };
    expect(helmEnvironment(own, '/lent', access)).toMatchObject({
      EVERYTHING: 'else',
      KUBECONFIG: '/home/me/.kube/config',
      HELM_KUBECONTEXT: 'prod',
      NO_PROXY: 'localhost',
    });
    const forHelmfile = helmEnvironment(own, '/lent', ours, true);
    expect(forHelmfile).toMatchObject({ EVERYTHING: 'else', KUBECONFIG: '/lent/kubeconfig' });
    for (const name of ['TEMPORAL_API_KEY', 'STEPLADDER_WEBHOOK', 'HELM_NAMESPACE', 'HELM_KUBETOKEN'])
      expect(forHelmfile).not.toHaveProperty(name);
  });
});
