import { z } from 'zod';
import type { KubernetesConnection } from '../connection.ts';
import { pairResources } from '../copying/commonVersions.ts';
import type { CopiedKind } from '../copying/objectFacts.ts';
import { selectKind } from '../copying/selection.ts';
import type { SelectionContext } from '../copying/selection.ts';
import { treatmentOf } from '../countedResources.ts';
import { discoverResources, listPath, unseenReason } from '../discovery.ts';
import type { Discovery, ListableResource } from '../discovery.ts';
import { inOrder } from '../inOrder.ts';
import { resourceName } from '../inventoryEntry.ts';
import { listObjects, metadataOnly } from '../list.ts';
import { serverVersion } from '../version.ts';
import { readAutoscaled } from './autoscaled.ts';
import { compareKind } from './compareKind.ts';
import type { ContentDifference, Difference, UnseenKind } from './compareKind.ts';
import type { ContentsContext } from './contents.ts';
import { explanationsOf } from './explain.ts';
import { lookCloser } from './lookCloser.ts';
import { readContents, readNames } from './readSide.ts';

/**
 * What came of one kind: how many both have, how many of these were compared by what they say (absent where the sides
 * have no version of the kind in common), or why it was not compared at all.
 */
export type ComparedKind =
  | { group: string; resource: string; same: number; contents?: number }
  | { group: string; resource: string; notCompared: string };

export interface ComparisonProgress {
  kinds: number;
  ofKinds: number;
}

interface Connections {
  blue: KubernetesConnection;
  green: KubernetesConnection;
}

/**
 * Everything on blue against everything on green, kind by kind: by name, and by what the objects say where both sides
 * serve the kind in one version. Of each kind comes what it came to, then its differences; of no more than a few kinds
 * are metadata and digests held at a time. A kind that may not go to green at all (Nodes, Events) is not listed.
 *
 * @param of.sharedClaims claims (`namespace/name`) whose volume both clusters use
 * @throws StepladderError as `KubernetesConnection.getJson` when one of the APIs is out of reach altogether
 */
export async function* compareClusters(
  { blue, green }: Connections,
  { selection, sharedClaims }: { selection: SelectionContext; sharedClaims: ReadonlySet<string> },
  signal?: AbortSignal,
  onProgress?: (progress: ComparisonProgress) => void,
): AsyncGenerator<ComparedKind | Difference | ContentDifference> {
  const [ofBlue, ofGreen, greenVersion] = await Promise.all([
    discoverResources(blue, signal),
    discoverResources(green, signal),
    serverVersion(green, signal),
  ]);
  yield* unseenGroups('blue', ofBlue);
  yield* unseenGroups('green', ofGreen);
  const customKinds = await definitionsOf(blue, ofBlue, signal);
  const explanations = explanationsOf({ selection, greenVersion, customKinds });
  const scaled = await Promise.all([
    readAutoscaled(blue, ofBlue, signal),
    readAutoscaled(green, ofGreen, signal),
  ]);
  const contents: ContentsContext = { sharedClaims, autoscaled: new Set(scaled.flat()) };
  const inCommon = new Map(
    pairResources(ofBlue, ofGreen).flatMap(({ served, resource }) =>
      served ? [[resourceName(resource), resource]] : [],
    ),
  );

  const progress: ComparisonProgress = { kinds: 0, ofKinds: 0 };
  const pairs = pairUp(ofBlue, ofGreen);
  progress.ofKinds = pairs.length;
  const results = inOrder(pairs, async (pair): Promise<(ComparedKind | Difference | ContentDifference)[]> => {
    const { group, resource } = pair.kind;
    const whole = selectKind(pair.kind, selection);
    if (whole.what === 'leave') return [{ group, resource, notCompared: whole.because }];
    const common = inCommon.get(resourceName(pair.kind));
    const [onBlue, onGreen] = await Promise.all(
      common === undefined
        ? [readNames(blue, pair.blue, signal), readNames(green, pair.green, signal)]
        : [readContents(blue, common, contents, signal), readContents(green, common, contents, signal)],
    );
    const seen = compareKind(pair.kind, { blue: onBlue, green: onGreen }, explanations);
    const closer: (ContentDifference | UnseenKind)[] = [];
    if (common !== undefined)
      for await (const each of lookCloser({ blue, green }, common, seen.differing, contents, signal))
        closer.push(each);
    const count = common === undefined ? {} : { contents: seen.contents };
    return [{ group, resource, same: seen.same, ...count }, ...seen.differences, ...closer];
  });
  for await (const result of results) {
    progress.kinds += 1;
    onProgress?.({ ...progress });
    yield* result;
  }
}

interface Pair {
  kind: CopiedKind;
  blue: ListableResource | undefined;
  green: ListableResource | undefined;
}

/** Every kind of either side, by group and name. What a side has not been able to tell of is not taken for not served. */
function pairUp(ofBlue: Discovery, ofGreen: Discovery): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const resource of ofBlue.resources)
    pairs.set(resourceName(resource), { kind: resource, blue: resource, green: undefined });
  for (const resource of ofGreen.resources) {
    const pair = pairs.get(resourceName(resource));
    if (pair === undefined)
      pairs.set(resourceName(resource), { kind: resource, blue: undefined, green: resource });
    else pair.green = resource;
  }
  const blind = {
    blue: new Set(ofBlue.unseen.map(({ group }) => group)),
    green: new Set(ofGreen.unseen.map(({ group }) => group)),
  };
  return [...pairs.values()]
    .filter(
      (pair) =>
        (pair.blue !== undefined || !blind.blue.has(pair.kind.group)) &&
        (pair.green !== undefined || !blind.green.has(pair.kind.group)),
    )
    .sort((one, other) => (sortKey(one.kind) < sortKey(other.kind) ? -1 : 1));
}

function sortKey({ group, resource }: CopiedKind): string {
  return `${group}/${resource}`;
}

function unseenGroups(side: 'blue' | 'green', { unseen }: Discovery): UnseenKind[] {
  return unseen
    .filter(({ group }) => treatmentOf(group, '*') !== 'skip')
    .map(({ group, version, reason }) => ({
      what: 'unseen',
      ...{ group, resource: '*', side },
      why: `${version}: ${reason}`,
    }));
}

const nameSchema = z.object({ metadata: z.object({ name: z.string() }) });

/** Names of the kinds that a cluster's CustomResourceDefinitions define; undefined where they can't be seen. */
async function definitionsOf(
  connection: KubernetesConnection,
  { resources }: Discovery,
  signal?: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const definitions = resources.find(
    ({ group, resource }) => group === 'apiextensions.k8s.io' && resource === 'customresourcedefinitions',
  );
  if (definitions === undefined) return undefined;
  try {
    const found = await listObjects(connection, listPath(definitions), nameSchema, {
      accept: metadataOnly,
      name: resourceName(definitions),
      signal,
    });
    return new Set(found.map(({ metadata }) => metadata.name));
  } catch (error) {
    unseenReason(error);
    return undefined;
  }
}
