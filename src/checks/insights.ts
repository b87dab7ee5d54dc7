import type { Finding, Severity } from '../contract/finding.ts';
import { overrideNames } from '../contract/overrides.ts';
import type { ObservedInsight } from '../plan/observation.ts';
import { crossedMinors, seenBy, type Check, type CheckInput } from './check.ts';
import { foldedInto } from './removedApis/insightFolding.ts';
import { concerns, standsAgainst } from './insightScope.ts';

const lookBack =
  'EKS looks back 30 days, so a use that was mended is still reported until then, and refreshes insights once a day.';

/** EKS's own upgrade insights. Those about versions beyond the plan are told, not held against it. */
export const insights: Check = (input) =>
  input.observation.insights
    .filter((insight) => insight.status !== 'PASSING' && insight.category !== 'ROLLBACK_READINESS')
    .filter((insight) => !isEvidenceOfOthers(input, insight))
    .flatMap((insight) => {
      const severity = severityOf(input, insight);
      return severity === undefined ? [] : [finding(input, insight, severity)];
    });

/** What an insight says of the use of APIs is told with the other uses of the same API. */
function isEvidenceOfOthers({ observation, plan, request }: CheckInput, insight: ObservedInsight): boolean {
  const to = crossedMinors(plan).at(-1);
  return to !== undefined && foldedInto(insight, observation, overrideNames(request), to).length > 0;
}

function severityOf({ plan, request }: CheckInput, insight: ObservedInsight): Severity | undefined {
  const steps = crossedMinors(plan);
  if (insight.category === 'MISCONFIGURATION') return insight.status === 'UNKNOWN' ? 'info' : 'warning';
  if (!concerns(insight, steps)) return 'info';
  if (standsAgainst(insight, steps)) return request.controlPlane.overrideInsights ? 'warning' : 'blocker';
  return insight.status === 'UNKNOWN' ? 'unknown' : 'warning';
}

function finding({ observation, plan }: CheckInput, insight: ObservedInsight, severity: Severity): Finding {
  const steps = crossedMinors(plan);
  const about = insight.kubernetesVersion;
  const beyond =
    severity === 'info' && about !== undefined && !steps.includes(about)
      ? ` It is about ${about}, which this upgrade does not go to.`
      : '';
  const observedAt = insight.refreshedAt ?? observation.observedAt;
  return {
    check: 'insights',
    severity,
    ...(about !== undefined && steps.includes(about) ? { hop: about } : {}),
    subject: { kind: 'Insight', name: insight.id },
    message: `EKS insight "${insight.name}" says ${insight.status}: ${sentence(insight.reason)}${beyond}`,
    remedy: [sentence(insight.recommendation), lookBack].filter((part) => part !== '').join(' '),
    evidence: [
      ...seenBy(observation, `EKS: DescribeInsight ${insight.id}`),
      ...insight.usages.map((usage) => ({ source: `EKS insight: ${usage}`, observedAt })),
    ],
  };
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
