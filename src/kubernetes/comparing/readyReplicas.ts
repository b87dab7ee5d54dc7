import { z } from 'zod';
import type { Singleton } from '../../contract/migration.ts';
import type { ReadyReplicas } from '../../routing/steps.ts';
import type { KubernetesConnection } from '../connection.ts';
import { readHoldNote } from '../copying/holdNote.ts';
import { workOf } from '../copying/holding.ts';
import { objectFactsSchema } from '../copying/objectFacts.ts';
import type { CopiedKind, ObjectFacts } from '../copying/objectFacts.ts';
import { selectObject } from '../copying/selection.ts';
import type { SelectionContext } from '../copying/selection.ts';
import { replicasOf } from '../holding/workObjects.ts';
import { listObjects } from '../list.ts';

const kinds: readonly CopiedKind[] = [
  { group: 'apps', resource: 'deployments', kind: 'Deployment', namespaced: true },
  { group: 'apps', resource: 'statefulsets', kind: 'StatefulSet', namespaced: true },
];

interface Owner {
  kind: CopiedKind;
  facts: ObjectFacts;
  ready: number;
  /** It may stand still: no two of it may work. */
  single: boolean;
}

/**
 * Ready Pods of each Deployment and StatefulSet that blue has some of, on both sides, by what their controllers report:
 * two lists a side, so that it can be asked before each step. What stands still, and what is left behind on purpose, is
 * not among them.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function readyReplicas(
  blue: KubernetesConnection,
  green: KubernetesConnection,
  {
    singletons,
    selection,
    signal,
  }: { singletons: readonly Singleton[]; selection: SelectionContext; signal: AbortSignal },
): Promise<ReadyReplicas[]> {
  const [onBlue, onGreen] = await Promise.all([
    listOwners(blue, singletons, signal),
    listOwners(green, singletons, signal),
  ]);
  const greens = new Map(onGreen.map((owner) => [nameOf(owner), owner]));
  return onBlue.flatMap((owner) => {
    const name = nameOf(owner);
    const there = greens.get(name);
    if (owner.ready === 0 || owner.single || there?.single === true) return [];
    if (there === undefined && selectObject(owner.kind, owner.facts, selection).what === 'leave') return [];
    return [{ owner: name, blue: owner.ready, green: there?.ready }];
  });
}

async function listOwners(
  connection: KubernetesConnection,
  singletons: readonly Singleton[],
  signal: AbortSignal,
): Promise<Owner[]> {
  const owners: Owner[] = [];
  for (const kind of kinds) {
    const schema = z.record(z.string(), z.unknown()).transform((listed): Owner => {
      // Items of a list don't say what they are.
      const body = { ...listed, apiVersion: 'apps/v1', kind: kind.kind };
      const facts = objectFactsSchema.parse(body);
      const single = workOf(body, singletons) !== undefined || readHoldNote(facts.annotations) !== undefined;
      return { kind, facts, ready: replicasOf({ body }).ready, single };
    });
    const path = `/apis/apps/v1/${kind.resource}`;
    owners.push(...(await listObjects(connection, path, schema, { name: kind.resource, signal })));
  }
  return owners;
}

/** `deployment shop/web`. */
function nameOf({ kind, facts: { namespace, name } }: Owner): string {
  return `${kind.kind.toLowerCase()} ${namespace ?? ''}/${name}`;
}
