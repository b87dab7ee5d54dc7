import type { Finding } from '../../contract/finding.ts';
import type { CrdComparison, CrdVerdict, ToolChange } from '../../contract/tools.ts';
import type { ObservedTool } from '../../tools/types.ts';
import { findingsTable } from './findingsTable.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

/** So many changes of one CRD are shown; `-o json` has all. */
const shownChanges = 8;

/** What was found out about a tool, and what becomes of it. */
export interface ToolPlan {
  observed: ObservedTool;
  /** Absent when nothing is to be done, or a finding stands in the way. */
  change?: ToolChange;
  findings: Finding[];
  /** The rendered difference as unified diff, without Secrets' data. */
  difference?: string;
}

/** The plan of one tool for people: what will be done, the versions looked at, its CRDs, what is rendered, findings. */
export function toolView({ observed, change, findings, difference }: ToolPlan, style: Style): string {
  return [
    style.title(titleOf(observed, change)),
    candidatesText(observed, style),
    observed.comparison === undefined ? '' : crdsText(observed.comparison, style),
    renderedText(observed, difference, style),
    findings.length === 0 ? style.good('Nothing stands against it.') : findingsTable(findings, style),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

function titleOf({ wanted, installed, chosen }: ObservedTool, change: ToolChange | undefined): string {
  const { release } = installed;
  const now =
    release === undefined ? 'not installed' : `${release.chart.version} (revision ${release.revision})`;
  const where = `release ${wanted.namespace}/${wanted.release}`;
  if (change !== undefined)
    return `${wanted.name}: ${now} → ${change.to.version}, ${where}, by ${change.driver.by}`;
  return chosen !== undefined && chosen.version === release?.chart.version
    ? `${wanted.name}: at ${chosen.version} already, ${where}`
    : `${wanted.name}: ${now}, ${where}; asked for ${wanted.version}`;
}

function candidatesText({ candidates, chosen }: ObservedTool, style: Style): string {
  if (candidates.length === 0) return '';
  const rows = candidates.map(({ version, appVersion = '', verdict, problem }) => [
    version,
    appVersion,
    verdict === undefined ? style.attention(problem ?? 'unknown') : verdictText(verdict, style),
    version === chosen?.version ? 'chosen' : '',
  ]);
  return table(['version', 'app', 'CRDs differ', ''], rows, style);
}

function verdictText(verdict: CrdVerdict, style: Style): string {
  switch (verdict) {
    case 'none':
      return style.good('no');
    case 'documentation':
      return style.good('in documentation alone');
    case 'additive':
      return style.attention('additive');
    case 'breaking':
      return style.bad('breaking');
  }
}

function crdsText(comparison: CrdComparison, style: Style): string {
  const { compared, differences, tried, refused, refusedCount, unknown } = comparison;
  const title = `CRDs: ${compared} compared, ${differences.length} differ; ${tried} custom resources tried, ${refusedCount} refused`;
  return [
    style.title(title),
    ...differences.flatMap(({ crd, state, verdict, changes }) => [
      `  ${crd} (${state}): ${verdictText(verdict, style)}`,
      ...changes.slice(0, shownChanges).map(({ path, what }) => style.faint(`    ${path}: ${what}`)),
      ...more(changes.length - shownChanges, '    ', style),
    ]),
    ...refused.map(
      ({ kind, namespace, name, reason }) =>
        `  ${style.bad('refused')} ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}: ${reason}`,
    ),
    ...more(refusedCount - refused.length, '  ', style),
    ...unknown.map((line) => `  ${style.attention('unknown')} ${line}`),
  ].join('\n');
}

function renderedText({ rendered }: ObservedTool, difference: string | undefined, style: Style): string {
  if (rendered === undefined) return '';
  const { added, changed, removed } = rendered;
  const list = (names: readonly string[]) => (names.length === 0 ? 'none' : names.join(', '));
  return [
    style.title('Rendered with the values of the release'),
    `  added: ${list(added)}`,
    `  changed: ${list(changed)}`,
    `  removed: ${list(removed)}`,
    ...(difference === undefined || difference === '' ? [] : ['', coloured(difference, style)]),
  ].join('\n');
}

function coloured(difference: string, style: Style): string {
  return difference
    .trimEnd()
    .split('\n')
    .map((line) => {
      if (/^(\+\+\+|---) /.test(line)) return style.title(line);
      if (line.startsWith('+')) return style.good(line);
      return line.startsWith('-') ? style.bad(line) : line;
    })
    .join('\n');
}

function more(count: number, indent: string, style: Style): string[] {
  return count > 0 ? [style.faint(`${indent}and ${count} more (-o json shows them)`)] : [];
}
