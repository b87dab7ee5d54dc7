import { kubernetesLifecycles } from '../../checks/removedApis/kubernetesLifecycles.ts';
import { lookUpApis } from '../../checks/removedApis/lifecycles.ts';
import type { MigrationRequest } from '../../contract/migrationSchema.ts';
import type { MinorVersion } from '../../contract/plan.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { copyNotes, note } from '../../kubernetes/copying/copyNotes.ts';
import type { CopyNote } from '../../kubernetes/copying/copyNotes.ts';
import { objectFactsSchema } from '../../kubernetes/copying/objectFacts.ts';
import { readForNotes } from '../../kubernetes/copying/readForNotes.ts';
import type { SeenForNotes } from '../../kubernetes/copying/readForNotes.ts';
import { selectKind, selectObject } from '../../kubernetes/copying/selection.ts';
import type { SelectionContext } from '../../kubernetes/copying/selection.ts';
import { discoverResources, listPath, unseenReason } from '../../kubernetes/discovery.ts';
import type { Discovery, ListableResource } from '../../kubernetes/discovery.ts';
import { inOrder } from '../../kubernetes/inOrder.ts';
import { resourceName } from '../../kubernetes/inventoryEntry.ts';
import { listObjects, metadataOnly } from '../../kubernetes/list.ts';
import { decisionFor } from '../../plan/migration/volumeDecisions.ts';
import type { ObservedResources } from '../../plan/observedMigration.ts';
import { chartReleases } from './selectionOf.ts';

export interface ResourcesSight {
  migration: Pick<MigrationRequest, 'resources' | 'volumes'>;
  /** Blue's version, and green's. */
  from: MinorVersion;
  to: MinorVersion;
  /** Releases that green gets as tools. */
  tools?: SelectionContext['tools'];
  signal?: AbortSignal | undefined;
}

/**
 * What there is on blue, as far as copying it matters: counts, volumes, what the target does not serve, and what can't
 * be copied as it is. By lists alone, of metadata where that will do; no bodies are kept.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function observeResources(
  blue: KubernetesConnection,
  { migration, from, to, tools = [], signal }: ResourcesSight,
): Promise<ObservedResources> {
  const copied = migration.resources.flatMap((source) => ('copy' in source ? [source.copy] : []));
  const excludeNamespaces = excludedByAll(copied.map((each) => each.excludeNamespaces));
  const excludeKinds = excludedByAll(copied.map((each) => each.excludeKinds));
  // Volumes are no matter of kinds here: what becomes of each is told by its claim.
  const selection: SelectionContext = {
    tools: [...tools, ...chartReleases(migration.resources)],
    ...{ excludeNamespaces, excludeKinds, sharedVolumes: new Set<string>() },
  };
  const seen = await readForNotes(blue, signal);
  const goesAlong = (name: string): boolean => !excludeNamespaces.includes(name.split('/')[0] ?? '');
  const decisionOf = (claim: string) => decisionFor(claim, migration.volumes);
  const kinds =
    copied.length === 0
      ? { counts: {}, notServed: [], notes: [] }
      : await countKinds(blue, selection, { from, to, signal });
  return {
    counts: kinds.counts,
    volumes: volumesOf(seen, goesAlong),
    notServed: kinds.notServed,
    notes: [...kinds.notes, ...(copied.length === 0 ? [] : copyNotes(seen, { goesAlong, decisionOf }))],
  };
}

/** What one source leaves behind another may bring. */
function excludedByAll(lists: readonly (readonly string[])[]): string[] {
  const [first = [], ...others] = lists;
  return first.filter((each) => others.every((list) => list.includes(each)));
}

function volumesOf(
  { claims, volumes }: SeenForNotes,
  goesAlong: (name: string) => boolean,
): ObservedResources['volumes'] {
  const byName = new Map(volumes.map((volume) => [volume.name, volume]));
  return claims.flatMap(({ name, volume, storageClass, capacity }) => {
    if (volume === undefined || !goesAlong(name)) return [];
    const of = byName.get(volume);
    const size = capacity ?? of?.capacity;
    return [
      {
        claim: name,
        ...(storageClass === undefined ? {} : { storageClass }),
        ...(size === undefined ? {} : { capacity: size }),
        ...(of?.driver === undefined ? {} : { driver: of.driver }),
      },
    ];
  });
}

interface KindsSeen {
  counts: Record<string, number>;
  notServed: ObservedResources['notServed'];
  notes: CopyNote[];
}

/** Names that are told of a kind that the target does not serve. */
const namedUnserved = 50;

