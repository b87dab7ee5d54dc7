import type { Finding } from '../../contract/finding.ts';
import { addonTarget } from '../../plan/addonTargets.ts';
import { offeredForGreen } from '../../plan/migration/greenAddons.ts';
import { compareVersions } from '../../plan/versions.ts';
import { seenBy } from '../check.ts';
import type { MigrationCheck, MigrationCheckInput } from './migrationCheck.ts';

/** Whether EKS has a version of each of blue's add-ons for the target, and what ails them on blue. */
export const greenAddonVersions: MigrationCheck = (input) =>
  input.asked.green.existing
    ? []
    : [...input.migration.blueprint.addons.flatMap((addon) => judge(input, addon)), ...ailing(input)];

function judge(input: MigrationCheckInput, { name, version }: { name: string; version: string }): Finding[] {
  const { observation, migration, to } = input;
  const offered = offeredForGreen({ observation, migration, target: to }, name);
  // That it could not be asked is told by itself.
  if (migration.unseen.some(({ what }) => what.includes(` ${name} `))) return [];
  const base = {
    check: 'green-add-ons',
    subject: { kind: 'Addon', name },
    evidence: seenBy(observation, `EKS: DescribeAddonVersions for ${to}`),
  };
  if (offered === undefined) {
    return [
      {
        ...base,
        severity: 'unknown',
        message: `Which versions of add-on ${name} there are for ${to} is not known, so the new cluster would be without it.`,
        remedy: 'See that DescribeAddonVersions is allowed and answers, then plan again.',
      },
    ];
  }
  const { kind } = addonTarget({ installed: version, offered, wanted: undefined, lastHop: true });
  if (kind !== 'stuck') return [];
  const offers = offered.map((offer) => offer.version).sort((left, right) => compareVersions(right, left));
  return [
    {
      ...base,
      severity: 'blocker',
      message:
        offers.length === 0
          ? `EKS offers no version of add-on ${name} for ${to}.`
          : `All versions of add-on ${name} that EKS offers for ${to} (${offers.join(', ')}) are older than the old cluster's, ${version}.`,
      remedy: `Remove it from the old cluster if nothing needs it; name one of these under addons.versions; or override this finding, and bring it to the new cluster yourself.`,
    },
  ];
}

function ailing({ observation, migration }: MigrationCheckInput): Finding[] {
  const copied = new Set(migration.blueprint.addons.map(({ name }) => name));
  return observation.addons.flatMap(({ name, status, healthIssues }) => {
    if (!copied.has(name) || (status === 'ACTIVE' && healthIssues.length === 0)) return [];
    const why = healthIssues.length === 0 ? '' : ` (${healthIssues.join('; ')})`;
    return [
      {
        check: 'green-add-ons',
        severity: 'warning' as const,
        subject: { kind: 'Addon', name },
        message: `Add-on ${name} of the old cluster is ${status}${why}: one that is made with the same settings may have the same trouble.`,
        remedy: 'Mend it first, or see how it does on the new cluster before the cutover.',
        evidence: seenBy(observation, `EKS: DescribeAddon ${name}`),
      },
    ];
  });
}
