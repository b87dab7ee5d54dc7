import { compareChartVersions } from '../../tools/choice/chartVersions.ts';
import type { ObservedTool } from '../../tools/types.ts';
import { releaseName } from './toolFinding.ts';
import type { ToolCheck, ToolFinding } from './toolFinding.ts';

/** Candidates that are named. */
const namedCandidates = 8;

const helm = 'Helm: newest revision of the release';

/** From which version to which: never back, and not at all where it is already. */
export const toolVersions: ToolCheck = (observed) => {
  const { wanted, installed, chosen } = observed;
  const current = installed.release?.chart.version;
  if (current === undefined || chosen === undefined) return [];
  const distance = compareChartVersions(chosen.version, current);
  if (distance < 0) {
    return [
      {
        check: 'tool-downgrade',
        severity: 'blocker',
        message: `${wanted.name} is at ${current}, and an upgrade does not go back to ${chosen.version}: what the newer version has written may be nothing that the older one can read.`,
        remedy: `Ask for ${current} or higher; or take the release back yourself (helm rollback ${wanted.release} -n ${wanted.namespace}).`,
        sources: [helm, ...looked(observed)],
      },
    ];
  }
  return [distance === 0 ? thereAlready(observed, current) : step(observed, current, chosen.version)];
};

function thereAlready(observed: ObservedTool, current: string): ToolFinding {
  const { rendered, wanted } = observed;
  const differ = rendered === undefined ? 0 : objectsOf(rendered);
  return {
    check: 'tool-version',
    severity: 'info',
    message: `${wanted.name} is at ${current} already (release ${releaseName(observed)})${differ === 0 ? '' : `; with the values of the request ${differ} of its objects would be others, which alone is no upgrade`}.${candidates(observed)}`,
    remedy: 'Nothing.',
    sources: [helm, ...looked(observed)],
  };
}

function step(observed: ObservedTool, from: string, to: string): ToolFinding {
  const { rendered, wanted } = observed;
  const objects =
    rendered === undefined
      ? ''
      : ` Of its objects ${rendered.added.length} are added, ${rendered.changed.length} changed and ${rendered.removed.length} removed.`;
  return {
    check: 'tool-version',
    severity: 'info',
    message: `${wanted.name} goes from ${from} to ${to} (release ${releaseName(observed)}).${objects}${candidates(observed)}`,
    remedy: 'Read what its release notes say of the versions between.',
    sources: [helm, ...looked(observed)],
  };
}

/** Which versions were looked at, and what their CRDs are beside those of the cluster. */
function candidates({ candidates: all }: ObservedTool): string {
  if (all.length < 2) return '';
  const named = all
    .slice(0, namedCandidates)
    .map(({ version, verdict, problem }) => `${version} ${verdict ?? `unknown (${problem ?? ''})`}`);
  const more = all.length - named.length;
  return ` Looked at for differences of CRDs: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

function objectsOf({ added, changed, removed }: NonNullable<ObservedTool['rendered']>): number {
  return added.length + changed.length + removed.length;
}

function looked({ wanted: { source } }: ObservedTool): string[] {
  if ('repository' in source) return [`${source.repository}, chart ${source.chart}`];
  if ('oci' in source) return [source.oci];
  return ['path' in source ? source.path : source.manifests];
}
