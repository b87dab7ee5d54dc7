import type { ObservedTool } from '../tools/types.ts';
import { permits } from '../tools/choice/crdPolicy.ts';
import { withoutNewCrds } from '../tools/choice/newCrds.ts';
import { appliedBefore, isOurs } from './toolDecision.ts';
import type { ToolDecision } from './toolDecision.ts';

/**
 * A tool that is to be installed for the first time, as the checks shall judge it: that it is not there is no problem,
 * and CRDs that the cluster does not have are no difference, since nothing hangs on them yet and Helm brings them. Those
 * that are there are held to the same policy as in an upgrade: they may be those of another installation.
 */
export function asInstallation(observed: ObservedTool): ObservedTool {
  const { comparison, problems } = observed;
  return {
    ...observed,
    problems: problems.filter(({ kind }) => kind !== 'not-installed'),
    ...(comparison === undefined ? {} : { comparison: withoutNewCrds(comparison) }),
  };
}

/**
 * Decides on the first installation of a tool, as `decideTool` does on its upgrade.
 *
 * @param observed as `asInstallation` gives it
 */
export function decideInstallation(observed: ObservedTool): ToolDecision {
  const { wanted, installed, chosen, comparison, rendered, contentSha256 } = observed;
  if (installed.release !== undefined || 'manifests' in wanted.source || !isOurs(observed)) {
    return { decision: 'undecided' };
  }
  if (chosen === undefined || comparison === undefined || rendered === undefined) {
    return { decision: 'undecided' };
  }
  if (!permits(wanted.crds, comparison)) return { decision: 'undecided' };
  const { name: tool, namespace, release, source, driver, values } = wanted;
  return {
    decision: 'change',
    change: {
      ...{ tool, namespace, release, source, driver, values },
      to: chosen,
      renderedSha256: rendered.renderedSha256,
      ...(contentSha256 === undefined ? {} : { contentSha256 }),
      crds: { policy: wanted.crds, verdict: comparison.verdict, applied: appliedBefore(comparison) },
    },
  };
}
