import type { ActivityDependencies } from '../dependencies.ts';
import { copyResourcesActivity } from './copyResources.ts';
import { grantGreenAccessActivity } from './grantGreenAccess.ts';
import { greenAddonActivities } from './greenAddons.ts';
import { greenClusterActivities } from './createGreenCluster.ts';
import { greenNodeGroupsActivity } from './greenNodeGroups.ts';
import { installGreenToolsActivity } from './installGreenTools.ts';
import { removeClusterActivities } from './removeCluster.ts';
import { compareSidesActivity } from './compareSides.ts';
import { workActivities } from './holdWork.ts';
import { routingActivities } from './routing.ts';
import { trustActivities } from './trust.ts';
import { verifyGreenWorkloadsActivity } from './verifyGreenWorkloads.ts';

/** The side effects of a migration to a new cluster, one file each. */
export function migrationActivities(dependencies: ActivityDependencies) {
  return {
    ...greenClusterActivities(dependencies),
    ...grantGreenAccessActivity(dependencies),
    ...greenAddonActivities(dependencies),
    ...greenNodeGroupsActivity(dependencies),
    ...copyResourcesActivity(dependencies),
    ...removeClusterActivities(dependencies),
    ...routingActivities(dependencies),
    ...compareSidesActivity(dependencies),
    ...workActivities(dependencies),
    ...verifyGreenWorkloadsActivity(dependencies),
    ...trustActivities(dependencies),
    ...installGreenToolsActivity(dependencies),
  };
}
