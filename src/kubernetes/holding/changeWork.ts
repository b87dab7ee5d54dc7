import type { Singleton } from '../../contract/migration.ts';
import type { Json } from '../../tools/crds/json.ts';
import { objectAt } from '../../tools/crds/json.ts';
import type { KubernetesConnection } from '../connection.ts';
import { statusBehind } from '../errors.ts';
import { inOrder } from '../inOrder.ts';
import { readWork, workName, workPath } from './workObjects.ts';
import type { WorkObject } from './workObjects.ts';

/** Objects that are patched at a time. */
const atOnce = 8;
/** Somebody else may change an object just then, but hardly so often. */
const mostTries = 8;

export interface WorkChange {
  /** From an object as it is to the merge patch that it gets; undefined leaves it. It may be asked several times. */
  decide: (body: Json) => Json | undefined;
  singletons: readonly Singleton[];
  signal: AbortSignal;
  /** For messages, before the object: `hold`. */
  what: string;
}

/**
 * Changes objects, each by what is decided from how it is. A change is written only if the object still is as it was
 * looked at; if not, it is looked at again.
 *
 * @returns those that were changed, as they were looked at
 * @throws StepladderError as `KubernetesConnection.change`; an object that is gone is passed over
 */
export async function changeWork(
  connection: KubernetesConnection,
  objects: readonly WorkObject[],
  change: WorkChange,
): Promise<WorkObject[]> {
  const changed: WorkObject[] = [];
  for await (const done of inOrder(objects, (object) => changeOne(connection, object, change), atOnce))
    if (done !== undefined) changed.push(done);
  return changed;
}

async function changeOne(
  connection: KubernetesConnection,
  seen: WorkObject,
  { decide, singletons, signal, what }: WorkChange,
): Promise<WorkObject | undefined> {
  let object: WorkObject | undefined = seen;
  for (let tries = 1; ; tries += 1) {
    const patch = decide(object.body);
    if (patch === undefined) return undefined;
    const metadata = { ...objectAt(patch, 'metadata'), resourceVersion: object.resourceVersion };
    try {
      await connection.change('PATCH', workPath(object), {
        body: { ...patch, metadata },
        signal,
        what: `${what} ${workName(object)}`,
      });
      return object;
    } catch (error) {
      const code = statusBehind(error)?.code;
      if (code === 404) return undefined;
      if (code !== 409 || tries >= mostTries) throw error;
    }
    object = await readWork(connection, object, singletons, signal);
    if (object === undefined) return undefined;
  }
}
