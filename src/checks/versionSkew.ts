import type { Finding } from '../contract/finding.ts';
import { skewPolicySource } from '../plan/skew.ts';
import { skewOverPlan, unreadableNodes, type PlannedViolation } from '../plan/skewTimeline.ts';
import { listNames, seenBy, type Check } from './check.ts';

/**
 * Rule 2: no component may leave the version-skew policy in any state that the plan passes through. What breaks it
 * already and that the plan makes no worse is a warning: an upgrade may be what mends it.
 */
export const versionSkew: Check = ({ observation, plan, request }) => {
  const evidence = seenBy(observation, 'Kubernetes: nodes and kube-proxy Pods', 'EKS: node groups');
  const findings: Finding[] = skewOverPlan(observation, plan, request.workers.maxSkew).map((violation) => ({
    check: 'version-skew',
    severity: violation.hop === undefined ? 'warning' : 'blocker',
    ...(violation.hop === undefined ? {} : { hop: violation.hop }),
    subject: violation.subject,
    message:
      violation.hop === undefined
        ? `Out of the version-skew policy already: ${violation.message.replace(' would be ', ' is ')}.`
        : `${capitalize(violation.moment)}: ${violation.message}.`,
    remedy: remedyFor(violation, request.workers.skip),
    evidence,
  }));
  const unreadable = unreadableNodes(observation);
  if (unreadable.length > 0) {
    findings.push({
      check: 'version-skew',
      severity: 'unknown',
      subject: { kind: 'Nodes', name: 'unreadable-version' },
      message: `The kubelet's version can't be read on ${listNames(unreadable.map((node) => node.name).sort())}, so its skew is unknown.`,
      remedy: 'Look at these nodes; remove those that are not real.',
      evidence,
    });
  }
  return findings;
};

function remedyFor({ subject, component }: PlannedViolation, skip: readonly string[]): string {
  const policy = `The policy: ${skewPolicySource}`;
  if (component.startsWith('kube-proxy')) {
    return `Bring kube-proxy nearer to the control plane first (upgradeAddons, or its own manifest when EKS does not manage it), or choose a nearer target. ${policy}`;
  }
  if (subject.kind === 'NodeGroup') {
    return skip.includes(subject.name)
      ? `Take ${subject.name} out of workers.skip, or choose a nearer target. ${policy}`
      : `Upgrade node group ${subject.name} to the control plane's present version first (upgradeNodeGroup), or choose a nearer target. ${policy}`;
  }
  return `Stepladder does not upgrade these nodes: replace them by newer ones first, or choose a nearer target. ${policy}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
