import { expect, it } from 'vitest';
import type { Observation } from '../../src/plan/observation.ts';
import { node, nodeGroup, observe, subnet } from '../plan/fixtures.ts';
import { findings, found, running, without } from './findings.ts';

const subnets = (controlPlane: number, workers = 1_000): Pick<Observation, 'subnets'> => ({
  subnets: { controlPlane: ['c'], all: [subnet('c', controlPlane), subnet('subnet-a', workers)] },
});

it.each<[string, Partial<Observation>, string[]]>([
  ['room for all', subnets(5), []],
  ['too few for the control plane', subnets(4), ['blocker free-addresses/Cluster/demo']],
  ['none at all', subnets(0), ['blocker free-addresses/Cluster/demo']],
  // Two zones: four nodes beside the old ones, each with its own address.
  ['just enough for the new nodes', subnets(5, 4), []],
  [
    'too few for them',
    subnets(5, 3),
    ['warning free-addresses/NodeGroup/blue', 'warning free-addresses/NodeGroup/green'],
  ],
  [
    'enough for nodes, too few with their Pods',
    { ...subnets(5, 4), ...running([{ name: 'p', node: 'blue-1' }]) },
    ['warning free-addresses/NodeGroup/blue'],
  ],
  [
    'a group that ends its nodes first',
    {
      ...subnets(5, 0),
      nodeGroups: [nodeGroup('blue', { updateSettings: { updateStrategy: 'MINIMAL' } })],
      nodes: [node('blue-1')],
    },
    [],
  ],
  [
    'many nodes at a time',
    {
      ...subnets(5, 9),
      nodeGroups: [nodeGroup('blue', { updateSettings: { maxUnavailable: 10 } })],
      nodes: [node('blue-1')],
    },
    ['warning free-addresses/NodeGroup/blue'],
  ],
  [
    'subnets that EC2 does not know',
    { subnets: { controlPlane: ['gone'], all: [subnet('subnet-a')] } },
    ['unknown free-addresses/Cluster/demo'],
  ],
  ['nobody allowed to ask', without('subnets'), ['unknown free-addresses/Observation/subnets']],
])('%s', (_, change, expected) => {
  expect(found('free-addresses', change).sort()).toEqual(expected);
});

it('asks for nothing of the control plane where it stays', () => {
  const behind = { ...subnets(0), nodeGroups: [nodeGroup('blue', { version: '1.30' })] };
  expect(
    found('free-addresses', behind, { nodeGroup: 'blue' }, { workflowType: 'upgradeNodeGroup' }),
  ).toEqual([]);
});

it('says how many there are and how many it takes', () => {
  const [finding] = findings('free-addresses', subnets(2));
  expect(finding?.message).toBe(
    "The control plane's subnets have 2 free addresses in all; EKS needs up to 5 to replace it.",
  );
  expect(observe().subnets?.all).toHaveLength(2);
});
