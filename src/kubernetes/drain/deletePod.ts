import { z } from 'zod';
import type { PodReference } from '../../contract/workers.ts';
import type { KubernetesConnection } from '../connection.ts';
import { statusBehind } from '../errors.ts';
import { parse } from '../list.ts';

const podSchema = z.object({
  metadata: z.object({ uid: z.string(), deletionTimestamp: z.string().nullish() }),
});

/**
 * Deletes one Pod, whatever its budgets say, because a person has named it. One whose time to end is over already is
 * deleted without a further one: nobody ends it any more, and that is why it was named.
 *
 * @returns `gone` when it was not there any more, or another has its name
 * @throws StepladderError as `KubernetesConnection.change`
 */
export async function deletePod(
  connection: KubernetesConnection,
  { namespace, name, uid }: PodReference,
  { now, signal }: { now: Date; signal: AbortSignal },
): Promise<'deleted' | 'gone'> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  try {
    const answer = await connection.getJson(path, { signal, what: `read Pod ${namespace}/${name}` });
    const { metadata } = parse(podSchema, answer, 'a Pod');
    if (metadata.uid !== uid) return 'gone';
    const due = metadata.deletionTimestamp ?? undefined;
    const overdue = due !== undefined && Date.parse(due) <= now.getTime();
    await connection.change('DELETE', path, {
      body: {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        preconditions: { uid },
        ...(overdue ? { gracePeriodSeconds: 0 } : {}),
      },
      signal,
      what: `delete Pod ${namespace}/${name}`,
    });
    return 'deleted';
  } catch (error) {
    const code = statusBehind(error)?.code;
    // 409: another has come under its name in that moment.
    if (code === 404 || code === 409) return 'gone';
    throw error;
  }
}