async function countKinds(
  blue: KubernetesConnection,
  selection: SelectionContext,
  { from, to, signal }: Pick<ResourcesSight, 'from' | 'to' | 'signal'>,
): Promise<KindsSeen> {
  const discovery = await discoverResources(blue, signal);
  const seen: KindsSeen = { counts: {}, notServed: [], notes: [] };
  for (const { group, version, reason } of discovery.unseen)
    seen.notes.push({
      severity: 'warning',
      subject: `API ${group}/${version}`,
      what: `does not answer, so that nothing of it can be copied: ${reason}`,
      remedy: 'Have its APIService mended or deleted, and look again.',
    });
  const listed = discovery.resources.filter(
    (resource) =>
      discovery.writable.has(resourceName(resource)) &&
      (selectKind(resource, selection).what === 'copy' || isTargetGroupBinding(resource)),
  );
  const served = servedByTarget(discovery, from, to);
  const look = (resource: ListableResource) => namesOf(blue, resource, selection, signal);
  for await (const { resource, names, unseen, traffic } of inOrder(listed, look)) {
    const kind = resourceName(resource);
    if (unseen !== undefined)
      seen.notes.push({
        severity: 'warning',
        subject: kind,
        what: `can't be read, so that it is not copied: ${unseen}`,
        remedy: "Grant the worker's identity to read it, or exclude the kind.",
      });
    seen.notes.push(...trafficNotes(traffic), ...kindNotes(resource, names));
    if (names.length === 0) continue;
    if (served(resource)) seen.counts[kind] = names.length;
    else seen.notServed.push({ kind, count: names.length, names: names.slice(0, namedUnserved) });
  }
  return seen;
}

async function namesOf(
  blue: KubernetesConnection,
  resource: ListableResource,
  selection: SelectionContext,
  signal: AbortSignal | undefined,
): Promise<{ resource: ListableResource; names: string[]; traffic: string[]; unseen?: string }> {
  const names: string[] = [];
  const traffic: string[] = [];
  try {
    const schema = objectFactsSchema.transform((facts) => {
      const name = facts.namespace === undefined ? facts.name : `${facts.namespace}/${facts.name}`;
      const choice = selectObject(resource, facts, selection);
      if (choice.what === 'copy') return { name, copied: true };
      // What AWS Load Balancer Controller makes for Ingresses and Services bears labels of these.
      const isMade = Object.keys(facts.labels).some((key) => /^(ingress|service)\.k8s\.aws\//.test(key));
      return choice.reason === 'traffic' && !isMade ? { name, copied: false } : undefined;
    });
    const found = await listObjects(blue, listPath(resource), schema, {
      accept: metadataOnly,
      name: resourceName(resource),
      signal,
    });
    for (const each of found) if (each !== undefined) (each.copied ? names : traffic).push(each.name);
    return { resource, names, traffic };
  } catch (error) {
    return { resource, names: [], traffic: [], unseen: unseenReason(error) };
  }
}

function isTargetGroupBinding({ group, resource }: ListableResource): boolean {
  return group === 'elbv2.k8s.aws' && resource === 'targetgroupbindings';
}

function trafficNotes(bindings: readonly string[]): CopyNote[] {
  return note('TargetGroupBinding', bindings, {
    severity: 'warning',
    what: "is not copied: it would put the new cluster's Pods among those that users are sent to now",
    remedy: 'Make one on the new cluster for the target group of the new cluster.',
  });
}

/** Kinds by which a controller makes machines of the cluster that it is in. */
function kindNotes({ group, kind }: ListableResource, names: readonly string[]): CopyNote[] {
  if (group !== 'karpenter.k8s.aws') return [];
  return note(kind, names, {
    severity: 'warning',
    what: 'names subnets, security groups and a role, often by tags that bear the name of the old cluster',
    remedy: 'Check that what it selects is what the nodes of the new cluster need.',
  });
}

/**
 * Whether the target serves a kind in one of the versions that blue serves it in, so that blue's API server converts to
 * it. Kinds of CRDs are served wherever these are.
 */
function servedByTarget(
  { writable }: Discovery,
  from: MinorVersion,
  to: MinorVersion,
): (resource: ListableResource) => boolean {
  const lookup = lookUpApis([kubernetesLifecycles], from, to);
  return (resource) => {
    const { group, kind } = resource;
    const versions = writable.get(resourceName(resource)) ?? [];
    return versions.some((version) => {
      const state = lookup.fateOf({ group, version, kind })?.state;
      return state !== 'removed' && state !== 'gone';
    });
  };
}
