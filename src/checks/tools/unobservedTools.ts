import type { Check } from '../check.ts';
import { seenBy } from '../check.ts';
import { toolsToObserve } from '../../contract/toolsToObserve.ts';

/** Tools of the request that nobody has looked at: never taken for being at their versions (rule 11). */
export const unobservedTools: Check = ({ observation, request, workflowType, approved }) => {
  const observed = new Set(observation.tools?.map(({ wanted }) => wanted.name));
  return toolsToObserve(request, workflowType, approved)
    .filter(({ name }) => !observed.has(name))
    .map(({ name }) => ({
      check: 'tool-release',
      severity: 'unknown',
      subject: { kind: 'Tool', name },
      message: `Nobody has looked at ${name}, so it is not known whether it can be upgraded.`,
      remedy: 'Plan again, so that the cluster is looked at by this release.',
      evidence: seenBy(observation, 'the observation'),
    }));
};
