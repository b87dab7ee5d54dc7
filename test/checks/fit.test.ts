import { describe, expect, it } from 'vitest';
import { replacementNodes } from '../../src/plan/fit/index.ts';
import { placementNode } from '../plan/fixtures.ts';
import { findings, found, running, without } from './findings.ts';
import type { PodGiven } from './findings.ts';

const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';
const only = (key: string, value: string) => [{ labels: [{ key, operator: 'In', values: [value] }] }];

const labelled = { nodes: [placementNode('blue-1', { labels: { disk: 'ssd' } }), placementNode('blue-2')] };

describe('fit', () => {
  it.each<[string, PodGiven['kind'], Parameters<typeof running>[1], string[]]>([
    ['a Pod that wants nothing', {}, {}, []],
    [
      'a label that one node has been given by hand',
      { placement: { nodeSelector: { disk: 'ssd' } } },
      labelled,
      ['blocker fit/Pod/shop/p'],
    ],
    [
      'a label that all nodes of the group have',
      { placement: { nodeSelector: { disk: 'ssd' } } },
      { nodes: ['blue-1', 'blue-2'].map((name) => placementNode(name, { labels: { disk: 'ssd' } })) },
      [],
    ],
    [
      'a label that a node elsewhere has, with room',
      { placement: { nodeSelector: { disk: 'ssd' }, requests: { cpu: 1 } } },
      { nodes: [...labelled.nodes, placementNode('green-1', { labels: { disk: 'ssd' } })] },
      [],
    ],
    [
      'a label that a node elsewhere has, without room',
      { placement: { nodeSelector: { disk: 'ssd' }, requests: { cpu: 3 } } },
      {
        nodes: [
          ...labelled.nodes,
          placementNode('green-1', { labels: { disk: 'ssd' }, allocatable: { cpu: 2 } }),
        ],
      },
      ['warning fit/Pod/shop/p'],
    ],
    [
      'a node by its name',
      { placement: { nodeSelector: { [hostname]: 'blue-1' } } },
      {},
      ['blocker fit/Pod/shop/p'],
    ],
    [
      'a volume that lies on its node',
      { placement: { volumeAffinities: [only(hostname, 'blue-1')] } },
      {},
      ['blocker fit/Pod/shop/p'],
    ],
    [
      'a volume in the zone of the new node',
      { placement: { volumeAffinities: [only(zone, 'eu-west-1a')] } },
      {},
      [],
    ],
    [
      'a claim that was not found',
      { placement: { unknownClaims: ['shop/data'] } },
      {},
      ['unknown fit/NodeGroup/blue'],
    ],
  ])('%s', (_, kind, change, expected) => {
    expect(found('fit', running([{ name: 'p', ...(kind && { kind }) }], change))).toEqual(expected);
  });

  it('says which Pod, when, and why', () => {
    const kind = { placement: { nodeSelector: { disk: 'ssd' } } };
    expect(findings('fit', running([{ name: 'p', kind }], labelled))[0]?.message).toBe(
      'When node group blue is rolled, a Pod finds no place in namespace shop: p: no node has the labels that it wants (disk=ssd).',
    );
  });

  it('passes over DaemonSet Pods and groups that nobody rolls', () => {
    const kind = { placement: { nodeSelector: { [hostname]: 'blue-1' } } };
    expect(found('fit', running([{ name: 'p', kind, pod: { staysOnNode: 'DaemonSet' } }]))).toEqual([]);
    expect(found('fit', running([{ name: 'p', kind }]), { workers: { skip: ['blue'] } })).toEqual([]);
  });

  it('does not know without Pods', () => {
    expect(found('fit', without('workloads'))).toEqual(['unknown fit/Observation/pods']);
  });
});

describe('what new nodes of a group are taken to be', () => {
  const taint = { key: 'old', effect: 'NoSchedule' };
  const group = [
    placementNode('a', { labels: { shared: 'x', mine: 'y', [zone]: 'a' }, taints: [taint] }),
    placementNode('b', { labels: { shared: 'x', [zone]: 'b' } }),
  ];

  it('keeps what all have and what each has by its place, and nothing else', () => {
    const replaced = replacementNodes(group);
    expect(replaced.get('a')?.labels).toMatchObject({ shared: 'x', [zone]: 'a' });
    expect(replaced.get('a')?.labels).not.toHaveProperty('mine');
    expect(replaced.get('a')?.taints).toBeUndefined();
    expect(replaced.get('b')?.labels[zone]).toBe('b');
    expect(replaced.get('b')?.labels[hostname]).not.toBe('b');
    expect(replaced.get('b')?.allocatable).toEqual(group[1]?.allocatable);
  });

  it('keeps a taint that all have', () => {
    const tainted = group.map((node) => ({ ...node, taints: [taint] }));
    expect(replacementNodes(tainted).get('a')?.taints).toEqual([taint]);
  });
});
