import type { UpdateSettings } from '../contract/plan.ts';
import type { Request } from '../contract/request.ts';
import type { ObservedNodeGroup } from './observation.ts';

/**
 * A node group's own update settings: those that an upgrade which was terminated has noted on it, if any, otherwise
 * those that it has.
 */
export function ownSettings(group: ObservedNodeGroup): UpdateSettings {
  return group.noted ?? group.updateSettings;
}

/**
 * The settings that the request wants for a group's roll, complete, with the group's own where the request says
 * nothing; undefined when that is what the group has as its own.
 */
export function wantedSettings(
  group: ObservedNodeGroup,
  workers: Request['workers'],
): UpdateSettings | undefined {
  const own = ownSettings(group);
  const wanted: UpdateSettings = {};
  if (workers.maxUnavailable !== undefined) wanted.maxUnavailable = workers.maxUnavailable;
  else if (workers.maxUnavailablePercentage !== undefined) {
    wanted.maxUnavailablePercentage = workers.maxUnavailablePercentage;
  } else if (own.maxUnavailablePercentage !== undefined) {
    wanted.maxUnavailablePercentage = own.maxUnavailablePercentage;
  } else if (own.maxUnavailable !== undefined) wanted.maxUnavailable = own.maxUnavailable;
  const strategy = workers.updateStrategy ?? own.updateStrategy;
  if (strategy !== undefined) wanted.updateStrategy = strategy;
  return sameSettings(wanted, own) ? undefined : wanted;
}

/** Whether two settings mean the same to EKS, whose defaults are one node at a time and `DEFAULT`. */
export function sameSettings(left: UpdateSettings, right: UpdateSettings): boolean {
  return (
    left.maxUnavailablePercentage === right.maxUnavailablePercentage &&
    (left.maxUnavailablePercentage !== undefined ||
      (left.maxUnavailable ?? 1) === (right.maxUnavailable ?? 1)) &&
    (left.updateStrategy ?? 'DEFAULT') === (right.updateStrategy ?? 'DEFAULT')
  );
}

/** How many of `nodes` nodes are replaced at the same time: at least 1, at most EKS's limit of 100. */
export function nodesAtOnce(settings: UpdateSettings, nodes: number): number {
  const asked =
    settings.maxUnavailablePercentage === undefined
      ? (settings.maxUnavailable ?? 1)
      : Math.floor((nodes * settings.maxUnavailablePercentage) / 100);
  return Math.max(1, Math.min(asked, 100));
}
