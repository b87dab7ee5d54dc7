import type { Finding } from '../../contract/finding.ts';
import type { ObservedRole } from '../../plan/observedMigration.ts';
import { listNames, seenBy } from '../check.ts';
import { migrationSetting } from './migrationCheck.ts';
import type { MigrationCheck, MigrationCheckInput } from './migrationCheck.ts';

/** A role that the new cluster's Pods can't assume is one that their work fails for. */
export const roles: MigrationCheck = (input) =>
  input.migration.roles.flatMap((role) => {
    const judged = judge(input, role);
    if (judged === undefined) return [];
    const { severity, message, remedy } = judged;
    return [
      {
        check: 'roles',
        severity,
        subject: { kind: 'Role', name: role.arn },
        message: `${message} It is of ${listNames(role.serviceAccounts)}.`,
        remedy: role.remedy ?? remedy,
        evidence: seenBy(input.observation, 'IAM: GetRole', 'Kubernetes: ServiceAccounts'),
      },
    ];
  });

function judge(
  { asked }: MigrationCheckInput,
  { arn, state, why, blocks }: ObservedRole,
): Pick<Finding, 'severity' | 'message' | 'remedy'> | undefined {
  const because = why === undefined ? '' : `: ${why}`;
  switch (state) {
    case 'trusts-green':
      return undefined;
    case 'can-be-told':
      return asked.roles === 'trust'
        ? undefined
        : {
            severity: 'blocker',
            message: `Role ${arn} does not trust the new cluster, and the request has nothing changed about it.`,
            remedy: `Have it trusted (${migrationSetting({ roles: 'trust' })}); or let its trust policy name the new cluster's OIDC issuer yourself, use Pod identities instead, or override this finding if its Pods do without.`,
          };
    case 'foreign':
      return {
        severity: 'blocker',
        message: `Role ${arn} can be told to trust the new cluster only by its owner${because}.`,
        remedy:
          "Have the owner of that account make the new cluster's OIDC provider there and let the role trust it; then override this finding.",
      };
    case 'unknown':
      return {
        severity: blocks === true ? 'blocker' : 'unknown',
        message:
          blocks === true
            ? `Role ${arn} can't be told to trust the new cluster${because}.`
            : `Whether role ${arn} can be told to trust the new cluster is not known${because}.`,
        remedy:
          'See that the worker may ask for it (iam:GetRole) and change it (iam:UpdateAssumeRolePolicy), then plan again; or look at its trust policy yourself, and override this finding.',
      };
  }
}
