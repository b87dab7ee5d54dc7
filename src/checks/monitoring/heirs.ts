import type { MetricTable } from './metricTable.ts';
import type { MetricChange, MetricDefinition } from './types.ts';

type Heir = NonNullable<MetricChange['heir']>;

/**
 * How much alike two help texts have to be, as the share of words that both have, to be about the same thing: less
 * where the labels are the same, too.
 */
const alikeTexts = { withSameLabels: 0.4, otherwise: 0.6 };
/** The same for names, whose words are put in the singular. */
const alikeNames = 0.75;

/**
 * The metric that takes the place of one that goes, with why it is thought so; undefined when nothing suggests one. A
 * release says it in the help text at best, so all else is a proposal for a person to judge:
 *
 * 1. the help text of the one names the other;
 * 2. exactly one other has the same help text, those looked at first that are new in this version;
 * 3. the names have the same words but for their order and `total`;
 * 4. the names differ in one word or little, and the help texts are much the same.
 *
 * @param gone as it is defined last
 */
export function heirOf(
  gone: MetricDefinition,
  { before, after }: { before: MetricTable; after: MetricTable },
): Heir | undefined {
  const present = [...after.values()].filter(
    ({ name, hidden, deprecated }) => name !== gone.name && !hidden && deprecated === undefined,
  );
  const sameSort = present.filter((each) => sortOf(each) === sortOf(gone));
  const newcomers = sameSort.filter(({ name }) => !before.has(name));
  return (
    named(gone, present) ??
    sameText(gone, newcomers, 'it is new in this version with the same help text') ??
    sameText(gone, sameSort, 'it has the same help text') ??
    sameWords(gone, sameSort) ??
    muchAlike(gone, sameSort)
  );
}

/** Gauges that only grow have been mended into counters more than once. */
function sortOf({ type }: MetricDefinition): string {
  return type === 'gauge' || type === 'untyped' ? 'counter' : type;
}

function named(gone: MetricDefinition, present: readonly MetricDefinition[]): Heir | undefined {
  const words = namesIn(gone.help);
  const heir = present.find(({ name }) => name.includes('_') && words.includes(name));
  if (heir !== undefined) return { name: heir.name, reason: 'its help text names it' };
  const follower = present.find(({ help }) => namesIn(help).includes(gone.name));
  return follower === undefined
    ? undefined
    : { name: follower.name, reason: `the help text of ${follower.name} names ${gone.name}` };
}

function sameText(
  gone: MetricDefinition,
  among: readonly MetricDefinition[],
  reason: string,
): Heir | undefined {
  const found = among.filter(({ help }) => help !== '' && help === gone.help);
  const [heir] = found;
  return heir === undefined || found.length > 1 ? undefined : { name: heir.name, reason };
}

function sameWords(gone: MetricDefinition, among: readonly MetricDefinition[]): Heir | undefined {
  const words = (name: string) =>
    wordsOf(name)
      .filter((word) => word !== 'total')
      .sort()
      .join(' ');
  const heir = among.find(({ name }) => words(name) === words(gone.name));
  return heir === undefined ? undefined : { name: heir.name, reason: 'its name has the same words' };
}

function muchAlike(gone: MetricDefinition, among: readonly MetricDefinition[]): Heir | undefined {
  const found = among
    .filter(
      ({ name }) =>
        wordsApart(name, gone.name) === 1 || likeness(singular(name), singular(gone.name)) >= alikeNames,
    )
    .map((candidate) => ({ candidate, text: likeness(textWords(candidate.help), textWords(gone.help)) }))
    .filter(({ candidate, text }) => text >= leastLikeness(candidate, gone))
    .sort((left, right) => right.text - left.text);
  const [first, second] = found;
  if (first === undefined || first.text === second?.text) return undefined;
  return { name: first.candidate.name, reason: 'its name and its help text are much the same' };
}

function leastLikeness({ labels }: MetricDefinition, gone: MetricDefinition): number {
  const same =
    labels !== undefined && labels.length > 0 && labels.join(' ') === (gone.labels ?? []).join(' ');
  return same ? alikeTexts.withSameLabels : alikeTexts.otherwise;
}

function namesIn(help: string): readonly string[] {
  return help.match(/[a-z][a-z0-9_]*/g) ?? [];
}

function textWords(help: string): readonly string[] {
  return help.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

function wordsOf(name: string): string[] {
  return name.split('_').filter((word) => word !== '');
}

function singular(name: string): readonly string[] {
  return wordsOf(name).map((word) => word.replace(/s$/, ''));
}

/** How many words have to be added, left out or replaced to get from one name to the other. */
function wordsApart(left: string, right: string): number {
  const one = wordsOf(left);
  const other = wordsOf(right);
  if (Math.abs(one.length - other.length) > 1) return Infinity;
  let row = Array.from({ length: other.length + 1 }, (_each, index) => index);
  for (const [line, word] of one.entries()) {
    const next = [line + 1];
    for (const [column, otherWord] of other.entries()) {
      next.push(
        Math.min(
          (row[column] ?? 0) + (word === otherWord ? 0 : 1),
          (row[column + 1] ?? 0) + 1,
          (next[column] ?? 0) + 1,
        ),
      );
    }
    row = next;
  }
  return row.at(-1) ?? Infinity;
}

/** The share of all different words that both have, 0 to 1. */
function likeness(left: readonly string[], right: readonly string[]): number {
  const one = new Set(left);
  const all = new Set([...left, ...right]);
  const both = [...new Set(right)].filter((word) => one.has(word));
  return all.size === 0 ? 0 : both.length / all.size;
}
