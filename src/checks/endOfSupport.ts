import type { Finding } from '../contract/finding.ts';
import type { ObservedVersion } from '../plan/observation.ts';
import { controlPlaneSteps, seenBy, type Check, type CheckInput } from './check.ts';

const soonDays = 90;

/** How long EKS supports the version that the cluster has and those that it goes to. */
export const endOfSupport: Check = (input) => {
  const { observation, plan } = input;
  const findings: Finding[] = [];
  const find = (version: string) => observation.versions.find((each) => each.version === version);
  const current = find(observation.cluster.version);
  if (current !== undefined) findings.push(...aboutCurrent(input, current));
  else if (observation.versions.length > 0) {
    findings.push(
      finding(input, 'warning', observation.cluster.version, {
        message: `EKS does not list ${observation.cluster.version}, the cluster's version, any more: its support has ended.`,
        remedy: 'Upgrade soon; EKS upgrades such clusters by itself.',
      }),
    );
  }
  const steps = controlPlaneSteps(plan);
  for (const version of steps.filter((step) => step !== plan.target)) {
    const listed = find(version);
    if (observation.versions.length === 0 || (listed !== undefined && listed.status !== 'UNSUPPORTED'))
      continue;
    findings.push(
      finding(input, 'blocker', version, {
        hop: version,
        message: `The way to ${plan.target} leads over ${version}, which EKS does not support any more, and it may refuse the step.`,
        remedy: `Ask AWS support, or override this finding and see; the upgrade stops at the version before if EKS refuses.`,
      }),
    );
  }
  const target = steps.includes(plan.target) ? find(plan.target) : undefined;
  if (target !== undefined) findings.push(...aboutTarget(input, target));
  return findings;
};

function aboutCurrent(input: CheckInput, current: ObservedVersion): Finding[] {
  const { version, status, endOfExtendedSupport } = current;
  if (status === 'UNSUPPORTED') {
    return [
      finding(input, 'warning', version, {
        message: `EKS does not support ${version}, the cluster's version, any more.`,
        remedy: 'Upgrade soon; EKS upgrades such clusters by itself.',
      }),
    ];
  }
  if (status === 'EXTENDED_SUPPORT') {
    return [
      finding(input, 'info', version, {
        message: `${version}, the cluster's version, is in extended support${until(endOfExtendedSupport)}, which costs extra.`,
        remedy: 'Reach a version in standard support to end the extra cost.',
      }),
    ];
  }
  return [];
}

function aboutTarget(input: CheckInput, target: ObservedVersion): Finding[] {
  const { version, status, endOfStandardSupport, endOfExtendedSupport } = target;
  if (status === 'EXTENDED_SUPPORT') {
    return [
      finding(input, 'warning', version, {
        message: `The target ${version} is in extended support itself${until(endOfExtendedSupport)}, which costs extra.`,
        remedy: 'Consider a newer target.',
      }),
    ];
  }
  if (endOfStandardSupport === undefined) return [];
  const days = (Date.parse(endOfStandardSupport) - Date.parse(input.observation.observedAt)) / 86_400_000;
  if (!(days <= soonDays)) return [];
  const date = endOfStandardSupport.slice(0, 10);
  return [
    finding(input, 'info', version, {
      message:
        days < 0
          ? `Standard support of the target ${version} has ended on ${date}.`
          : `Standard support of the target ${version} ends on ${date}, in ${Math.floor(days)} days.`,
      remedy: 'Consider a newer target.',
    }),
  ];
}

function until(date: string | undefined): string {
  return date === undefined ? '' : ` (until ${date.slice(0, 10)})`;
}

function finding(
  { observation }: CheckInput,
  severity: Finding['severity'],
  version: string,
  rest: Pick<Finding, 'message' | 'remedy' | 'hop'>,
): Finding {
  return {
    check: 'end-of-support',
    severity,
    subject: { kind: 'Version', name: version },
    ...rest,
    evidence: seenBy(observation, 'EKS: DescribeClusterVersions'),
  };
}
