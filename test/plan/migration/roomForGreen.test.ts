import { describe, expect, it } from 'vitest';
import { roomForGreen } from '../../../src/plan/migration/roomForGreen.ts';

const group = (nodeGroup: string, nodes: number, ...subnetIds: string[]) => ({ nodeGroup, nodes, subnetIds });
const free = (id: string, freeAddresses: number) => ({ id, freeAddresses });

describe('room for a second set of nodes', () => {
  // 40 Pods on 4 nodes: each node takes 11 addresses.
  const two = [group('a', 2, 's1', 's2'), group('b', 2, 's2', 's1')];
  it.each([
    ['is there', two, [free('s1', 22), free('s2', 22)], 40, []],
    [
      'is one address too small',
      two,
      [free('s1', 21), free('s2', 22)],
      40,
      [/43 free.*4 more nodes.*about 44/],
    ],
    [
      'is counted for each set of subnets',
      [group('a', 2, 's1'), group('b', 2, 's2')],
      [free('s1', 30), free('s2', 5)],
      40,
      [/5 free.*2 more nodes.*about 22/],
    ],
    ['is not known to EC2', [group('a', 1, 's9')], [free('s1', 30)], 1, [/EC2 knows none of the subnets s9/]],
    ['is not needed without nodes', [group('a', 0, 's1')], [], 5, []],
  ] as const)('%s', (_what, groups, subnets, running, expected) => {
    const found = roomForGreen(
      [...groups].map((each) => ({ ...each })),
      subnets,
      running,
    );
    expect(found).toHaveLength(expected.length);
    for (const [at, text] of expected.entries()) expect(found[at]?.why).toMatch(text);
    expect(found.every(({ severity }) => severity === 'warning')).toBe(true);
  });

  it('names the groups that share it', () => {
    expect(roomForGreen(two, [free('s1', 1)], 0)[0]?.what).toContain('node groups a, b');
  });
});
