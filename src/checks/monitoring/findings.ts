import type { Finding } from '../../contract/finding.ts';
import type { MinorVersion } from '../../contract/plan.ts';
import { changesAt } from './changes.ts';
import { effectsOn } from './effects.ts';
import { findingsOfEffects } from './effectFindings.ts';
import { knownMinors } from './metricTable.ts';
import { compileNamePattern } from './namePattern.ts';
import type { MonitoringPlace, ObservedMonitoring } from './types.ts';
import { subjectOf, whatItIs } from './place.ts';

/**
 * What the steps of an upgrade do to rules, dashboards and autoscalers, and what could not be judged.
 *
 * @param steps the versions that the control plane goes through, the first of them the one it has
 */
export function monitoringFindings(observed: ObservedMonitoring, steps: readonly MinorVersion[]): Finding[] {
  const findings: Finding[] = [
    ...unreadSources(observed),
    ...unreadPlaces(observed),
    ...unreadPatterns(observed),
  ];
  for (const [index, to] of steps.entries()) {
    const from = steps[index - 1];
    if (from === undefined) continue;
    const changes = changesAt(from, to);
    if (changes === undefined) findings.push(unknownVersion(observed, from, to));
    else {
      const effects = observed.uses.flatMap((use) => effectsOn(use, { from, to }, changes));
      findings.push(...findingsOfEffects(effects, to));
    }
  }
  return findings;
}

/** A source that failed may hold an alert that goes blind: unknown, never a pass (rule 11). */
function unreadSources({ coverage, uses }: ObservedMonitoring): Finding[] {
  return coverage
    .filter(({ state }) => state === 'failed' || state === 'partial')
    .map(({ source, state, why = 'nobody knows why', count, observedAt }) => ({
      check: 'monitoring',
      severity: 'unknown',
      subject: { kind: 'Source', name: source },
      message:
        state === 'failed'
          ? `Which metrics ${source} stands on could not be seen: ${why}.`
          : `Only part of ${source} could be looked at (${count} read): ${why}.`,
      remedy: 'See that it is there and may be read, then check again.',
      evidence: [{ source, observedAt: observedAt ?? uses[0]?.observedAt ?? '' }],
    }));
}

function unreadPlaces({ problems = [] }: ObservedMonitoring): Finding[] {
  return problems.map(({ source, place, kind, problem, observedAt }) => ({
    check: 'monitoring',
    severity: kind === 'variable-name' ? 'info' : severityUnread(place),
    subject: place === undefined ? { kind: 'Source', name: source } : subjectOf(place),
    message: `Which metrics ${place === undefined ? source : whatItIs(place)} stands on can't be told: ${problem}.`,
    remedy:
      'Mend it, or look yourself whether the versions of this upgrade take away a metric that it needs.',
    evidence: [{ source, observedAt }],
  }));
}

function unreadPatterns({ uses }: ObservedMonitoring): Finding[] {
  return uses.flatMap(({ place, namePatterns, observedAt }) =>
    namePatterns
      .filter((pattern) => compileNamePattern(pattern) === undefined)
      .map((pattern) => ({
        check: 'monitoring',
        severity: severityUnread(place),
        subject: subjectOf(place),
        message: `Which metrics ${whatItIs(place)} stands on can't be told: the regular expression "${shortened(pattern)}" can't be judged.`,
        remedy: 'Name the metrics, or look yourself whether the versions of this upgrade take one away.',
        evidence: [{ source: place.source, observedAt }],
      })),
  );
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** A panel that goes blind is a warning, so one that can't be read is no more. */
function severityUnread(place: MonitoringPlace | undefined): Finding['severity'] {
  return place?.kind === 'panel' ? 'warning' : 'unknown';
}

function unknownVersion(
  { uses, coverage }: ObservedMonitoring,
  from: MinorVersion,
  to: MinorVersion,
): Finding {
  const [oldest = '', newest = ''] = [knownMinors[0], knownMinors.at(-1)];
  return {
    check: 'monitoring',
    severity: 'unknown',
    hop: to,
    subject: { kind: 'Version', name: to },
    message: `Which metrics go from ${from} to ${to} is not known: the table holds ${oldest} to ${newest}.`,
    remedy: `Read the release notes of ${to} on metrics, or use a release of Stepladder that knows it.`,
    evidence: [
      {
        source: `metrics of Kubernetes ${oldest} to ${newest}`,
        observedAt: uses[0]?.observedAt ?? coverage[0]?.observedAt ?? '',
      },
    ],
  };
}
