import type { ActivityDependencies } from '../dependencies.ts';
import { routingActivities } from './routing.ts';

/** The side effects of a migration to a new cluster, one file each. */
export function migrationActivities(dependencies: ActivityDependencies) {
  return {
    ...routingActivities(dependencies),
  };
}
