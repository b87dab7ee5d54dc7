import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';
import { StepladderError } from '../contract/errors.ts';
import type { Hop, MinorVersion, Plan } from '../contract/plan.ts';
import type { GateName } from '../contract/status.ts';

/**
 * sha-256 (hex) of a value's canonical JSON (RFC 8785), so that the order of an object's fields makes no difference.
 *
 * @throws StepladderError `InternalError` for what JSON can't hold
 */
export function digestOf(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined)
    throw new StepladderError('InternalError', 'A digest was asked of what is not JSON.');
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** The digest of a plan: of what will be done and which blockers are overridden; times, evidence and estimates are not in it. */
export function digestPlan(plan: Plan): string {
  return digestOf(plan);
}

/** The digest of each hop, to compare what is left of an approved plan with one made now. */
export function digestHops(hops: readonly Hop[]): string[] {
  return hops.map(digestOf);
}

/**
 * The digest of one opening of a gate (rule 12): an answer names it, so that it can only be meant for what was shown.
 *
 * @param opening.opening 1 for the gate's first opening
 * @param opening.evidence the lines that the person is shown, in their order
 */
export function digestOpening(opening: {
  planDigest: string;
  gate: GateName;
  hop?: MinorVersion;
  nodeGroup?: string;
  opening: number;
  evidence: readonly string[];
}): string {
  const { planDigest, gate, hop, nodeGroup, evidence } = opening;
  return digestOf({
    planDigest,
    gate,
    hop: hop ?? null,
    opening: opening.opening,
    evidence,
    ...(nodeGroup === undefined ? {} : { nodeGroup }),
  });
}

/**
 * The digest of one question about nodes, by which its answer says what it is for.
 *
 * @param question with everything that the person is shown, and the uids of the Pods that `force` would delete
 */
export function digestQuestion(question: {
  planDigest: string;
  at: string;
  about: string;
  opening: number;
  options: readonly string[];
  shown: readonly string[];
  pods: readonly string[];
}): string {
  const { planDigest, at, about, opening, options, shown, pods } = question;
  return digestOf({ planDigest, at, about, opening, options, shown, pods });
}
