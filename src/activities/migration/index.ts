import type { ActivityDependencies } from '../dependencies.ts';
import type { MigrationActivities } from '../migrationTypes.ts';
import { routingActivities } from './routing.ts';

/** The side effects of a migration to a new cluster, one file each. */
export function migrationActivities(dependencies: ActivityDependencies): Partial<MigrationActivities> {
  return {
    ...routingActivities(dependencies),
  };
}
