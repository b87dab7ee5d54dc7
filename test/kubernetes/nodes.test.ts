import { expect, test } from 'vitest';
import { listNodes, nodeProvider } from '../../src/kubernetes/nodes.ts';
import { fakeConnection, list } from './fakeConnection.ts';

const group = { 'eks.amazonaws.com/nodegroup': 'blue' };
const nodepool = { 'karpenter.sh/nodepool': 'general' };
const type = (value: string) => ({ 'eks.amazonaws.com/compute-type': value });

test.each([
  [group, 'managed'],
  [nodepool, 'karpenter'],
  [{ 'karpenter.sh/provisioner-name': 'default' }, 'karpenter'],
  [{ ...type('auto'), ...nodepool }, 'auto-mode'],
  [type('fargate'), 'fargate'],
  [type('hybrid'), 'hybrid'],
  [{ ...type('something-new'), ...group }, 'managed'],
  [{ 'kubernetes.io/os': 'linux' }, 'self-managed'],
  [{}, 'self-managed'],
])('a node with %j is %s', (labels, provider) => {
  expect(nodeProvider(labels)).toBe(provider);
});

test('nodes come by name, with what planning needs of them', async () => {
  const node = (name: string, labels: object, ready: string, spec: object = {}) => ({
    metadata: { name, labels },
    spec,
    status: {
      nodeInfo: { kubeletVersion: 'v1.31.4-eks-aeac579' },
      conditions: [
        { type: 'MemoryPressure', status: 'False' },
        { type: 'Ready', status: ready },
      ],
    },
  });
  const connection = fakeConnection({
    '/api/v1/nodes': list(
      node('ip-2', { ...group, 'topology.kubernetes.io/zone': 'eu-1a' }, 'True', { unschedulable: true }),
      node('ip-1', {}, 'Unknown'),
    ),
  });
  const kubeletVersion = 'v1.31.4-eks-aeac579';
  await expect(listNodes(connection)).resolves.toEqual([
    { name: 'ip-1', kubeletVersion, ready: false, unschedulable: false, provider: 'self-managed' },
    {
      name: 'ip-2',
      kubeletVersion,
      ready: true,
      unschedulable: true,
      provider: 'managed',
      nodeGroup: 'blue',
      zone: 'eu-1a',
    },
  ]);
});
