import type { ActivityDependencies } from '../dependencies.ts';
import type { MigrationActivities } from '../migrationTypes.ts';

/** The side effects of a migration to a new cluster, one file each. */
export function migrationActivities(_dependencies: ActivityDependencies): Partial<MigrationActivities> {
  return {};
}
