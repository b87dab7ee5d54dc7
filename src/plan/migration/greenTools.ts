import type { ToolChange } from '../../contract/tools.ts';
import type { ObservedTool } from '../../tools/types.ts';

/**
 * What is installed of a tool on green. CRDs are no obstacle there: they come before any custom resource does. Undefined
 * where a finding says why nothing can be said.
 */
export function greenTool(observed: ObservedTool): ToolChange | undefined {
  const { wanted, chosen, contentSha256 } = observed;
  if (chosen === undefined || 'manifests' in wanted.source) return undefined;
  const { name: tool, namespace, release, source, driver, values, crds: policy } = wanted;
  return {
    ...{ tool, namespace, release, source, driver, values },
    to: chosen,
    // What it is rendered to depends on green, which is not there yet.
    renderedSha256: '',
    ...(contentSha256 === undefined ? {} : { contentSha256 }),
    crds: { policy, verdict: 'none', applied: [] },
  };
}
