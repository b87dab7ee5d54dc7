import { absent } from './absent.ts';
import { listNames, seenBy, type Check } from './check.ts';

/**
 * CustomResourceDefinitions with objects that may lie in a version which is not served any more. The next release of
 * whatever brought the definition will want to drop that version, and the API server refuses to while it is listed.
 */
export const storedVersions: Check = (input) => {
  const { extensions } = input.observation;
  if (extensions === undefined) {
    return [
      absent(
        input,
        'extensions',
        'stored-versions',
        'whether all stored versions of custom resources are served',
      ),
    ];
  }
  return extensions.storedVersions.flatMap(({ name, storedVersions: stored, servedVersions }) => {
    const unserved = stored.filter((version) => !servedVersions.includes(version));
    if (unserved.length === 0) return [];
    return [
      {
        check: 'stored-versions',
        severity: 'warning' as const,
        subject: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name },
        message: `Objects of ${name} may be stored as ${listNames(unserved)}, which is not served any more (served: ${listNames(servedVersions)}).`,
        remedy: `Write every object of ${name} anew (kubectl get ${name} -A -o json | kubectl replace -f -), then take ${listNames(unserved)} out of the definition's status.storedVersions, before what brought it is upgraded.`,
        evidence: seenBy(input.observation, `Kubernetes: CustomResourceDefinition ${name}`),
      },
    ];
  });
};
