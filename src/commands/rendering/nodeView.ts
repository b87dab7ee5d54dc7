import type { NodeProgress } from '../following/sighting.ts';
import type { Style } from './style.ts';

/** Nodes that are listed one by one; of more, those that are not as they should be come first. */
const listed = 8;

/** The nodes of a group that is being rolled: those on the move, and the others by number. */
export function nodeLines(nodes: readonly NodeProgress[], style: Style): string[] {
  const ordered = [...nodes].sort(
    (left, right) => Number(isAtRest(left)) - Number(isAtRest(right)) || (left.name < right.name ? -1 : 1),
  );
  const lines = ordered.slice(0, listed).map((node) => `  ${nodeLine(node, style)}`);
  const others = ordered.slice(listed);
  return others.length === 0 ? lines : [...lines, `  and ${others.length} others: ${versionCounts(others)}`];
}

function nodeLine({ name, kubeletVersion, ready, schedulable }: NodeProgress, style: Style): string {
  return [
    name,
    kubeletVersion,
    ready ? style.good('Ready') : style.bad('NotReady'),
    ...(schedulable ? [] : [style.attention('cordoned')]),
  ].join(' ');
}

function isAtRest({ ready, schedulable }: NodeProgress): boolean {
  return ready && schedulable;
}

function versionCounts(nodes: readonly NodeProgress[]): string {
  const counts = new Map<string, number>();
  for (const { kubeletVersion } of nodes) counts.set(kubeletVersion, (counts.get(kubeletVersion) ?? 0) + 1);
  return [...counts].map(([version, count]) => `${count} at ${version}`).join(', ');
}
