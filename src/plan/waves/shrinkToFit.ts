/** What of a wave can be drained where its nodes end before new ones start. */
export interface FittingWave {
  nodes: string[];
  /** One line for each Pod of the smallest wave that would find no other node; none when `nodes` may be drained. */
  unplaceable: string[];
}

/**
 * Makes a wave smaller until its Pods fit on the nodes that are left: by halves, from its front, down to one node. When
 * not even that fits, the wave is that one node with what would not fit, and must not be drained.
 *
 * @param unplaceable the Pods of these nodes that would find no other, one line each
 */
export function shrinkToFit(
  nodes: readonly string[],
  unplaceable: (nodes: readonly string[]) => string[],
): FittingWave {
  for (let size = nodes.length; size > 1; size = Math.ceil(size / 2)) {
    const wave = nodes.slice(0, size);
    if (unplaceable(wave).length === 0) return { nodes: wave, unplaceable: [] };
  }
  const wave = nodes.slice(0, 1);
  return { nodes: wave, unplaceable: wave.length === 0 ? [] : unplaceable(wave) };
}
