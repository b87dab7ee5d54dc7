import { crdVerdicts } from '../../contract/tools.ts';
import type { CrdComparison, CrdDifference } from '../../contract/tools.ts';
import { compareChartVersions } from '../../tools/choice/chartVersions.ts';
import { letsThrough } from '../../tools/choice/crdPolicy.ts';
import type { ObservedTool } from '../../tools/types.ts';
import { toolSetting } from './toolFinding.ts';
import type { ToolCheck, ToolFinding } from './toolFinding.ts';

/** So much of a difference is named; the plan's evidence has all. */
const namedCrds = 5;
const namedChanges = 3;
const namedObjects = 10;

/**
 * Changes of CRDs: everybody's custom resources hang on one that exists once in the cluster (rule 10). What the request
 * does not let through is a blocker, and so is any change by which a custom resource of the cluster breaks.
 */
export const toolCrds: ToolCheck = (observed) => {
  const { comparison, chosen } = observed;
  if (comparison === undefined || chosen === undefined) return [];
  return [
    ...changes(observed, comparison, chosen.version),
    ...refused(observed, comparison, chosen.version),
    ...unknown(observed, comparison, chosen.version),
    ...left(observed, comparison, chosen.version),
  ];
};

function changes(observed: ObservedTool, comparison: CrdComparison, version: string): ToolFinding[] {
  const { name, crds: policy } = observed.wanted;
  const { verdict } = comparison;
  if (verdict !== 'additive' && verdict !== 'breaking') return [];
  const what = `${name} ${version} has CRDs that differ from those of the cluster (${verdict}): ${differenceText(comparison)}.`;
  if (!letsThrough(policy, verdict)) {
    return [
      finding('blocker', {
        message: `${what} ${policy === 'refuse' ? 'By default no change of CRDs is let through.' : 'The request lets through only what takes nothing away.'}`,
        remedy: wayRound(observed, verdict),
      }),
    ];
  }
  return [
    finding('warning', {
      message: `${what} The request lets it through ("crds": "${policy}"), and it is applied before the chart. It stays when the release is rolled back.`,
      remedy: 'See that all who have custom resources of these kinds know of it.',
    }),
  ];
}

/** What to do instead: the highest version that changes nothing, a looser policy, or another cluster. */
function wayRound(observed: ObservedTool, verdict: 'additive' | 'breaking'): string {
  const { highestWithoutDifference: highest, installed } = observed;
  const current = installed.release?.chart.version;
  const above =
    highest !== undefined && (current === undefined || compareChartVersions(highest.version, current) > 0);
  const instead = above
    ? `Take ${highest.version}, the highest version without a difference`
    : `Stay at ${current ?? 'what is installed'}: no higher version is without a difference`;
  const policy = verdict === 'additive' ? 'additive' : 'allow';
  return `${instead}; or put the new version on a new cluster (blue/green); or let the change through with ${toolSetting(observed, { crds: policy })}, once you know what it does to the custom resources there are.`;
}

function refused(observed: ObservedTool, comparison: CrdComparison, version: string): ToolFinding[] {
  const { refused: objects, refusedCount } = comparison;
  if (refusedCount === 0) return [];
  const named = objects
    .slice(0, namedObjects)
    .map(
      ({ kind, namespace, name, reason }) =>
        `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name} (${reason})`,
    );
  return [
    finding('blocker', {
      message: `The CRDs of ${observed.wanted.name} ${version} would refuse ${refusedCount} custom resources that the cluster has: ${listed(named, refusedCount, '; ')}.`,
      remedy:
        'Change these objects so that they are valid by both, or put the new version on a new cluster. No policy lets this through: nobody could change them any more.',
    }),
  ];
}

function unknown(observed: ObservedTool, { unknown: what }: CrdComparison, version: string): ToolFinding[] {
  if (what.length === 0) return [];
  return [
    finding('unknown', {
      message: `Not everything about the CRDs of ${observed.wanted.name} ${version} could be told: ${listed(what.slice(0, namedCrds), what.length, '; ')}.`,
      remedy:
        'Look at these yourself (stepladder crd-diff), or allow the worker what it lacks; then plan again.',
    }),
  ];
}

/** CRDs that the new version does not bring. Nothing is ever deleted for it. */
function left(observed: ObservedTool, { differences }: CrdComparison, version: string): ToolFinding[] {
  const extra = differences.filter(({ state }) => state === 'extra').map(({ crd }) => crd);
  if (extra.length === 0) return [];
  return [
    finding('info', {
      message: `${observed.wanted.name} ${version} does not bring ${listed(extra.slice(0, namedCrds), extra.length, ', ')}, which the cluster has.`,
      remedy: 'Nothing: they stay with their objects. Delete them yourself once nobody needs them.',
    }),
  ];
}

function differenceText({ differences }: CrdComparison): string {
  const differing = differences
    .filter(({ verdict }) => verdict === 'additive' || verdict === 'breaking')
    .sort((left, right) => crdVerdicts.indexOf(right.verdict) - crdVerdicts.indexOf(left.verdict));
  return listed(differing.slice(0, namedCrds).map(crdText), differing.length, '; ');
}

function crdText({ crd, changes: all, verdict, state }: CrdDifference): string {
  if (state === 'missing') return `${crd} (new)`;
  const worst = all.filter((change) => change.verdict === verdict);
  const named = worst
    .slice(0, namedChanges)
    .map(({ path, what }) => (path === '' ? what : `${path}: ${what}`));
  return `${crd} (${listed(named, worst.length, ', ')})`;
}

function listed(named: readonly string[], count: number, between: string): string {
  const more = count - named.length;
  return `${named.join(between)}${more > 0 ? `${between}and ${more} more` : ''}`;
}

function finding(
  severity: ToolFinding['severity'],
  text: Pick<ToolFinding, 'message' | 'remedy'>,
): ToolFinding {
  return {
    check: 'tool-crds',
    severity,
    ...text,
    sources: ['Kubernetes: CustomResourceDefinitions, compared by dry run'],
  };
}
