import { crdVerdicts } from '../../contract/tools.ts';
import type { CrdComparison } from '../../contract/tools.ts';

/**
 * A comparison for a tool that is installed for the first time: CRDs that the cluster does not have are no difference,
 * since nothing hangs on them yet. Those that are there may be those of another installation, and count as ever.
 */
export function withoutNewCrds(comparison: CrdComparison): CrdComparison {
  const differences = comparison.differences.filter(({ state }) => state !== 'missing');
  const verdicts = new Set(differences.map(({ verdict }) => verdict));
  const verdict = crdVerdicts.findLast((each) => verdicts.has(each)) ?? 'none';
  return { ...comparison, differences, verdict };
}
