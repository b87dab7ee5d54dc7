import { z } from 'zod';
import { patchToward } from '../copying/mergePatch.ts';
import type { ObjectFacts } from '../copying/objectFacts.ts';
import type { KubernetesConnection } from '../connection.ts';
import { createPath, unseenReason } from '../discovery.ts';
import type { ListableResource } from '../discovery.ts';
import { inOrder } from '../inOrder.ts';
import { resourceName } from '../inventoryEntry.ts';
import { listObjects } from '../list.ts';
import type { Json } from '../../tools/crds/json.ts';
import type { ContentDifference, UnseenKind } from './compareKind.ts';
import { contentsOf } from './contents.ts';
import type { ContentsContext } from './contents.ts';
import { differingPaths } from './differingPaths.ts';

interface Connections {
  blue: KubernetesConnection;
  green: KubernetesConnection;
}

/**
 * Reads objects whose digests differ once more, each alone, and says where they do. One that is the same by now, or has
 * gone from a side since, is not told. Of a Secret no key is named: a key may tell as much as what it holds.
 */
export async function* lookCloser(
  connections: Connections,
  resource: ListableResource,
  objects: readonly ObjectFacts[],
  context: ContentsContext,
  signal?: AbortSignal,
): AsyncGenerator<ContentDifference | UnseenKind> {
  const look = async (facts: ObjectFacts): Promise<ContentDifference | UnseenKind | undefined> => {
    const [blue, green] = await Promise.all([
      readOne(connections.blue, resource, facts, context, signal),
      readOne(connections.green, resource, facts, context, signal),
    ]);
    const { group, resource: name, kind } = resource;
    if ('unseen' in blue) return { what: 'unseen', group, resource: name, side: 'blue', why: blue.unseen };
    if ('unseen' in green) return { what: 'unseen', group, resource: name, side: 'green', why: green.unseen };
    if (blue.contents === undefined || green.contents === undefined) return undefined;
    const paths = differingPaths(blue.contents, green.contents);
    if (paths.length === 0) return undefined;
    return {
      ...{ what: 'differs', group, resource: name, kind },
      ...(facts.namespace === undefined ? {} : { namespace: facts.namespace }),
      name: facts.name,
      paths: resourceName(resource) === 'secrets' ? withoutKeys(paths) : paths,
      onlyGreenSaysMore: patchToward(green.contents, blue.contents) === undefined,
    };
  };
  for await (const found of inOrder(objects, look)) if (found !== undefined) yield found;
}

const anySchema = z.record(z.string(), z.unknown());

/** By a list, which whoever upgrades may make of every kind, and not by a name, which is a permission of its own. */
async function readOne(
  connection: KubernetesConnection,
  resource: ListableResource,
  { namespace, name }: ObjectFacts,
  context: ContentsContext,
  signal?: AbortSignal,
): Promise<{ contents: Json | undefined } | { unseen: string }> {
  const { group, version, kind } = resource;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  try {
    const [found] = await listObjects(connection, createPath(resource, namespace), anySchema, {
      ...{ fieldSelector: `metadata.name=${name}`, name: resourceName(resource), signal },
    });
    return {
      contents:
        found === undefined ? undefined : contentsOf(resource, { ...found, apiVersion, kind }, context),
    };
  } catch (error) {
    return { unseen: unseenReason(error) };
  }
}

function withoutKeys(paths: readonly string[]): string[] {
  return [...new Set(paths.map((path) => (/^data\b/.test(path) ? 'data' : path)))];
}
