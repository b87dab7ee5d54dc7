import { describePermission } from '../plan/permission.ts';
import type { Check } from './check.ts';
import { seenBy } from './check.ts';

/** What the worker may not ask of the Kubernetes API is known before anything is touched, permission by permission. */
export const permissions: Check = ({ observation }) =>
  (observation.missingPermissions ?? []).map(({ permission, why, state, reason, optional, grantedBy }) => {
    const what = describePermission(permission);
    return {
      check: 'permissions',
      // What it would show is `unknown` by itself, unless something else shows it.
      severity: optional === true ? 'warning' : state === 'denied' ? 'blocker' : 'unknown',
      subject: { kind: 'Permission', name: what },
      message:
        state === 'denied'
          ? `The worker's identity may not ${what} in the cluster. It is needed for: ${why}.`
          : `Whether the worker's identity may ${what} in the cluster could not be told: ${reason}.`,
      remedy: `Apply ${grantedBy ?? 'deploy/kubernetes/cluster-role.yaml'}, and name its group in the access entry of the worker’s role; then plan again.`,
      evidence: seenBy(observation, 'Kubernetes: SelfSubjectAccessReview'),
    };
  });
