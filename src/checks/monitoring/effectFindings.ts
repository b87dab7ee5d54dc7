import type { Finding, Severity } from '../../contract/finding.ts';
import type { MinorVersion } from '../../contract/plan.ts';
import { listNames } from '../check.ts';
import { subjectKey } from '../findingKey.ts';
import type { Effect } from './effects.ts';
import { subjectOf, whatItIs } from './place.ts';
import type { MetricChange } from './types.ts';

const worstFirst: readonly Severity[] = ['blocker', 'unknown', 'warning', 'info'];

/** One finding for each alert, rule, dashboard and autoscaler that a hop does something to. */
export function findingsOfEffects(effects: readonly Effect[], hop: MinorVersion): Finding[] {
  const bySubject = new Map<string, [Effect, ...Effect[]]>();
  for (const effect of effects) {
    const key = subjectKey('monitoring', subjectOf(effect.use.place));
    const others = bySubject.get(key);
    if (others === undefined) bySubject.set(key, [effect]);
    else others.push(effect);
  }
  return [...bySubject.values()].map((each) => finding(each, hop));
}

/**
 * An alert, a rule or an autoscaler that goes blind does its harm unseen, so it is a blocker. A panel is looked at by
 * somebody who sees that it is empty: a warning.
 */
function severityOf({ effect, use, change }: Effect): Severity {
  const isPanel = use.place.kind === 'panel';
  switch (effect) {
    case 'blind':
      return isPanel ? 'warning' : 'blocker';
    case 'already':
      return isPanel ? 'info' : 'warning';
    case 'less':
      return isPanel || change.change === 'labels-removed' ? 'info' : 'warning';
    case 'later':
      return 'info';
  }
}

function finding(effects: readonly [Effect, ...Effect[]], hop: MinorVersion): Finding {
  const [worst] = effects.toSorted((left, right) => rank(left) - rank(right)) as [Effect, ...Effect[]];
  const evidence = new Map(
    effects.map(({ use }) => [use.place.source, { source: use.place.source, observedAt: use.observedAt }]),
  );
  return {
    check: 'monitoring',
    severity: severityOf(worst),
    hop,
    subject: subjectOf(worst.use.place),
    message: `${who(effects, worst)} ${whatHappens(worst, hop)}: ${whatChanges(effects)}.`,
    remedy: unique(effects.map(({ change }) => remedyFor(change))).join(' '),
    evidence: [...evidence.values()],
  };
}

function rank(effect: Effect): number {
  return worstFirst.indexOf(severityOf(effect));
}

/** The panels that fare worst; what happens to the others stands among the changes. */
function who(effects: readonly Effect[], worst: Effect): string {
  const { place } = worst.use;
  if (place.kind !== 'panel') return capitalized(whatItIs(place));
  const panels = unique(
    effects
      .filter((each) => rank(each) === rank(worst))
      .flatMap(({ use }) => (use.place.kind === 'panel' ? [`"${use.place.panel}"`] : [])),
  );
  return panels.length === 1
    ? capitalized(whatItIs(place))
    : `The dashboard "${place.dashboard}", in ${panels.length} panels (${listNames(panels)}),`;
}

function whatHappens({ effect }: Effect, hop: MinorVersion): string {
  switch (effect) {
    case 'blind':
      return `goes blind at ${hop}`;
    case 'already':
      return `stands on what only shown hidden metrics give, and no more at ${hop}`;
    case 'less':
      return `sees less from ${hop} on`;
    case 'later':
      return `stands on what is deprecated from ${hop} on`;
  }
}

function whatChanges(effects: readonly Effect[]): string {
  return unique(
    effects.map(({ change, through, pattern }) =>
      [
        changed(change),
        through === undefined ? '' : ` (through ${through.join(', ')})`,
        pattern === undefined ? '' : ` (which "${pattern.slice(0, 80)}" matches)`,
      ].join(''),
    ),
  ).join('; ');
}

function changed({ change, name, at, labels = [], hiddenBefore }: MetricChange): string {
  switch (change) {
    case 'removed':
      return `${at} does not have ${name} any more${hiddenBefore === true ? ', which was hidden before' : ''}`;
    case 'hidden':
      return `${at} hides ${name}`;
    case 'deprecated':
      return `${at} deprecates ${name}`;
    case 'labels-removed':
      return `at ${at} ${name} loses the ${labels.length === 1 ? 'label' : 'labels'} ${labels.join(', ')}`;
  }
}

function remedyFor({ change, name, at, labels = [], newLabels, heir, hiddenBefore }: MetricChange): string {
  if (change === 'labels-removed') {
    const instead =
      newLabels === undefined ? '' : `, or use what came in this version: ${newLabels.join(', ')}`;
    return `Do without ${labels.join(', ')} of ${name}${instead}.`;
  }
  const use =
    heir === undefined
      ? `Nothing is known to take the place of ${name}: see the release notes of ${at}.`
      : `Use ${heir.name} instead of ${name} (proposed because ${heir.reason}).`;
  const again =
    change === 'hidden' || hiddenBefore === true
      ? ' Where the flags of the component are yours to set, --show-hidden-metrics-for-version shows it while it is hidden and not gone.'
      : '';
  return use + again;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
