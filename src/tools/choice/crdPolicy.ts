import type { CrdComparison, CrdPolicy, CrdVerdict } from '../../contract/tools.ts';

/** The verdicts that each policy lets through. */
const letThrough: Readonly<Record<CrdPolicy, readonly CrdVerdict[]>> = {
  refuse: ['none', 'documentation'],
  additive: ['none', 'documentation', 'additive'],
  allow: ['none', 'documentation', 'additive', 'breaking'],
};

/** True when the policy lets such a change through, whatever custom resources there are. */
export function letsThrough(policy: CrdPolicy, verdict: CrdVerdict): boolean {
  return letThrough[policy].includes(verdict);
}

/**
 * True when the policy lets a change of the CRDs through and no custom resource of the cluster breaks by it: one that
 * the API server would refuse is let through by no policy, because nobody could change it any more.
 */
export function permits(
  policy: CrdPolicy,
  { verdict, refusedCount }: Pick<CrdComparison, 'verdict' | 'refusedCount'>,
): boolean {
  return letsThrough(policy, verdict) && refusedCount === 0;
}
