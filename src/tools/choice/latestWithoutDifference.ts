import type { ChartVersion } from '../../contract/tools.ts';
import { compareChartVersions, minorLine } from './chartVersions.ts';
import type { Judging, Standing } from './judging.ts';

/**
 * The highest version whose CRDs are those of the cluster (rule 10), with few looks. CRDs change with a new minor line,
 * seldom within one, and never to and fro there. So of each line, from the top down, the highest patch is looked at,
 * then the lowest: if both differ from the cluster by the same, all between do; otherwise the line is halved until that
 * holds of each part, or the highest without a difference is found.
 *
 * What can't be told of a version counts neither way: it is passed over, and the next one is looked at.
 *
 * @param offered in any order
 * @param installed nothing below it is chosen; absent when nothing is installed
 * @returns undefined when there is none
 */
export async function latestWithoutDifference(
  offered: readonly ChartVersion[],
  installed: string | undefined,
  judging: Judging,
): Promise<ChartVersion | undefined> {
  for (const line of linesOf(highestFirst(offered, installed))) {
    const found = await inLine(line, judging);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Without those below the installed version, and each once. */
function highestFirst(offered: readonly ChartVersion[], installed: string | undefined): ChartVersion[] {
  const unique = new Map(offered.map((each) => [each.version, each]));
  return [...unique.values()]
    .filter(({ version }) => installed === undefined || compareChartVersions(version, installed) >= 0)
    .sort((left, right) => compareChartVersions(right.version, left.version));
}

/** Versions by their minor lines, in their order. */
function linesOf(versions: readonly ChartVersion[]): ChartVersion[][] {
  const lines = new Map<string, ChartVersion[]>();
  for (const each of versions) {
    const name = minorLine(each.version);
    lines.set(name, [...(lines.get(name) ?? []), each]);
  }
  return [...lines.values()];
}

/** A version of which it is known how it stands to the cluster. */
interface Known {
  version: ChartVersion;
  standing: Exclude<Standing, { is: 'unknown' }>;
}

/** The highest of one line without a difference, the line given from its highest patch down. */
async function inLine(line: readonly ChartVersion[], judging: Judging): Promise<ChartVersion | undefined> {
  const top = await firstKnown(line, judging);
  if (top === undefined || top.standing.is === 'same') return top?.version;
  const below = line.slice(line.indexOf(top.version) + 1);
  const bottom = await firstKnown(below.toReversed(), judging);
  if (bottom === undefined) return undefined;
  return halve(top, below.slice(0, below.indexOf(bottom.version)), bottom, judging);
}

/**
 * The highest without a difference below `top`, which has one.
 *
 * @param between from the highest down
 */
async function halve(
  top: Known,
  between: readonly ChartVersion[],
  bottom: Known,
  judging: Judging,
): Promise<ChartVersion | undefined> {
  if (haveTheSame(top, bottom)) return undefined;
  const lower = between.slice(Math.floor(between.length / 2));
  const higher = between.slice(0, between.length - lower.length);
  const middle = (await firstKnown(lower, judging)) ?? (await firstKnown(higher.toReversed(), judging));
  if (middle === undefined) return bottom.standing.is === 'same' ? bottom.version : undefined;
  const place = between.indexOf(middle.version);
  const above = between.slice(0, place);
  if (middle.standing.is === 'same') return halve(top, above, middle, judging);
  return (
    (await halve(top, above, middle, judging)) ??
    (await halve(middle, between.slice(place + 1), bottom, judging))
  );
}

function haveTheSame(one: Known, other: Known): boolean {
  return (
    one.standing.is === 'other' &&
    other.standing.is === 'other' &&
    one.standing.difference === other.standing.difference
  );
}

/** The first of which anything can be told. */
async function firstKnown(versions: readonly ChartVersion[], judging: Judging): Promise<Known | undefined> {
  for (const version of versions) {
    const standing = await judging.standing(version);
    if (standing.is !== 'unknown') return { version, standing };
  }
  return undefined;
}
