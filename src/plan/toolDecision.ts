import type { ChartVersion, CrdComparison, ToolChange } from '../contract/tools.ts';
import { compareChartVersions } from '../tools/choice/chartVersions.ts';
import { permits } from '../tools/choice/crdPolicy.ts';
import type { HelmReleaseState, ObservedTool } from '../tools/types.ts';

/**
 * What becomes of a tool: it is brought to another version, it is there already, or a finding says why neither can be
 * said.
 */
export type ToolDecision =
  { decision: 'change'; change: ToolChange } | { decision: 'there-already' } | { decision: 'undecided' };

/** Decides on one tool by all that was found out about it. Only what can be carried out as it stands is a change. */
export function decideTool(observed: ObservedTool): ToolDecision {
  const { wanted, installed, chosen, comparison } = observed;
  const awaitGit = waitsForGit(observed);
  if (chosen === undefined) return { decision: 'undecided' };
  if (awaitGit !== undefined) {
    return comparison !== undefined && permits(wanted.crds, comparison)
      ? { decision: 'change', change: inGit(changeTo(chosen, comparison, observed), awaitGit) }
      : { decision: 'undecided' };
  }
  const { release } = installed;
  if (release?.status !== 'deployed' || !isOurs(observed)) return { decision: 'undecided' };
  const distance = compareChartVersions(chosen.version, release.chart.version);
  if (distance === 0) return { decision: 'there-already' };
  if (distance < 0 || 'manifests' in wanted.source) return { decision: 'undecided' };
  if (observed.rendered === undefined || comparison === undefined) return { decision: 'undecided' };
  return permits(wanted.crds, comparison)
    ? { decision: 'change', change: changeTo(chosen, comparison, observed) }
    : { decision: 'undecided' };
}

function changeTo(
  to: ChartVersion,
  comparison: CrdComparison,
  { wanted, installed, rendered, contentSha256 }: ObservedTool,
): ToolChange {
  const { release } = installed;
  const { name, namespace, source, driver, values, crds: policy } = wanted;
  return {
    tool: name,
    namespace,
    release: wanted.release,
    source,
    driver,
    ...(release === undefined ? {} : { from: fromRelease(release) }),
    to,
    values,
    renderedSha256: rendered?.renderedSha256 ?? '',
    ...(contentSha256 === undefined ? {} : { contentSha256 }),
    crds: { policy, verdict: comparison.verdict, applied: appliedBefore(comparison) },
  };
}

/** What Git changes is changed by nobody here: no CRD before it, and nothing that helm would render. */
function inGit(change: ToolChange, awaitGit: ToolChange['awaitGit']): ToolChange {
  return {
    ...change,
    ...(awaitGit === undefined ? {} : { awaitGit }),
    renderedSha256: '',
    crds: { ...change.crds, applied: [] },
  };
}

function fromRelease({ chart, revision }: HelmReleaseState): NonNullable<ToolChange['from']> {
  const { version, appVersion } = chart;
  return { version, ...(appVersion === undefined ? {} : { appVersion }), revision };
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
