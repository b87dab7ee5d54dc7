import { CoreV1Api, VersionApi } from '@kubernetes/client-node';
import { X509Certificate } from 'node:crypto';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { kubeConfig, startApi } from './fixture.ts';

test('a client that trusts the CA and brings a good token comes in', async () => {
  const api = await startApi();
  const { items } = await api.kubeConfig().makeApiClient(CoreV1Api).listNamespace();
  expect(items.map(({ metadata }) => metadata?.name)).toEqual(['default', 'shop']);
});

test('a client that does not know the CA refuses the connection', async () => {
  const api = await startApi();
  await expect(request(`${api.url}/version`)).rejects.toMatchObject({
    code: expect.stringMatching(/UNABLE_TO_VERIFY|SELF_SIGNED/),
  });
});

test('each server has a certificate authority of its own', async () => {
  const [first, second] = [await startApi(), await startApi()];
  expect(first.certificateAuthorityPem).not.toBe(second.certificateAuthorityPem);
  expect(new X509Certificate(first.certificateAuthorityPem).ca).toBe(true);
});

test('localhost is a name of the server, as are those that are asked for', async () => {
  const api = await startApi();
  const config = kubeConfig(api.url.replace('127.0.0.1', 'localhost'), api.certificateAuthorityPem);
  expect((await config.makeApiClient(VersionApi).getCode()).major).toBe('1');
});

test('a wrong token, or none, is answered with 401 and a Status', async () => {
  const api = await startApi();
  for (const token of ['wrong', undefined]) {
    const { status, json } = await api.call('/api/v1/pods', { token });
    expect({ status, json }).toMatchObject({
      status: 401,
      json: { kind: 'Status', status: 'Failure', reason: 'Unauthorized', code: 401 },
    });
  }
});

test('version and health are open to all, but not to those with a wrong token', async () => {
  const api = await startApi();
  for (const path of ['/version', '/readyz', '/livez', '/healthz', '/readyz/ping'])
    expect((await api.call(path, { token: undefined })).status, path).toBe(200);
  expect((await api.call('/version', { token: 'wrong' })).status).toBe(401);
  expect((await api.call('/metrics', { token: undefined })).status).toBe(401);
});

test('health says ok, and with ?verbose each check', async () => {
  const api = await startApi();
  expect((await api.call('/readyz')).text).toBe('ok');
  expect((await api.call('/readyz?verbose')).text).toMatch(/^\[\+\]ping ok\n[^]*readyz check passed\n$/);
  expect((await api.call('/readyz/no-such-check')).status).toBe(404);
});

test('the version is written as EKS writes it', async () => {
  const api = await startApi({ versions: ['1.32'] });
  const { gitVersion, major, minor } = await api.kubeConfig().makeApiClient(VersionApi).getCode();
  expect(gitVersion).toMatch(/^v1\.32\.\d+-eks-[0-9a-f]{7}$/);
  expect({ major, minor }).toEqual({ major: '1', minor: '32+' });
});

test('access reviews allow everything to those who came in', async () => {
  const api = await startApi();
  const post = (path: string, body: object) => api.call(path, { method: 'POST', body });
  const access = await post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    spec: { resourceAttributes: { verb: 'delete', resource: 'nodes' } },
  });
  expect(access).toMatchObject({ status: 201, json: { status: { allowed: true } } });
  const rules = await post('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    spec: { namespace: 'shop' },
  });
  expect(rules.json.status.resourceRules).toEqual([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]);
  const self = await post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
  expect(self.json.status.userInfo.groups).toContain('system:masters');
  const good = await post('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'a-good-token' } });
  expect(good.json.status.authenticated).toBe(true);
  expect(good.text).not.toContain('a-good-token');
  const bad = await post('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'wrong' } });
  expect(bad.json.status.authenticated).toBe(false);
});

test('connections are reset while no API server runs, and answered again afterwards', async () => {
  const api = await startApi();
  api.setVersions([]);
  await expect(api.call('/readyz')).rejects.toMatchObject({
    code: expect.stringMatching(/ECONNRESET|SOCKET/),
  });
  api.setVersions(['1.31']);
  expect((await api.call('/readyz')).status).toBe(200);
});

test('a minor whose API is not known is refused at the start', async () => {
  await expect(startApi({ versions: ['1.12'] })).rejects.toThrow('The API of Kubernetes 1.12 is not known');
});
