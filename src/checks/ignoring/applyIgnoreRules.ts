import type { Finding, Severity } from '../../contract/finding.ts';
import { isOver } from './day.ts';
import type { IgnoreRule } from './types.ts';

export interface IgnoringOptions {
  rules: readonly IgnoreRule[];
  /** ISO 8601. */
  at: string;
  /**
   * What an ignored finding counts as at the most. In a plan `warning`: what would stop it is shown to whoever approves
   * it, and never passed over in silence.
   */
  atMost: Extract<Severity, 'warning' | 'info'>;
}

const worstFirst: readonly Severity[] = ['blocker', 'unknown', 'warning', 'info'];

/**
 * Takes down the severity of findings that a rule or an annotation ignores, and says so in them. A rule whose last day
 * is over ignores nothing and is told; one that fits nothing is told too.
 */
export function applyIgnoreRules(findings: readonly Finding[], options: IgnoringOptions): Finding[] {
  const { rules, at, atMost } = options;
  const holding = rules.filter(({ until }) => !isOver(until, at));
  const fitted = new Set<IgnoreRule>();
  const judged = findings.map((finding): Finding => {
    // What says that rules have ended must not be silenced by one.
    const rule = finding.check === 'overrides' ? undefined : holding.find((each) => fits(each, finding));
    if (rule !== undefined) fitted.add(rule);
    const ignored = rule ?? finding.ignored;
    if (ignored === undefined) return finding;
    const { reason, until } = ignored;
    return {
      ...finding,
      severity: milder(finding.severity, atMost),
      message: `Ignored until ${until} (${reason}): ${finding.message}`,
      ignored: { reason, until },
    };
  });
  return [
    ...judged,
    ...rules.filter((rule) => isOver(rule.until, at)).map((rule) => expired(rule, at)),
    ...holding.filter((rule) => !fitted.has(rule)).map((rule) => idle(rule, at)),
  ];
}

function fits({ check, subject, kind, namespace }: IgnoreRule, finding: Finding): boolean {
  return (
    check === finding.check &&
    (subject === undefined || matches(subject, finding.subject.name)) &&
    (kind === undefined || matches(kind, finding.subject.kind)) &&
    (namespace === undefined || matches(namespace, finding.subject.namespace ?? ''))
  );
}

/** `*` stands for any characters. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
    return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > text.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}

function milder(severity: Severity, atMost: Severity): Severity {
  return worstFirst.indexOf(severity) < worstFirst.indexOf(atMost) ? atMost : severity;
}

function expired(rule: IgnoreRule, at: string): Finding {
  return told(
    rule,
    at,
    'warning',
    `The ignore rule "${nameOf(rule)}" (${rule.reason}) ended on ${rule.until}, and ignores nothing any more.`,
    'Mend what it was for; take the rule out, or give it another day and a reason.',
  );
}

function idle(rule: IgnoreRule, at: string): Finding {
  return told(
    rule,
    at,
    'info',
    `The ignore rule "${nameOf(rule)}" fits nothing that was found.`,
    'See that it is written as the finding is, and take it out if that is gone.',
  );
}

function told(rule: IgnoreRule, at: string, severity: Severity, message: string, remedy: string): Finding {
  return {
    check: 'ignore-rules',
    severity,
    subject: { kind: 'IgnoreRule', name: rule.place },
    message,
    remedy,
    evidence: [{ source: rule.place, observedAt: at }],
  };
}

function nameOf({ check, kind, namespace, subject }: IgnoreRule): string {
  return [check, kind, namespace, subject].filter((part) => part !== undefined).join('/');
}
