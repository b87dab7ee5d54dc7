import type { NeededPermission } from '../kubernetes/permissions.ts';
import { describePermission } from '../plan/permission.ts';
import type { Permission } from '../plan/permission.ts';
import type { ToolProfile } from './profiles/profile.ts';

const grantedBy = 'deploy/kubernetes/cluster-role-tools.yaml';

/** What Helm does with each object of a chart. Its own release is a Secret, which it writes anew as well. */
const helmVerbs = ['get', 'create', 'patch', 'delete'] as const;

/**
 * What the worker needs besides to change these tools: Helm's releases, what their charts make, and their CRDs. Of a
 * tool that is not known its chart's objects are not asked about: Helm tells them when it is refused. Looking at tools
 * needs nothing more than every upgrade does.
 */
export function toolPermissions(tools: readonly ToolProfile[]): NeededPermission[] {
  if (tools.length === 0) return [];
  const needed: [Permission, string][] = [
    ...(['get', 'create', 'update', 'patch', 'delete'] as const).map((verb): [Permission, string] => [
      { verb, group: '', resource: 'secrets' },
      'Helm keeps its releases in Secrets',
    ]),
    ...(['get', 'create'] as const).map((verb): [Permission, string] => [
      { verb, group: '', resource: 'namespaces' },
      'the namespace of a tool',
    ]),
    ...(['get', 'create', 'update', 'patch'] as const).map((verb): [Permission, string] => [
      { verb, group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' },
      "tries a tool's new CRDs without storing them, and applies those that the request allows",
    ]),
    [
      {
        ...{ verb: 'patch', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' },
        subresource: 'status',
      },
      'forgets the stored versions of a CRD that no object has any more',
    ],
    ...tools.flatMap(({ title, installs }) =>
      installs.flatMap((name) =>
        ofChart(name).map((permission): [Permission, string] => [permission, `the chart of ${title}`]),
      ),
    ),
    ...tools.flatMap(({ title, crds }) =>
      crds.names.map((name): [Permission, string] => [
        { verb: 'patch', ...resourceOf(name) },
        `stores the custom resources of ${title} anew where their CRD changes its version`,
      ]),
    ),
  ];
  const asked = new Map(
    needed.map(([permission, why]) => [describePermission(permission), { permission, why, grantedBy }]),
  );
  return [...asked.values()];
}

function ofChart(name: string): Permission[] {
  const { group, resource } = resourceOf(name);
  const permissions: Permission[] = helmVerbs.map((verb) => ({ verb, group, resource }));
  // A hook's Job is waited for by a watch.
  if (name === 'jobs.batch') permissions.push({ verb: 'watch', group, resource });
  // An API server lets nobody make a role with more than he has himself, save who may do these.
  if (['roles', 'clusterroles'].includes(resource)) {
    permissions.push({ verb: 'escalate', group, resource }, { verb: 'bind', group, resource });
  }
  return permissions;
}

/** `deployments.apps` → its plural and its API group. */
function resourceOf(name: string): { group: string; resource: string } {
  const dot = name.indexOf('.');
  return dot === -1
    ? { group: '', resource: name }
    : { group: name.slice(dot + 1), resource: name.slice(0, dot) };
}
