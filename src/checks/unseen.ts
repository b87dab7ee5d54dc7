import type { Check } from './check.ts';

/**
 * What could not be observed is unknown, never a pass (rule 11). A part of the observation that is absent altogether is
 * told by the checks that stand on it.
 */
export const unseen: Check = ({ observation }) =>
  observation.unseen
    .filter(({ part }) => part === undefined)
    .map(({ what, why, source }) => ({
      check: 'unseen',
      severity: 'unknown',
      subject: { kind: 'Observation', name: what },
      message: `${what.charAt(0).toUpperCase()}${what.slice(1)} could not be seen: ${why}.`,
      remedy: 'See that the worker may ask for it and that it can be reached, then plan again.',
      evidence: [{ source, observedAt: observation.observedAt }],
    }));
