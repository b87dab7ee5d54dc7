/**
 * Nodes that are drained at the same time at the most.
 *
 * @param maxParallel a number of nodes, or a share of the group such as `25%`, rounded up
 * @param groupNodes nodes that the group had when its roll began
 * @returns at least 1
 */
export function parallelNodes(maxParallel: number | string, groupNodes: number): number {
  const nodes =
    typeof maxParallel === 'number'
      ? maxParallel
      : Math.ceil((Number.parseInt(maxParallel, 10) * groupNodes) / 100);
  return Math.max(1, nodes);
}

/**
 * How many nodes a wave has at the most. With a canary the waves grow from it, each twice the one before: 1, 2, 4 … up
 * to `parallel`; without one the first is as large as the last.
 *
 * @param number 1 for the first wave
 */
export function waveSize(number: number, canary: boolean, parallel: number): number {
  if (!canary) return parallel;
  // Beyond 2^30 a shift would turn negative; no group is as large.
  return Math.min(parallel, number > 30 ? parallel : 1 << (number - 1));
}

/** The sizes of all waves of a roll over so many nodes. */
export function waveSizes(nodes: number, canary: boolean, parallel: number): number[] {
  const sizes: number[] = [];
  for (let left = nodes; left > 0;) {
    const size = Math.min(left, waveSize(sizes.length + 1, canary, parallel));
    sizes.push(size);
    left -= size;
  }
  return sizes;
}
