import type { Finding } from '../contract/finding.ts';
import type { Hop } from '../contract/plan.ts';
import type { ObservedAddon } from '../plan/observation.ts';
import { compareVersions } from '../plan/versions.ts';
import { seenBy, type Check, type CheckInput } from './check.ts';

/**
 * Whether each add-on has, after each hop, a version that EKS offers for that hop's Kubernetes version;
 * `DescribeAddonVersions` is the authority.
 */
export const addonCompatibility: Check = (input) => {
  // Node groups and tools do not change what add-ons have to fit.
  if (input.workflowType === 'upgradeNodeGroup' || input.workflowType === 'upgradeTool') return [];
  return input.observation.addons.flatMap((addon) => judge(input, addon));
};

function judge(input: CheckInput, addon: ObservedAddon): Finding[] {
  const findings: Finding[] = [];
  let version = addon.version;
  for (const hop of input.plan.hops) {
    version = changeOf(hop, addon.name) ?? version;
    const found = judgeHop(input, addon.name, version, hop);
    if (found !== undefined) findings.push(found);
  }
  return findings;
}

function judgeHop(
  { observation, workflowType }: CheckInput,
  name: string,
  version: string,
  hop: Hop,
): Finding | undefined {
  const base = {
    check: 'addon-compatibility',
    hop: hop.to,
    subject: { kind: 'Addon', name },
    evidence: seenBy(observation, `EKS: DescribeAddonVersions for ${hop.to}`),
  };
  const offered = observation.addonVersions[name]?.[hop.to];
  if (offered === undefined) {
    return {
      ...base,
      severity: 'unknown',
      message: `Which versions of add-on ${name} fit ${hop.to} is not known, so ${version} can't be judged.`,
      remedy: 'See that DescribeAddonVersions is allowed and answers, then plan again.',
    };
  }
  if (offered.some((offer) => offer.version === version)) return undefined;
  const offers = offered
    .map((offer) => offer.version)
    .sort((left, right) => compareVersions(right, left))
    .join(', ');
  if (workflowType === 'upgradeControlPlane') {
    return {
      ...base,
      severity: 'warning',
      message: `Add-on ${name} ${version} is not among EKS's versions for ${hop.to}.`,
      remedy: `Upgrade the add-ons right after the control plane (upgradeAddons); EKS offers ${offers || 'none'}.`,
    };
  }
  return {
    ...base,
    severity: 'blocker',
    message:
      offered.length === 0
        ? `EKS offers no version of add-on ${name} for ${hop.to}.`
        : `Add-on ${name} ${version} is not among EKS's versions for ${hop.to} (${offers}), and none of them is newer.`,
    remedy: `Find out whether ${name} works on ${hop.to}; then remove the add-on, choose one of EKS's versions under addons.versions, or override this finding to leave it as it is.`,
  };
}

function changeOf(hop: Hop, name: string): string | undefined {
  return hop.stages
    .flatMap((stage) => (stage.stage === 'add-ons' ? stage.addons : []))
    .find((change) => change.name === name)?.to;
}
