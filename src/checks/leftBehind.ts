import type { UpdateSettings } from '../contract/plan.ts';
import { seenBy, type Check } from './check.ts';

/** Update settings that an upgrade which was terminated could not put back (rule 14); this one will. */
export const leftBehind: Check = ({ observation }) =>
  observation.nodeGroups.flatMap(({ name, noted, updateSettings }) =>
    noted === undefined
      ? []
      : [
          {
            check: 'left-behind',
            severity: 'warning' as const,
            subject: { kind: 'NodeGroup', name },
            message: `An upgrade that was terminated has left node group ${name} with other update settings (${describe(updateSettings)}) than its own (${describe(noted)}).`,
            remedy: 'Nothing: this upgrade puts its own settings back.',
            evidence: seenBy(observation, `EKS: tags of node group ${name}`),
          },
        ],
  );

function describe(settings: UpdateSettings): string {
  const atOnce =
    settings.maxUnavailablePercentage === undefined
      ? `maxUnavailable ${settings.maxUnavailable ?? 1}`
      : `maxUnavailablePercentage ${settings.maxUnavailablePercentage}`;
  return `${atOnce}, ${settings.updateStrategy ?? 'DEFAULT'}`;
}
