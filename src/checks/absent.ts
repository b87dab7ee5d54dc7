import type { Finding } from '../contract/finding.ts';
import type { ObservedPart } from '../plan/observation.ts';
import type { CheckInput } from './check.ts';

const names: Readonly<Record<ObservedPart, string>> = {
  workloads: 'pods',
  extensions: 'extensions',
  subnets: 'subnets',
  kubeProxyMode: 'kube-proxy-mode',
};

/**
 * The unknown of a check whose part of the observation is not there (rule 11): because it could not be seen, or because
 * the observation is of a release that did not look.
 *
 * @param unjudged what can't be judged, the end of `…, so it is not known`
 */
export function absent(
  { observation }: CheckInput,
  part: ObservedPart,
  check: string,
  unjudged: string,
): Finding {
  const entry = observation.unseen.find((each) => each.part === part);
  return {
    check,
    severity: 'unknown',
    subject: { kind: 'Observation', name: names[part] },
    message:
      entry === undefined
        ? `Nobody has looked at what it takes, so it is not known ${unjudged}.`
        : `${entry.what.charAt(0).toUpperCase()}${entry.what.slice(1)} could not be seen (${entry.why}), so it is not known ${unjudged}.`,
    remedy:
      entry === undefined
        ? 'Plan again, so that the cluster is looked at by this release.'
        : 'See that the worker may ask for it and that it can be reached, then plan again.',
    evidence: [{ source: entry?.source ?? 'the observation', observedAt: observation.observedAt }],
  };
}
