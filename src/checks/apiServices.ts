import { absent } from './absent.ts';
import { seenBy, type Check } from './check.ts';

/**
 * Aggregated APIs that are not available. Their kinds can't be listed, a namespace with such a kind can't be deleted,
 * and clients that discover all kinds first (helm, kubectl, controllers at their start) meet errors.
 */
export const apiServices: Check = (input) => {
  const { extensions } = input.observation;
  if (extensions === undefined) {
    return [absent(input, 'extensions', 'api-services', 'whether all aggregated APIs are available')];
  }
  return extensions.apiServices
    .filter(({ available }) => !available)
    .map(({ name, service, reason }) => ({
      check: 'api-services',
      severity: 'warning',
      subject: { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', name },
      message: `APIService ${name}, served by ${service}, is not available${reason === undefined ? '' : ` (${reason})`}: what it serves can't be seen, and controllers that start anew during the upgrade may fail on it.`,
      remedy: `Bring the Pods behind Service ${service} up, or delete the APIService if what it belonged to is gone.`,
      evidence: seenBy(input.observation, `Kubernetes: APIService ${name}`),
    }));
};
