import type { KubernetesConnection } from '../connection.ts';
import { workloadKey } from '../compareWorkloads.ts';
import { objectFactsSchema } from '../copying/objectFacts.ts';
import type { CopiedKind } from '../copying/objectFacts.ts';
import { selectObject } from '../copying/selection.ts';
import type { SelectionContext } from '../copying/selection.ts';
import { inOrder } from '../inOrder.ts';
import { listObjects, metadataOnly } from '../list.ts';
import type { WorkloadState } from '../workloadState.ts';

const kindOf = (resource: string, kind: string): CopiedKind => ({
  group: 'apps',
  resource,
  kind,
  namespaced: true,
});
const kinds = [
  kindOf('deployments', 'Deployment'),
  kindOf('statefulsets', 'StatefulSet'),
  kindOf('daemonsets', 'DaemonSet'),
  kindOf('replicasets', 'ReplicaSet'),
];

/**
 * Why owners of Pods that green has not are left behind on purpose, by `workloadKey`: by the same choice that copying
 * makes. Those that should be there are not in it.
 *
 * @param missing owners of blue
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function leftBehind(
  blue: KubernetesConnection,
  missing: readonly WorkloadState[],
  selection: SelectionContext,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const reasons = new Map<string, string>();
  const look = async (owner: WorkloadState): Promise<string | undefined> => {
    if (selection.excludeNamespaces.includes(owner.namespace))
      return `the request leaves namespace ${owner.namespace} behind`;
    const kind = owner.apiVersion.startsWith('apps/')
      ? kinds.find((each) => each.kind === owner.kind)
      : undefined;
    // Of an operator's own kinds the definition may not even be there: they should be, as anything else.
    if (kind === undefined) return undefined;
    // By a list, which whoever upgrades may make of every kind, and not by a name, which is a permission of its own.
    const [facts] = await listObjects(
      blue,
      `/apis/apps/v1/namespaces/${owner.namespace}/${kind.resource}`,
      objectFactsSchema,
      {
        accept: metadataOnly,
        fieldSelector: `metadata.name=${owner.name}`,
        name: `${kind.resource}.apps`,
        signal,
      },
    );
    if (facts === undefined) return 'it is no longer on the old cluster';
    const selected = selectObject(kind, facts, selection);
    return selected.what === 'leave' ? selected.because : undefined;
  };
  const looks = inOrder(missing, async (owner) => ({ owner, reason: await look(owner) }));
  for await (const { owner, reason } of looks)
    if (reason !== undefined) reasons.set(workloadKey(owner), reason);
  return reasons;
}
