import type { Finding } from '../../contract/finding.ts';
import { whyRequestsUnknown } from './requestsKnown.ts';
import type { ApiUseSource, ManifestProblem, ObservedApiUses } from './types.ts';

const names: Record<ApiUseSource, string> = {
  manifests: 'manifests',
  'helm-releases': 'Helm releases',
  'last-applied': 'the manifests that objects were last applied from',
  'managed-fields': 'who has written objects by which version (managed fields)',
  'api-requests': 'requests of clients',
  'eks-insights': 'the upgrade insights of EKS',
};

const remedies: Record<ApiUseSource, string> = {
  manifests: 'Give files and folders that hold the manifests, and see that they can be read.',
  'helm-releases': "See that the worker's identity may list Secrets and ConfigMaps, and look again.",
  'last-applied': "See that the worker's identity may list every kind, and look again.",
  'managed-fields': "See that the worker's identity may list every kind, and look again.",
  'api-requests':
    "See that the worker's identity may get /metrics (deploy/kubernetes/cluster-role.yaml). Where counters do not reach back far enough, look again later, or look into the audit log for the annotation k8s.io/deprecated.",
  'eks-insights': 'See that the worker may ask EKS for insights, and look again.',
};

/**
 * What could not be looked at is unknown, never a pass (rule 11), save where another source covers the same ground. Of
 * requests nothing need be known where the steps take away no version that the cluster serves: nobody can ask for it.
 *
 * @param observedAt of the observation, ISO 8601
 * @param goes whether a version that the cluster serves goes with the steps
 */
export function unknownSources(observed: ObservedApiUses, observedAt: string, goes: boolean): Finding[] {
  return observed.coverage.flatMap(({ source, state, why }): Finding[] => {
    // Their absence is told with everything else that EKS could not be asked for.
    if (source === 'eks-insights' || state === 'not-asked') return [];
    if (source === 'api-requests' && !goes) return [];
    const reason = source === 'api-requests' ? whyRequestsUnknown(observed, observedAt) : why;
    if (source === 'api-requests' ? reason === undefined : state === 'complete') return [];
    return [
      {
        check: 'removed-apis',
        severity: 'unknown',
        subject: { kind: 'Source', name: source },
        message: `Whether removed APIs are in use is not known from all of ${names[source]}: ${ending(reason ?? 'the reason is not known')}`,
        remedy: remedies[source],
        evidence: [{ source: names[source], observedAt }],
      },
    ];
  });
}

/** What looks like a manifest and can't be read may use anything. One finding for each file. */
export function unreadableManifests(observed: ObservedApiUses, observedAt: string): Finding[] {
  const files = new Map<string, ManifestProblem[]>();
  for (const problem of observed.problems) {
    files.set(problem.file, [...(files.get(problem.file) ?? []), problem]);
  }
  return [...files].map(([file, problems]): Finding => {
    const [first] = problems;
    const more = problems.length - 1;
    const place = first?.line === undefined ? file : `${file}:${first.line}`;
    return {
      check: 'removed-apis',
      severity: 'unknown',
      subject: { kind: 'Manifest', name: file },
      message: `${place}: ${ending(first?.problem ?? 'it could not be read')}${more > 0 ? ` (${more} more in it.)` : ''}`,
      remedy: 'Mend it, or leave it out of what is looked at.',
      evidence: problems.slice(0, 20).map(({ line }) => ({
        source: line === undefined ? file : `${file}:${line}`,
        observedAt,
        file,
        ...(line === undefined ? {} : { line }),
      })),
    };
  });
}

function ending(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
