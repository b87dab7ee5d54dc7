import type { Probe } from '../contract/probe.ts';
import { proxiedName } from '../contract/proxiedName.ts';
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

/** By the method of a request: what Kubernetes takes it for (kubernetes.io/docs/reference/access-authn-authz/authorization). */
const verbOf = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
} as const;

/** What it takes to ask Services of the old cluster, where probes do. */
export function probePermissions(
  probes: readonly Pick<Probe, 'name' | 'blue' | 'method'>[],
): NeededPermission[] {
  return probes.flatMap(({ name: probe, blue, method }) => {
    if (blue === undefined || typeof blue === 'string' || method === 'OPTIONS') return [];
    const { namespace, name } = blue.service;
    const of = { group: '', resource: 'services', subresource: 'proxy' };
    return [
      {
        permission: { verb: verbOf[method], ...of, namespace, name: proxiedName(blue.service) },
        why: `probe ${probe} asks Service ${namespace}/${name} of the old cluster, to judge the new one by it`,
        grantedBy: 'deploy/kubernetes/cluster-role-migration.yaml',
      },
    ];
  });
}
