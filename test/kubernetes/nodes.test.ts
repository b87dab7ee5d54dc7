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

test('nodes tell which upgrade has cordoned them, and which holds autoscalers off', async () => {
  const node = (name: string, annotations: object) => ({
    metadata: { name, annotations },
    status: { nodeInfo: { kubeletVersion: 'v1.31.4' } },
  });
  const heldOff = (by: unknown) => ({ 'stepladder/held-off': JSON.stringify({ by, before: {} }) });
  const connection = fakeConnection({
    '/api/v1/nodes': list(
      node('ip-1', { 'stepladder/cordoned-by': 'upgrade-1', ...heldOff('upgrade-2') }),
      node('ip-2', { 'stepladder/held-off': 'somebody wrote this' }),
      node('ip-3', heldOff(3)),
    ),
  });
  const nodes = await listNodes(connection);
  expect(nodes.map(({ cordonedBy, heldOffBy }) => [cordonedBy, heldOffBy])).toEqual([
    ['upgrade-1', 'upgrade-2'],
    [undefined, undefined],
    [undefined, undefined],
  ]);
});
