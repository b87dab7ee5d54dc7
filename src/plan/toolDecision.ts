import type { CrdComparison, CrdPolicy, CrdVerdict, ToolChange } from '../contract/tools.ts';
import type { ObservedTool } from '../tools/types.ts';
import { compareChartVersions } from '../tools/choice/chartVersions.ts';

/**
 * What becomes of a tool: it is brought to another version, it is there already, or a finding says why neither can be
 * said.
 */
export type ToolDecision =
  { decision: 'change'; change: ToolChange } | { decision: 'there-already' } | { decision: 'undecided' };

/** The verdicts that each policy lets through. */
const letThrough: Readonly<Record<CrdPolicy, readonly CrdVerdict[]>> = {
  refuse: ['none', 'documentation'],
  additive: ['none', 'documentation', 'additive'],
  allow: ['none', 'documentation', 'additive', 'breaking'],
};

/** Decides on one tool by all that was found out about it. Only what can be carried out as it stands is a change. */
export function decideTool(observed: ObservedTool): ToolDecision {
  const { wanted, installed, chosen, comparison, rendered } = observed;
  const { release } = installed;
  if (release === undefined || chosen === undefined) return { decision: 'undecided' };
  const distance = compareChartVersions(chosen.version, release.chart.version);
  if (distance === 0 && release.status === 'deployed') return { decision: 'there-already' };
  const awaitGit = waitsForGit(observed);
  const possible =
    distance > 0 &&
    release.status === 'deployed' &&
    !('manifests' in wanted.source) &&
    (awaitGit !== undefined || isOurs(observed));
  if (!possible || comparison === undefined || rendered === undefined) return { decision: 'undecided' };
  if (!permits(wanted.crds, comparison)) return { decision: 'undecided' };
  const { version, appVersion } = release.chart;
  return {
    decision: 'change',
    change: {
      tool: wanted.name,
      namespace: wanted.namespace,
      release: wanted.release,
      source: wanted.source,
      driver: wanted.driver,
      from: {
        version,
        ...(appVersion === undefined ? {} : { appVersion }),
        revision: release.revision,
      },
      to: chosen,
      values: wanted.values,
      renderedSha256: rendered.renderedSha256,
      crds: {
        policy: wanted.crds,
        verdict: comparison.verdict,
        applied: awaitGit === undefined ? appliedBefore(comparison) : [],
      },
      ...(awaitGit === undefined ? {} : { awaitGit }),
    },
  };
}

/** True when the policy lets a change of the CRDs through and no custom resource of the cluster breaks by it. */
export function permits(policy: CrdPolicy, { verdict, refusedCount }: CrdComparison): boolean {
  return letThrough[policy].includes(verdict) && refusedCount === 0;
}

/** The Application that Git reaches the tool by, where the request says to wait for it. */
export function waitsForGit({ wanted, installed }: ObservedTool): ToolChange['awaitGit'] {
  const { by, manager, managesItself } = installed.management;
  if (!wanted.awaitGit || by !== 'argo-cd' || managesItself === true || manager === undefined)
    return undefined;
  return { application: manager };
}

/** True for a tool that nobody but Helm keeps as it is. */
export function isOurs({ installed: { management } }: ObservedTool): boolean {
  return management.managesItself !== true && (management.by === 'helm' || management.by === 'nobody');
}

/** CRDs that are to be as the new version has them before the chart comes; documentation is left to the chart. */
export function appliedBefore({ differences }: CrdComparison): string[] {
  return differences
    .filter(({ state, verdict }) => state !== 'extra' && (verdict === 'additive' || verdict === 'breaking'))
    .map(({ crd }) => crd)
    .sort();
}
