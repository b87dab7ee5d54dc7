import type { CrdChange, CrdComparison, CrdDifference, CrdVerdict } from '../../contract/tools.ts';
import { styleOf } from '../rendering/style.ts';
import type { Style } from '../rendering/style.ts';
import { changePath } from './changePath.ts';

/** Changes of one CRD that are told; the worst come first. */
const toldChanges = 12;

/** What comparing CRDs gave, for people. */
export function comparisonText(comparison: CrdComparison, colors: boolean): string {
  const style = styleOf(colors);
  const { verdict, differences, compared, unknown } = comparison;
  const same = compared - differences.filter(({ state }) => state !== 'extra').length;
  return [
    `${style.title('CRD difference:')} ${colored(verdict, style)}${unknown.length > 0 ? ', and some of it could not be told' : ''}`,
    ...differences.map((difference) => differenceText(difference, style)),
    ...refusedText(comparison, style),
    ...(unknown.length === 0
      ? []
      : [['', style.title('Could not be told:'), ...unknown.map((each) => `  ${each}`)].join('\n')]),
    '',
    style.faint(`${compared} compared, ${same} the same.`),
  ].join('\n');
}

function differenceText({ crd, state, verdict, changes }: CrdDifference, style: Style): string {
  if (state === 'extra') return `\n${crd}  ${style.faint('no longer part of it; it stays in the cluster')}`;
  // Documentation is counted: nobody acts on it, and there is much of it.
  const telling = changes.filter((change) => change.verdict !== 'documentation');
  const worst = [...telling.filter(isBreaking), ...telling.filter((change) => !isBreaking(change))];
  const told = worst.slice(0, toldChanges);
  const documentation = changes.length - telling.length;
  return [
    '',
    `${crd}  ${colored(verdict, style)}`,
    ...told.map((change) => `  ${colored(change.verdict.padEnd(8), style)}  ${lineOf(change)}`),
    ...(worst.length > told.length
      ? [style.faint(`  and ${worst.length - told.length} more (-o json has all)`)]
      : []),
    ...(documentation > 0 ? [style.faint(`  and ${documentation} of documentation alone`)] : []),
  ].join('\n');
}

function isBreaking({ verdict }: CrdChange): boolean {
  return verdict === 'breaking';
}

function lineOf({ path, what }: CrdChange): string {
  const place = changePath(path);
  return place === '' ? what : `${place}: ${what}`;
}

function refusedText({ tried, refused, refusedCount }: CrdComparison, style: Style): string[] {
  if (tried === 0) return [];
  if (refusedCount === 0)
    return ['', `${tried} live objects were tried against the new schema: none would be refused.`];
  const more = refusedCount - refused.length;
  return [
    '',
    style.title(`Live objects that the new schema would refuse (${refusedCount} of ${tried}):`),
    ...refused.map(({ kind, namespace, name, reason }) => {
      const place = namespace === undefined ? name : `${namespace}/${name}`;
      return `  ${style.bad(`${kind} ${place}`)}: ${reason}`;
    }),
    ...(more > 0 ? [style.faint(`  and ${more} more`)] : []),
  ];
}

function colored(text: string, style: Style): string {
  const verdict = text.trim() as CrdVerdict;
  if (verdict === 'breaking') return style.bad(text);
  return verdict === 'none' ? style.good(text) : style.attention(text);
}
