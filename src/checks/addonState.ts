import type { Finding } from '../contract/finding.ts';
import { seenBy, type Check } from './check.ts';

/** EKS add-ons that are not well before anything is changed, so that it is not blamed on the upgrade. */
export const addonState: Check = ({ observation }) =>
  observation.addons.flatMap((addon) => {
    const base = {
      check: 'addon-state',
      subject: { kind: 'Addon', name: addon.name },
      evidence: seenBy(observation, `EKS: DescribeAddon ${addon.name}`),
    };
    const findings: Finding[] = addon.healthIssues.map((issue) => ({
      ...base,
      severity: 'warning' as const,
      message: `EKS reports a health issue of add-on ${addon.name}: ${issue}.`,
      remedy: 'Mend it first, or expect its update to fail the same way.',
    }));
    if (addon.status === 'ACTIVE') return findings;
    const inProgress = addon.status === 'UPDATING' || addon.status === 'CREATING';
    findings.unshift({
      ...base,
      severity: 'warning',
      message: `Add-on ${addon.name} is ${addon.status}, not ACTIVE.`,
      remedy: inProgress
        ? 'Nothing: the upgrade waits until what is in progress is done.'
        : 'Find out in the EKS console why; updating it may mend it or fail again.',
    });
    return findings;
  });
