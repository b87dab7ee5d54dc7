import { z } from 'zod';
import type { KubernetesConnection } from './connection.ts';
import { treatmentOf } from './countedResources.ts';
import { discoverResources } from './discovery.ts';
import { inOrder } from './inOrder.ts';
import { parse } from './list.ts';
import { describePermission } from '../plan/permission.ts';
import type { MissingPermission, Permission } from '../plan/permission.ts';

export interface NeededPermission {
  permission: Permission;
  /** What the engine does with it. */
  why: string;
  /** Needed only by upgrades that reach the cluster by a context of the worker's kubeconfig. */
  onlyWithContext?: true;
  /** Needed only by upgrades that replace nodes themselves, by the strategies `surge` and `in-place`. */
  onlyForDrains?: true;
  /** Without it something is not seen, which is told where it matters; nothing else stands on it. */
  optional?: true;
  /** File of the project that grants it, when it is not `deploy/kubernetes/cluster-role.yaml`. */
  grantedBy?: string;
}

/**
 * All that the engine asks of the Kubernetes API. `deploy/kubernetes/cluster-role.yaml` grants just that; a test
 * compares the two. Changes of nodes and Pods are EKS's own with the strategy `managed`: whoever uses no other need not
 * grant them.
 */
export const neededPermissions: readonly NeededPermission[] = [
  {
    permission: { verb: 'list', group: '*', resource: '*' },
    why: 'inventory before and after each control plane, versions of nodes, owners of Pods',
  },
  {
    permission: {
      verb: 'get',
      group: '',
      resource: 'configmaps',
      namespace: 'kube-system',
      name: 'kube-root-ca.crt',
    },
    why: "tells that the kubeconfig's context leads to this cluster",
    onlyWithContext: true,
  },
  ...['/api', '/apis', '/readyz', '/version'].map((path) => ({
    permission: { verb: 'get' as const, path },
    why:
      path === '/readyz'
        ? "probe during the control plane's upgrade"
        : 'which kinds there are, and which version answers',
  })),
  {
    permission: { verb: 'get', path: '/metrics' },
    why: 'which deprecated APIs clients ask for',
    optional: true,
  },
  ...drainPermissions(),
];

function drainPermissions(): NeededPermission[] {
  const needed: [Permission, string][] = [
    ...(['pods', 'nodes'] as const).map((resource): [Permission, string] => [
      { verb: 'watch', group: '', resource },
      'drains evict when there is room, and see Pods and nodes go',
    ]),
    [{ verb: 'watch', group: 'policy', resource: 'poddisruptionbudgets' }, 'drains evict when there is room'],
    [{ verb: 'create', group: '', resource: 'pods', subresource: 'eviction' }, 'drains'],
    [{ verb: 'get', group: '', resource: 'nodes' }, 'cordons, and notes on nodes of what was changed'],
    [{ verb: 'patch', group: '', resource: 'nodes' }, 'cordons, and notes on nodes of what was changed'],
    ...(['get', 'delete'] as const).map((verb): [Permission, string] => [
      { verb, group: '', resource: 'pods' },
      'deletes the Pods that a person names when a drain is stuck',
    ]),
    ...(['deployments', 'statefulsets'] as const).flatMap((resource) =>
      (['get', 'patch'] as const).map((verb): [Permission, string] => [
        { verb, group: 'apps', resource },
        'restarts the owner that a person decides for when a drain is stuck',
      ]),
    ),
  ];
  return needed.map(([permission, why]) => ({ permission, why, onlyForDrains: true }));
}

/**
 * Asks the API server, by SelfSubjectAccessReviews, for each permission that the engine needs, and returns those that
 * are missing. Whoever may not list everything is told which kinds, one by one.
 *
 * @param withContext whether the cluster is reached by a context of a kubeconfig
 * @param withDrains whether nodes are drained by us, not by EKS
 * @param more what else this upgrade needs: `toolPermissions`
 * @throws StepladderError when the API server can't be asked at all
 */
export async function findMissingPermissions(
  connection: KubernetesConnection,
  {
    withContext,
    withDrains = false,
    more = [],
    signal,
  }: {
    withContext: boolean;
    withDrains?: boolean;
    more?: readonly NeededPermission[];
    signal?: AbortSignal | undefined;
  },
): Promise<MissingPermission[]> {
  const missing: MissingPermission[] = [];
  const needed = neededPermissions.filter(
    ({ onlyWithContext, onlyForDrains }) =>
      (onlyWithContext !== true || withContext) && (onlyForDrains !== true || withDrains),
  );
  for await (const answer of inOrder([...needed, ...more], (each) => review(connection, each, signal))) {
    if (answer === undefined) continue;
    const everything = 'resource' in answer.permission && answer.permission.resource === '*';
    if (everything && answer.state === 'denied')
      missing.push(...(await missingKinds(connection, answer.why, signal)));
    else missing.push(answer);
  }
  return missing;
}

/** The kinds that may not be listed, one by one. */
async function missingKinds(
  connection: KubernetesConnection,
  why: string,
  signal: AbortSignal | undefined,
): Promise<MissingPermission[]> {
  const { resources } = await discoverResources(connection, signal);
  const wanted = resources
    .filter(({ group, resource }) => treatmentOf(group, resource) !== 'skip')
    .map(({ group, resource }) => ({ permission: { verb: 'list' as const, group, resource }, why }));
  const missing: MissingPermission[] = [];
  for await (const answer of inOrder(wanted, (each) => review(connection, each, signal)))
    if (answer !== undefined) missing.push(answer);
  return missing;
}

const reviewSchema = z.object({
  status: z.object({
    allowed: z.boolean(),
    reason: z.string().optional(),
    evaluationError: z.string().optional(),
  }),
});

/** Undefined when it is allowed. */
async function review(
  connection: KubernetesConnection,
  { permission, why, optional, grantedBy }: NeededPermission,
  signal: AbortSignal | undefined,
): Promise<MissingPermission | undefined> {
  const answer = await connection.postReview(
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec:
        'path' in permission
          ? { nonResourceAttributes: permission }
          : { resourceAttributes: { ...permission } },
    },
    { signal, what: `ask whether the worker may ${describePermission(permission)}` },
  );
  const { status } = parse(reviewSchema, answer, 'an access review');
  if (status.allowed) return undefined;
  const { evaluationError, reason = '' } = status;
  return {
    ...{ permission, why },
    ...(evaluationError === undefined
      ? { state: 'denied' as const, reason }
      : { state: 'unknown' as const, reason: evaluationError }),
    ...(optional === undefined ? {} : { optional }),
    ...(grantedBy === undefined ? {} : { grantedBy }),
  };
}
