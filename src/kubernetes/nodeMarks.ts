import { z } from 'zod';
import { StepladderError } from '../contract/errors.ts';
import type { KubernetesConnection } from './connection.ts';
import { statusBehind } from './errors.ts';
import { inOrder } from './inOrder.ts';
import { listObjects, parse } from './list.ts';

/** A node as far as it is marked. */
export interface MarkedNode {
  name: string;
  resourceVersion: string;
  unschedulable: boolean;
  annotations: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
}

/** A merge patch of a node; null takes a key away. */
export interface NodePatch {
  metadata?: {
    annotations?: Record<string, string | null>;
    labels?: Record<string, string | null>;
  };
  spec?: { unschedulable: boolean | null };
}

const textMap = z
  .record(z.string(), z.string())
  .nullish()
  .transform((map) => map ?? {});

const markedNodeSchema = z
  .object({
    metadata: z.object({
      name: z.string(),
      resourceVersion: z.string(),
      annotations: textMap,
      labels: textMap,
    }),
    spec: z.object({ unschedulable: z.boolean().nullish() }).nullish(),
  })
  .transform(({ metadata, spec }): MarkedNode => ({
    ...metadata,
    unschedulable: spec?.unschedulable ?? false,
  }));

/** Nodes that are patched at a time. */
const atOnce = 8;
/** Somebody else may change a node just then, but hardly so often. */
const mostTries = 8;

/** Which nodes: those of managed node groups, or some by name. One that is named and gone is left out. */
export async function findNodes(
  connection: KubernetesConnection,
  {
    nodeGroups,
    names,
    signal,
  }: { nodeGroups: readonly string[]; names?: readonly string[] | undefined; signal: AbortSignal },
): Promise<MarkedNode[]> {
  const nodes = await listObjects(connection, '/api/v1/nodes', markedNodeSchema, {
    name: 'nodes',
    labelSelector: `eks.amazonaws.com/nodegroup in (${nodeGroups.join(',')})`,
    signal,
  });
  if (names === undefined) return nodes;
  const wanted = new Set(names);
  return nodes.filter(({ name }) => wanted.has(name));
}

/** Nodes by name, whatever group they are of; those that are gone are left out. */
export async function readNodes(
  connection: KubernetesConnection,
  names: readonly string[],
  signal: AbortSignal,
): Promise<MarkedNode[]> {
  const nodes: MarkedNode[] = [];
  for await (const node of inOrder(names, (name) => readNode(connection, name, signal), atOnce))
    if (node !== undefined) nodes.push(node);
  return nodes;
}

/**
 * Changes nodes, each by what is decided from how it is. A change is written only if the node still is as it was looked
 * at; if not, it is looked at again.
 *
 * @param decide undefined leaves a node as it is; it may be asked several times
 * @returns how many were changed
 * @throws StepladderError as `KubernetesConnection.change`; a node that is gone is passed over
 */
export async function changeNodes(
  connection: KubernetesConnection,
  nodes: readonly MarkedNode[],
  decide: (node: MarkedNode) => NodePatch | undefined,
  { signal, what, onNode }: { signal: AbortSignal; what: string; onNode?: () => void },
): Promise<number> {
  let changed = 0;
  const change = (node: MarkedNode): Promise<boolean> =>
    changeNode(connection, node, decide, { signal, what });
  for await (const done of inOrder(nodes, change, atOnce)) {
    if (done) changed += 1;
    onNode?.();
  }
  return changed;
}

async function changeNode(
  connection: KubernetesConnection,
  seen: MarkedNode,
  decide: (node: MarkedNode) => NodePatch | undefined,
  { signal, what }: { signal: AbortSignal; what: string },
): Promise<boolean> {
  let node: MarkedNode | undefined = seen;
  for (let tries = 1; ; tries += 1) {
    const patch = decide(node);
    if (patch === undefined) return false;
    const { name, resourceVersion } = node;
    try {
      await connection.change('PATCH', `/api/v1/nodes/${name}`, {
        body: { ...patch, metadata: { ...patch.metadata, resourceVersion } },
        signal,
        what: `${what} node ${name}`,
      });
      return true;
    } catch (error) {
      const code = statusBehind(error)?.code;
      if (code === 404) return false;
      if (code !== 409 || tries >= mostTries) throw error;
    }
    node = await readNode(connection, name, signal);
    if (node === undefined) return false;
  }
}

async function readNode(
  connection: KubernetesConnection,
  name: string,
  signal: AbortSignal,
): Promise<MarkedNode | undefined> {
  try {
    const node = await connection.getJson(`/api/v1/nodes/${name}`, { signal, what: `read node ${name}` });
    return parse(markedNodeSchema, node, 'a node');
  } catch (error) {
    if (error instanceof StepladderError && statusBehind(error)?.code === 404) return undefined;
    throw error;
  }
}
