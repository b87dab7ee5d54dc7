import { expect, it } from 'vitest';
import { observeExtensions } from '../../src/activities/observeExtensions.ts';
import { readKubeProxyMode } from '../../src/kubernetes/kubeProxyMode.ts';
import type { ReadOptions } from '../../src/kubernetes/connection.ts';
import { fakeConnection, list } from './fakeConnection.ts';

const admission = '/apis/admissionregistration.k8s.io/v1';

function observed(routes: Record<string, unknown>) {
  return observeExtensions(
    fakeConnection({
      '/api/v1/namespaces': list(),
      '/apis/apiregistration.k8s.io/v1/apiservices': list(),
      [`${admission}/validatingwebhookconfigurations`]: list(),
      [`${admission}/mutatingwebhookconfigurations`]: list(),
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions': list(),
      ...routes,
    }),
    new AbortController().signal,
  );
}

it('keeps APIServices that a Service serves, with whether they are available', async () => {
  const service = { namespace: 'kube-system', name: 'metrics-server' };
  const { apiServices } = await observed({
    '/apis/apiregistration.k8s.io/v1/apiservices': list(
      { metadata: { name: 'v1.apps' }, spec: {} },
      {
        metadata: { name: 'v1beta1.metrics.k8s.io' },
        spec: { service },
        status: { conditions: [{ type: 'Available', status: 'False', reason: 'MissingEndpoints' }] },
      },
      { metadata: { name: 'v1.fresh.example.com' }, spec: { service } },
    ),
  });
  expect(apiServices).toEqual([
    {
      name: 'v1beta1.metrics.k8s.io',
      service: 'kube-system/metrics-server',
      available: false,
      reason: 'MissingEndpoints',
    },
    { name: 'v1.fresh.example.com', service: 'kube-system/metrics-server', available: false },
  ]);
});

it('counts the ready endpoints of a webhook over all slices, and keeps no more of an address than its host', async () => {
  const service = { namespace: 'policy', name: 'hooks' };
  const slices = '/apis/discovery.k8s.io/v1/namespaces/policy/endpointslices';
  const rules = [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }];
  let asked = 0;
  const { webhooks, systemNamespaces } = await observed({
    '/api/v1/namespaces': list(
      { metadata: { name: 'kube-system', labels: { a: 'b' } } },
      { metadata: { name: 'kube-node-lease' } },
      { metadata: { name: 'shop', labels: { team: 'shop' } } },
    ),
    [`${admission}/validatingwebhookconfigurations`]: list({
      metadata: { name: 'policy' },
      webhooks: [
        { name: 'a.policy', clientConfig: { service }, rules, failurePolicy: 'Ignore' },
        { name: 'b.policy', clientConfig: { service }, rules, matchConditions: [{ name: 'x' }] },
      ],
    }),
    [`${admission}/mutatingwebhookconfigurations`]: list({
      metadata: { name: 'outside' },
      webhooks: [
        {
          name: 'c.outside',
          clientConfig: { url: 'https://user:secret@hooks.example.com/token' },
          rules: null,
        },
      ],
    }),
    [slices]: ({ query }: ReadOptions) => {
      asked += 1;
      expect(query?.['labelSelector']).toBe('kubernetes.io/service-name=hooks');
      return list(
        { endpoints: [{ conditions: { ready: true } }, { conditions: { ready: false } }] },
        { endpoints: [{ conditions: {} }] },
        { endpoints: null },
      );
    },
  });
  const target = { service, readyEndpoints: 2 };
  expect(webhooks).toMatchObject([
    {
      kind: 'ValidatingWebhookConfiguration',
      name: 'a.policy',
      failurePolicy: 'Ignore',
      conditional: false,
      target,
    },
    { name: 'b.policy', failurePolicy: 'Fail', conditional: true, target },
    {
      kind: 'MutatingWebhookConfiguration',
      name: 'c.outside',
      rules: [],
      target: { host: 'hooks.example.com' },
    },
  ]);
  expect(JSON.stringify(webhooks)).not.toContain('secret');
  expect(asked).toBe(1);
  expect(systemNamespaces).toEqual({ 'kube-system': { a: 'b' }, 'kube-node-lease': {} });
});

it('keeps definitions whose objects may lie in another version than the stored one', async () => {
  const version = (name: string, served: boolean, storage: boolean) => ({
    name,
    served,
    storage,
    schema: {},
  });
  const { storedVersions } = await observed({
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions': list(
      {
        metadata: { name: 'clean.example.com' },
        spec: { versions: [version('v1', true, true)] },
        status: { storedVersions: ['v1'] },
      },
      {
        metadata: { name: 'old.example.com' },
        spec: { versions: [version('v1beta1', false, false), version('v1', true, true)] },
        status: { storedVersions: ['v1beta1', 'v1'] },
      },
    ),
  });
  expect(storedVersions).toEqual([
    { name: 'old.example.com', storedVersions: ['v1beta1', 'v1'], servedVersions: ['v1'] },
  ]);
});

it.each<[string, Record<string, object>, string | undefined]>([
  ["EKS's ConfigMap", { 'kube-proxy-config': { config: 'mode: "ipvs"\nipvs:\n  scheduler: rr\n' } }, 'ipvs'],
  ["kubeadm's", { 'kube-proxy': { 'config.conf': 'mode: nftables' } }, 'nftables'],
  ['one without a mode', { 'kube-proxy-config': { config: 'clusterCIDR: ""' } }, ''],
  ['none', {}, undefined],
  ['one that is no YAML', { 'kube-proxy-config': { config: ': : {' } }, undefined],
])('reads how kube-proxy runs from %s', async (_, maps, expected) => {
  const connection = fakeConnection({
    '/api/v1/namespaces/kube-system/configmaps': ({ query }: ReadOptions) => {
      const name = String(query?.['fieldSelector']).replace('metadata.name=', '');
      return list(...(maps[name] === undefined ? [] : [{ data: maps[name] }]));
    },
  });
  expect(await readKubeProxyMode(connection)).toBe(expected);
});
