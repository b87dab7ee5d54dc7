import { blockingFindings, findingKey, groupFindings } from '../../checks/index.ts';
import { comparisonLines } from '../../contract/comparison.ts';
import { estimatedWork } from '../../contract/estimatedWork.ts';
import type { Finding, Severity } from '../../contract/finding.ts';
import { digestPrefixLength } from '../../contract/messages.ts';
import type { Hop, PlanResult } from '../../contract/plan.ts';
import { describePutBack } from '../../contract/putBack.ts';
import { isSameStage, subjectOfStage } from '../../contract/stageSubject.ts';
import { durationText, momentText } from './duration.ts';
import { stageTexts } from './stageText.ts';
import type { Style } from './style.ts';

/**
 * A plan for people: what will be done and for how long, then what was found, worst first, with what to do about it.
 *
 * @param blocking the findings that stand in its way
 */
export function planView(result: PlanResult, blocking: readonly Finding[], now: Date, style: Style): string {
  const { plan, digest, estimates } = result;
  const seconds = estimatedWork(estimates);
  return [
    `${style.title(`Plan for cluster ${plan.cluster.name} to ${plan.target}`)}   about ${durationText(seconds)}, digest ${digest.slice(0, digestPrefixLength)}\n${style.faint(plan.cluster.arn)}`,
    ...plan.putBack.map((each) => `First: ${describePutBack(each)}`),
    ...plan.hops.map((hop) => hopText(hop, result, now, style)),
    comparisonText(result, style),
    ...(plan.overrides.length === 0
      ? []
      : [`Overridden: ${plan.overrides.map((name) => withReason(name, result)).join(', ')}`]),
    ...severities.map((severity) => findingsText(severity, result.findings, blocking, style)),
    verdict(result, blocking, style),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

const severities: readonly Severity[] = ['blocker', 'unknown', 'warning', 'info'];
function withReason(name: string, { overrideReasons = {} }: PlanResult): string {
  const reason = overrideReasons[name];
  return reason === undefined ? name : `${name} (${reason})`;
}

/** So many places of a finding are shown; `-o json` has all. */
const shownPlaces = 10;

const headings: Record<Severity, string> = {
  blocker: 'Blockers',
  unknown: 'Unknown (could not be checked, so not passed)',
  warning: 'Warnings',
  info: 'For your information',
};

function hopText(hop: Hop, { estimates, windows }: PlanResult, now: Date, style: Style): string {
  const lines = hop.stages.flatMap((stage) => {
    const planned = { stage: stage.stage, ...subjectOfStage(stage) };
    const estimate = estimates.find((each) => each.hop === hop.to && isSameStage(each, planned));
    return stageTexts(stage).map((text, index) =>
      index === 0 && estimate !== undefined
        ? `  - ${text}  ${style.faint(`(about ${durationText(estimate.seconds)}${stage.stage === 'add-ons' && stage.addons.length > 1 ? ' for all add-ons' : ''})`)}`
        : `  - ${text}`,
    );
  });
  const window = windows.find((each) => each.hop === hop.to);
  if (window !== undefined) {
    const { opensAt, closesAt, fits } = window;
    const text = `window: ${momentText(opensAt, now)} to ${momentText(closesAt, now)}`;
    lines.push(
      `  ${fits ? text : style.attention(`${text}, shorter than the hop is thought to take: what runs then finishes outside`)}`,
    );
  }
  const title = hop.from === hop.to ? `At ${hop.to}` : `${hop.from} → ${hop.to}`;
  return [style.title(title), ...lines].join('\n');
}

function comparisonText({ comparison }: PlanResult, style: Style): string {
  const [title, ...lines] = comparisonLines(comparison);
  return title === undefined ? '' : [style.title(title), ...lines.map((line) => `  ${line}`)].join('\n');
}

function findingsText(
  severity: Severity,
  findings: readonly Finding[],
  blocking: readonly Finding[],
  style: Style,
): string {
  const found = groupFindings(findings.filter((finding) => finding.severity === severity)).flatMap(
    (group) => group.findings,
  );
  if (found.length === 0) return '';
  const colors = { blocker: style.bad, unknown: style.bad, warning: style.attention, info: style.faint };
  return [
    colors[severity](`${headings[severity]} (${found.length})`),
    ...found.map((finding) => findingText(finding, blocking.includes(finding), style)),
  ].join('\n');
}

function findingText(finding: Finding, isBlocking: boolean, style: Style): string {
  const { check, hop, message, remedy, evidence } = finding;
  const places = [...new Set(evidence.map(({ source, observedAt }) => `${source} at ${observedAt}`))];
  const more = places.length - shownPlaces;
  const sources = [...places.slice(0, shownPlaces), ...(more > 0 ? [`${more} more places`] : [])].join('; ');
  return [
    `  ${check}${hop === undefined ? '' : ` (${hop})`}: ${message}`,
    ...(remedy === '' ? [] : [`    ${remedy}`]),
    ...(isBlocking && canBeOverridden(finding)
      ? [`    To go on in spite of it: --override '${findingKey(finding)}'`]
      : []),
    ...(sources === '' ? [] : [style.faint(`    seen in ${sources}`)]),
  ].join('\n');
}

function canBeOverridden(finding: Finding): boolean {
  return blockingFindings([finding], [findingKey(finding)]).length === 0;
}

function verdict({ summary }: PlanResult, blocking: readonly Finding[], style: Style): string {
  const count = (number: number, name: string) => `${number} ${name}${number === 1 ? '' : 's'}`;
  const counts = [
    count(summary.blocker, 'blocker'),
    `${summary.unknown} unknown`,
    count(summary.warning, 'warning'),
    count(summary.info, 'info'),
  ].join(', ');
  return blocking.length > 0
    ? style.bad(`${counts}. It can't be approved while ${blocking.length} of them stand against it.`)
    : `${counts}. Nothing stands against it.`;
}
