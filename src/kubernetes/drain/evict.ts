import type { PodReference } from '../../contract/workers.ts';
import { StepladderError } from '../../contract/errors.ts';
import type { KubernetesConnection } from '../connection.ts';
import type { KubernetesStatusError } from '../errors.ts';
import { statusBehind } from '../errors.ts';

/**
 * What the eviction API answered.
 *
 * - `granted`: the Pod is on its way out.
 * - `gone`: there is no such Pod any more, or another one has its name.
 * - `leaving`: its namespace is being deleted, and it with that.
 * - `refused`: a budget has no room.
 * - `changed`: the Pod changed in that moment; ask again.
 * - `several-budgets`: no waiting mends that.
 * - `failed`: the API, or a webhook in front of it, does not do it, also when asked several times.
 */
export type EvictionAnswer =
  | { state: 'granted' | 'gone' | 'leaving' | 'changed' }
  | { state: 'refused' | 'several-budgets' | 'failed'; why: string };

/** How the eviction API says that two budgets select the Pod; it gives no reason by which to tell it. */
const severalBudgets = /more than one PodDisruptionBudget/;

const isRefusal = (status: KubernetesStatusError): boolean =>
  status.code === 429 && status.hasCause('DisruptionBudget');
const isSeveral = ({ code, message }: KubernetesStatusError): boolean =>
  code === 500 && severalBudgets.test(message);

/**
 * Asks for one Pod's eviction, by uid, so that a successor under its name is not meant. Asking twice evicts once.
 * What passes by itself is tried again; a refusal is not.
 *
 * @throws StepladderError for trouble that is not this Pod's: credentials, or an API that can't be reached
 */
export async function evict(
  connection: KubernetesConnection,
  { namespace, name, uid }: PodReference,
  options: { gracePeriodSeconds?: number | undefined; signal: AbortSignal },
): Promise<EvictionAnswer> {
  const { gracePeriodSeconds, signal } = options;
  try {
    await connection.change('POST', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, {
      body: {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { namespace, name },
        deleteOptions: {
          preconditions: { uid },
          ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
        },
      },
      signal,
      what: `evict Pod ${namespace}/${name}`,
      isAnswer: (status) => isRefusal(status) || isSeveral(status),
    });
    return { state: 'granted' };
  } catch (error) {
    if (!(error instanceof StepladderError)) throw error;
    return readAnswer(error);
  }
}

/** Throws the error on when it concerns more than this eviction. */
function readAnswer(error: StepladderError): EvictionAnswer {
  const status = statusBehind(error);
  // A missing permission, or nobody there: the same for every Pod.
  if (status === undefined || status.code === 401 || error.details['permission'] !== undefined) throw error;
  const { code, message } = status;
  if (code === 404) return { state: 'gone' };
  if (code === 409) return /\buid\b/i.test(message) ? { state: 'gone' } : { state: 'changed' };
  if (isRefusal(status)) return { state: 'refused', why: causeOf(status) };
  if (isSeveral(status)) return { state: 'several-budgets', why: message };
  if (code === 403 && status.hasCause('NamespaceTerminating')) return { state: 'leaving' };
  return { state: 'failed', why: `the eviction API answered ${code}: ${message}` };
}

function causeOf({ causes, message }: KubernetesStatusError): string {
  return causes.find(({ reason }) => reason === 'DisruptionBudget')?.message ?? message;
}
