import { expect, test } from 'vitest';
import { findAddonWorkloads, kubeProxyVersions, parseImage } from '../../src/kubernetes/addons.ts';
import { fakeConnection, list } from './fakeConnection.ts';

const registry = '602401143452.dkr.ecr.eu-1.amazonaws.com/eks';

test.each([
  [`${registry}/coredns:v1.11.4-eksbuild.2`, 'coredns', 'v1.11.4-eksbuild.2'],
  ['localhost:5000/mirror/kube-proxy:v1.31.2@sha256:abc', 'kube-proxy', 'v1.31.2'],
  ['localhost:5000/kube-proxy', 'kube-proxy', ''],
  ['coredns@sha256:abc', 'coredns', ''],
])('the image %s is %s with the tag "%s"', (image, name, tag) => {
  expect(parseImage(image)).toEqual({ name, tag });
});

test('add-ons are found by their images, whatever their workload is called', async () => {
  const workload = (...images: string[]) => ({
    spec: { template: { spec: { containers: images.map((image) => ({ image })) } } },
  });
  const connection = fakeConnection({
    '/apis/apps/v1/namespaces/kube-system/daemonsets': list(
      workload(
        `${registry}/amazon-k8s-cni:v1.19.0-eksbuild.1`,
        `${registry}/aws-network-policy-agent:v1.1.5`,
      ),
      workload('registry.k8s.io/kube-proxy:v1.31.2'),
      workload('quay.io/someone/amazon-k8s-cni-init:v1.19.0'),
    ),
    '/apis/apps/v1/namespaces/kube-system/deployments': list(workload('mirror.local/dns/coredns:1.11.3')),
  });
  await expect(findAddonWorkloads(connection)).resolves.toEqual([
    { name: 'coredns', image: 'mirror.local/dns/coredns:1.11.3', tag: '1.11.3' },
    { name: 'kube-proxy', image: 'registry.k8s.io/kube-proxy:v1.31.2', tag: 'v1.31.2' },
    {
      name: 'vpc-cni',
      image: `${registry}/amazon-k8s-cni:v1.19.0-eksbuild.1`,
      tag: 'v1.19.0-eksbuild.1',
    },
  ]);
});

test('versions of kube-proxy are those that run, by node; one that can not be told is unknown', async () => {
  const pod = (nodeName: string | undefined, image: string, status: object = { phase: 'Running' }) => ({
    spec: { nodeName, containers: [{ image }] },
    status,
  });
  const connection = fakeConnection({
    '/api/v1/namespaces/kube-system/pods': list(
      pod('node-b', `${registry}/kube-proxy:v1.31.2-eksbuild.3`),
      pod('node-a', `${registry}/kube-proxy:v1.31.10-minimal-eksbuild.3`),
      pod('node-c', 'kube-proxy:v1.9.1'),
      pod('node-d', 'kube-proxy@sha256:abc'),
      pod('node-e', 'kube-proxy@sha256:abc', {
        phase: 'Running',
        containerStatuses: [{ image: 'kube-proxy:v1.30.1' }],
      }),
      pod('node-f', 'kube-proxy:v1.29.1', { phase: 'Failed' }),
      pod(undefined, 'kube-proxy:v1.28.1', { phase: 'Pending' }),
      pod('node-a', 'coredns:1.11.3'),
    ),
  });
  await expect(kubeProxyVersions(connection)).resolves.toEqual([
    { version: '1.9', nodes: ['node-c'] },
    { version: '1.30', nodes: ['node-e'] },
    { version: '1.31', nodes: ['node-a', 'node-b'] },
    { version: 'unknown', nodes: ['node-d'] },
  ]);
});
