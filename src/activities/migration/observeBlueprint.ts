import type { MinorVersion } from '../../contract/plan.ts';
import { findAddonWorkloads } from '../../kubernetes/addons.ts';
import { readAwsAuth } from '../../kubernetes/awsAuth.ts';
import type { AwsAuth } from '../../kubernetes/awsAuth.ts';
import { inOrder } from '../../kubernetes/inOrder.ts';
import type { OfferedAddonVersion } from '../../plan/observation.ts';
import type { ObservedBlueprint } from '../../plan/observedMigration.ts';
import type { ClusterBlueprint } from '../../platform/clusterCopy.ts';
import type { OpenCluster } from '../clusters.ts';
import type { Sight } from '../sight.ts';

type NotCopied = ObservedBlueprint['notCopied'];

/**
 * What a cluster like blue is made by, and what it would lack. What may not be seen is told by `seen`.
 *
 * @param to the version of the new cluster
 */
export async function observeBlueprint(
  cluster: OpenCluster,
  to: MinorVersion,
  seen: Sight,
  signal: AbortSignal,
): Promise<ObservedBlueprint> {
  const { authenticationMode, ...blueprint } = await cluster.platform.describeBlueprint(
    (what, source, otherwise, look) => seen.optional(what, source, otherwise, look),
    signal,
  );
  const more = await Promise.all([
    unmanagedAddons(cluster, blueprint, seen, signal),
    authenticationMode === 'API' ? [] : awsAuth(cluster, blueprint, seen, signal),
  ]);
  return {
    ...blueprint,
    addonVersions: await offersFor(cluster, blueprint, to, seen, signal),
    notCopied: [...blueprint.notCopied, ...more.flat()],
  };
}

/** What EKS offers for the target, of each add-on of which it could be asked. */
async function offersFor(
  { platform }: OpenCluster,
  { addons }: Pick<ClusterBlueprint, 'addons'>,
  to: MinorVersion,
  seen: Sight,
  signal: AbortSignal,
): Promise<ObservedBlueprint['addonVersions']> {
  const found: ObservedBlueprint['addonVersions'] = {};
  const ask = async ({ name }: { name: string }) => ({
    name,
    offered: await seen.optional<Record<MinorVersion, OfferedAddonVersion[]> | undefined>(
      `the versions of add-on ${name} that EKS offers`,
      'EKS: DescribeAddonVersions',
      undefined,
      () => platform.offeredAddonVersions(name, signal),
    ),
  });
  for await (const { name, offered } of inOrder(addons, ask)) {
    if (offered !== undefined) found[name] = offered[to] ?? [];
  }
  return found;
}

async function unmanagedAddons(
  { kubernetes }: OpenCluster,
  { addons }: Pick<ClusterBlueprint, 'addons'>,
  seen: Sight,
  signal: AbortSignal,
): Promise<NotCopied> {
  const workloads = await seen.optional(
    'add-ons installed without EKS',
    'Kubernetes: images of DaemonSets and Deployments in kube-system',
    [],
    () => findAddonWorkloads(kubernetes, signal),
  );
  return workloads
    .filter(({ name }) => !addons.some((addon) => addon.name === name))
    .map(({ name, tag }) => ({
      severity: 'warning',
      what: `${name} ${tag}, which was installed without EKS`,
      why: 'the new cluster gets the version that EKS puts into every new cluster, with its usual settings',
      remedy: 'Have EKS manage it on the old cluster first, or bring your own to the new one.',
    }));
}

async function awsAuth(
  { kubernetes }: OpenCluster,
  { accessEntries }: Pick<ClusterBlueprint, 'accessEntries'>,
  seen: Sight,
  signal: AbortSignal,
): Promise<NotCopied> {
  const found = await seen.optional<AwsAuth | undefined>(
    'who comes in by aws-auth',
    'Kubernetes: ConfigMap kube-system/aws-auth',
    undefined,
    () => readAwsAuth(kubernetes, signal),
  );
  if (found === undefined) return [];
  const { principals, accounts, unreadable } = found;
  const who = [
    // An access entry of the same principal rules, and is copied.
    ...principals.filter((principal) => !accessEntries.includes(principal)),
    ...accounts.map((account) => `all users of account ${account}`),
    ...unreadable.map((key) => `whoever ${key} names, which can't be read`),
  ];
  if (who.length === 0) return [];
  const named =
    who.length > shownAtMost ? [...who.slice(0, shownAtMost), `${who.length - shownAtMost} more`] : who;
  return [
    {
      severity: 'warning',
      what: `who comes in by the ConfigMap kube-system/aws-auth: ${named.join(', ')}`,
      why: "it is the old cluster's own, with its nodes in it, so it is not copied, and they can't come in to the new cluster",
      remedy:
        'Make access entries of them on the old cluster (aws eks create-access-entry; with the authentication mode CONFIG_MAP, change that to API_AND_CONFIG_MAP first): these are copied.',
    },
  ];
}

const shownAtMost = 20;
