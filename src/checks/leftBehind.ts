import type { Finding } from '../contract/finding.ts';
import type { UpdateSettings } from '../contract/plan.ts';
import { describePutBack } from '../contract/putBack.ts';
import { leftoverGroups, madeByNoteKey } from '../plan/leftovers.ts';
import { seenBy, type Check, type CheckInput } from './check.ts';

/** What upgrades that were terminated could not put back (rule 14); this one will, as far as no Pod has to move for it. */
export const leftBehind: Check = (input) => [...settings(input), ...marks(input), ...groups(input)];

function settings({ observation }: CheckInput): Finding[] {
  return observation.nodeGroups.flatMap(({ name, noted, updateSettings }) =>
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
}

/** Cordons, annotations and idle groups, each told once by the plan's own list of what it puts back. */
function marks({ observation, plan }: CheckInput): Finding[] {
  return plan.putBack.flatMap((each) =>
    'settings' in each
      ? []
      : [
          {
            check: 'left-behind',
            severity: 'warning' as const,
            subject: { kind: 'NodeGroup', name: each.nodeGroup },
            message: `An upgrade that did not end by itself has left something on node group ${each.nodeGroup}. First, this one will ${describePutBack(each)}.`,
            remedy:
              'Nothing: this upgrade puts it back. If that node group is meant to be so, take its notes (`stepladder/…`) off first.',
            evidence: seenBy(
              observation,
              'madeBy' in each || 'leastSize' in each
                ? `EKS: tags of node group ${each.nodeGroup}`
                : 'Kubernetes: annotations of nodes',
            ),
          },
        ],
  );
}

/** A group half way to taking another's place, with Pods on it: which of the two shall stay is a person's choice. */
function groups({ observation, approved }: CheckInput): Finding[] {
  return leftoverGroups(observation, approved)
    .filter(({ inUse }) => inUse)
    .map(({ nodeGroup, madeBy, inPlaceOf }) => ({
      check: 'left-behind',
      severity: 'blocker',
      subject: { kind: 'NodeGroup', name: nodeGroup },
      message: `The upgrade ${madeBy} has left node group ${nodeGroup} beside ${inPlaceOf}, whose place it was to take, and Pods run on it.`,
      remedy: `Decide which one stays. To go on with ${nodeGroup}, delete ${inPlaceOf} (EKS drains it); to go back, uncordon the nodes of ${inPlaceOf} and delete ${nodeGroup}; to keep both, take the tag ${madeByNoteKey} off ${nodeGroup}. Then plan again.`,
      evidence: seenBy(observation, `EKS: tags of node group ${nodeGroup}`),
    }));
}

function describe(settings: UpdateSettings): string {
  const atOnce =
    settings.maxUnavailablePercentage === undefined
      ? `maxUnavailable ${settings.maxUnavailable ?? 1}`
      : `maxUnavailablePercentage ${settings.maxUnavailablePercentage}`;
  return `${atOnce}, ${settings.updateStrategy ?? 'DEFAULT'}`;
}
