import { describe, expect, it } from 'vitest';
import { shrinkToFit } from '../../../src/plan/waves/index.ts';

const wave = Array.from({ length: 10 }, (_, index) => `n${index}`);

/** A cluster with room for the Pods of so many nodes; what was asked is kept. */
function roomFor(nodes: number) {
  const asked: number[] = [];
  const unplaceable = (some: readonly string[]) => {
    asked.push(some.length);
    return some.slice(nodes).map((name) => `shop/web on ${name}: too little memory is left`);
  };
  return { asked, unplaceable };
}

describe('a wave in place', () => {
  it.each([
    [10, 10, [10]],
    [9, 5, [10, 5]],
    [4, 3, [10, 5, 3]],
    [1, 1, [10, 5, 3, 2, 1]],
  ])('with room for %i nodes has %i', (room, size, asked) => {
    const cluster = roomFor(room);
    expect(shrinkToFit(wave, cluster.unplaceable)).toEqual({ nodes: wave.slice(0, size), unplaceable: [] });
    expect(cluster.asked).toEqual(asked);
  });

  it('without room for one names the Pods that keep it from being drained', () => {
    expect(shrinkToFit(wave, roomFor(0).unplaceable)).toEqual({
      nodes: ['n0'],
      unplaceable: ['shop/web on n0: too little memory is left'],
    });
  });

  it('with no nodes asks nothing', () => {
    const cluster = roomFor(0);
    expect(shrinkToFit([], cluster.unplaceable)).toEqual({ nodes: [], unplaceable: [] });
    expect(cluster.asked).toEqual([]);
  });
});
