import { z } from 'zod';
import type { ServiceTarget } from '../contract/probe.ts';
import type { Answer, Question, Trouble } from '../http/ask.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';

/** How the API server speaks for itself. */
const statusSchema = z.object({ kind: z.literal('Status'), apiVersion: z.literal('v1'), reason: z.string() });

/**
 * Asks a Service once, through the API server's proxy (kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services,
 * "Manually constructing apiserver proxy URLs"). Needs permission for `services/proxy`.
 *
 * @returns the answer; or, as trouble, what the API server says in its own name: that the Service is not there, has no
 * endpoint that is Ready, or may not be asked
 */
export async function askService(
  { service }: ServiceTarget,
  path: string,
  question: Omit<Question, 'address'>,
  cluster: Pick<KubernetesConnection, 'askThrough'> | undefined,
  signal: AbortSignal,
): Promise<Answer | Trouble> {
  const { namespace, name, port, https } = service;
  if (cluster === undefined)
    return { trouble: `The cluster of Service ${namespace}/${name} is not reached.` };
  const id = `${https ? 'https:' : ''}${name}:${port}`;
  const answer = await cluster.askThrough(
    `/api/v1/namespaces/${namespace}/services/${id}/proxy${path}`,
    question,
    signal,
  );
  if ('trouble' in answer) return answer;
  const status = statusSchema.safeParse(jsonOf(answer.body));
  if (!status.success || answer.status < 400) return answer;
  return {
    trouble: `The API server answers for Service ${namespace}/${name}: ${answer.status} ${wordOf(status.data.reason)}.`,
  };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** A reason is one word; anything else did not come from the API server. */
const wordOf = (reason: string): string => (/^[A-Za-z]{1,40}$/.test(reason) ? reason : 'for no reason given');
