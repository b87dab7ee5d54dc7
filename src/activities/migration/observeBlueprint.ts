import type { MinorVersion } from '../../contract/plan.ts';
import { findAddonWorkloads } from '../../kubernetes/addons.ts';
import { inOrder } from '../../kubernetes/inOrder.ts';
import type { OfferedAddonVersion } from '../../plan/observation.ts';
import type { ObservedBlueprint } from '../../plan/observedMigration.ts';
import type { OpenCluster } from '../clusters.ts';
import type { Sight } from '../sight.ts';

/**
 * What a cluster like blue is made by, and what it would lack. What may not be seen is told by `seen`.
 *
 * @param to the version of the new cluster
 */
export async function observeBlueprint(
  { platform, kubernetes }: OpenCluster,
  to: MinorVersion,
  seen: Sight,
  signal: AbortSignal,
): Promise<ObservedBlueprint> {
  const { nodeSubnets: _nodeSubnets, ...blueprint } = await platform.describeBlueprint(
    (what, source, otherwise, look) => seen.optional(what, source, otherwise, look),
    signal,
  );
  const managed = new Set(blueprint.addons.map(({ name }) => name));
  const unmanaged = await seen.optional(
    'add-ons installed without EKS',
    'Kubernetes: images of DaemonSets and Deployments in kube-system',
    [],
    async () => (await findAddonWorkloads(kubernetes, signal)).filter(({ name }) => !managed.has(name)),
  );
  const addonVersions: ObservedBlueprint['addonVersions'] = {};
  const offered = async ({ name }: { name: string }) => ({
    name,
    versions: await seen.optional<Record<MinorVersion, OfferedAddonVersion[]>>(
      `the versions of add-on ${name} that EKS offers`,
      'EKS: DescribeAddonVersions',
      {},
      () => platform.offeredAddonVersions(name, signal),
    ),
  });
  for await (const { name, versions } of inOrder(blueprint.addons, offered)) {
    addonVersions[name] = versions[to] ?? [];
  }
  return {
    ...blueprint,
    addonVersions,
    notCopied: [
      ...blueprint.notCopied,
      ...unmanaged.map(({ name, tag }) => ({
        severity: 'warning' as const,
        what: `${name} ${tag}, which was installed without EKS`,
        why: 'the new cluster gets the version that EKS puts into every new cluster, with its usual settings',
        remedy: 'Have EKS manage it on the old cluster first, or bring your own to the new one.',
      })),
    ],
  };
}
