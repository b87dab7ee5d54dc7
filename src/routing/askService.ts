import { z } from 'zod';
import type { ServiceTarget } from '../contract/probe.ts';
import { proxiedName } from '../contract/proxiedName.ts';
import type { Answer, Question, Trouble } from '../http/ask.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';

/** How the API server speaks for itself. */
const statusSchema = z.object({
  kind: z.literal('Status'),
  apiVersion: z.literal('v1'),
  reason: z.string(),
  message: z.string().default(''),
});

/** Nobody of a Service could answer, which is known for sure. */
export interface NobodyReady {
  /** One sentence, which becomes that of a probe that fails. */
  bad: string;
}

/** As the API server's proxy says it (kubernetes/kubernetes, pkg/registry/core/service/storage/storage.go, `ResourceLocation`). */
const noEndpoints = 'no endpoints available for service';

/**
 * Asks a Service once, through the API server's proxy (kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services,
 * "Manually constructing apiserver proxy URLs"). Needs permission for `services/proxy`.
 *
 * @returns the answer; as known to be bad that the Service has no endpoint that is Ready, because nobody else could tell
 * that better; or, as trouble, what else the API server says in its own name: that the Service is not there or may not be
 * asked
 */
export async function askService(
  { service }: ServiceTarget,
  path: string,
  question: Omit<Question, 'address'>,
  cluster: Pick<KubernetesConnection, 'askThrough'> | undefined,
  signal: AbortSignal,
): Promise<Answer | Trouble | NobodyReady> {
  const { namespace, name } = service;
  if (cluster === undefined)
    return { trouble: `The cluster of Service ${namespace}/${name} is not reached.` };
  const answer = await cluster.askThrough(
    `/api/v1/namespaces/${namespace}/services/${proxiedName(service)}/proxy${path}`,
    question,
    signal,
  );
  if ('trouble' in answer) return answer;
  const status = statusSchema.safeParse(jsonOf(answer.body));
  if (!status.success || answer.status < 400) return answer;
  const { reason, message } = status.data;
  if (reason === 'ServiceUnavailable' && message.startsWith(noEndpoints)) {
    return { bad: `Service ${namespace}/${name} has no endpoint that is Ready.` };
  }
  return {
    trouble: `The API server answers for Service ${namespace}/${name}: ${answer.status} ${wordOf(reason)}.`,
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
