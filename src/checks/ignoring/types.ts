import type { IgnoredBecause } from '../../contract/finding.ts';

/**
 * One rule by which a finding does not count for a time. It names the check, and of the subject as much as it wants
 * to: what it leaves out matches everything, and `*` in a text stands for any characters.
 */
export interface IgnoreRule extends IgnoredBecause {
  check: string;
  /** The subject's name; for removed APIs `policy/v1beta1/PodDisruptionBudget`. */
  subject?: string;
  kind?: string;
  namespace?: string;
  /** Where the rule stands, for messages: `ignore.yaml, rule 2`. */
  place: string;
}
