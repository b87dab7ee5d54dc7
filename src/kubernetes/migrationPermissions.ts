import { heldResources } from './copying/holding.ts';
import type { NeededPermission } from './permissions.ts';

/**
 * What a migration needs of the old cluster besides what every upgrade does. The new one that it makes is administered by
 * the worker, as its creator.
 */
export const oldClusterPermissions: readonly NeededPermission[] = heldResources.flatMap(
  ({ group, resource }) =>
    (['get', 'patch'] as const).map((verb) => ({
      permission: { verb, group, resource },
      why: 'at the cutover what must not work twice stands still here, and goes on after a rollback',
      grantedBy: 'deploy/kubernetes/cluster-role-migration.yaml',
    })),
);
