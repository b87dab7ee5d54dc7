import type { Finding } from '../contract/finding.ts';
import { seenBy, type Check } from './check.ts';

/**
 * coredns, kube-proxy and vpc-cni that run without being EKS add-ons: nobody upgrades them unless someone does, so the
 * request has to say that they are left. Their skew is judged with all others.
 */
export const selfManagedAddons: Check = ({ observation, request, workflowType }) => {
  const found = observation.selfManagedAddons.map(({ name, image, tag }): Finding => {
    const base = {
      check: 'self-managed-addons',
      subject: { kind: 'Addon', name },
      evidence: seenBy(observation, `Kubernetes: image ${image}:${tag}`, 'EKS: ListAddons'),
    };
    const message = `${name} runs in the cluster (${image}:${tag}) without being an EKS add-on; this upgrade does not change it.`;
    if (request.addons.selfManaged[name] === 'leave') {
      return {
        ...base,
        severity: 'warning',
        message,
        remedy: `The request leaves it. Upgrade it yourself after the control plane, to a version for ${request.targetVersion ?? observation.cluster.version}.`,
      };
    }
    return {
      ...base,
      severity: workflowType === 'upgradeNodeGroup' || workflowType === 'upgradeTool' ? 'warning' : 'blocker',
      message,
      remedy: `Make it an EKS add-on (aws eks create-addon --addon-name ${name}), or say in the request that it is left: {"addons": {"selfManaged": {"${name}": "leave"}}}.`,
    };
  });
  const unfound = Object.keys(request.addons.selfManaged)
    .filter((name) => !observation.selfManagedAddons.some((addon) => addon.name === name))
    .sort()
    .map((name): Finding => ({
      check: 'self-managed-addons',
      severity: 'warning',
      subject: { kind: 'Addon', name },
      message: `The request says what to do about a self-managed ${name}, but none was found.`,
      remedy: 'See that the name is right; take it out of addons.selfManaged if it has become an EKS add-on.',
      evidence: seenBy(observation, 'Kubernetes: images of the system workloads', 'EKS: ListAddons'),
    }));
  return [...found, ...unfound];
};
