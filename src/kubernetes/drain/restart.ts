import { z } from 'zod';
import type { OwnerReference } from '../../contract/workers.ts';
import type { KubernetesConnection } from '../connection.ts';
import { statusBehind } from '../errors.ts';
import { parse } from '../list.ts';

/** The annotation by which `kubectl rollout restart` makes a new Pod template. */
const restartedAtAnnotation = 'kubectl.kubernetes.io/restartedAt';

const resources: ReadonlyMap<string, string> = new Map([
  ['Deployment', 'deployments'],
  ['StatefulSet', 'statefulsets'],
]);

const ownerSchema = z.object({
  metadata: z.object({ uid: z.string(), resourceVersion: z.string() }),
  spec: z.object({
    paused: z.boolean().nullish(),
    updateStrategy: z.object({ type: z.string().nullish() }).nullish(),
    template: z.object({
      metadata: z.object({ annotations: z.record(z.string(), z.string()).nullish() }).nullish(),
    }),
  }),
});

/**
 * Rolls an owner as `kubectl rollout restart` does: its controller replaces all of its Pods by its own rules.
 *
 * @param restartedAt what is written down; the same again is the same restart
 * @returns undefined when it rolls, or why it does not and what to do
 * @throws StepladderError as `KubernetesConnection.change`
 */
export async function restartOwner(
  connection: KubernetesConnection,
  owner: OwnerReference,
  restartedAt: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const name = `${owner.kind} ${owner.namespace}/${owner.name}`;
  const resource = owner.apiVersion === 'apps/v1' ? resources.get(owner.kind) : undefined;
  if (resource === undefined)
    return `${name} can't be rolled by a restart, only a Deployment or a StatefulSet can. Restart its Pods by what made it.`;
  const path = `/apis/apps/v1/namespaces/${owner.namespace}/${resource}/${owner.name}`;
  try {
    const answer = await connection.getJson(path, { signal, what: `read ${name}` });
    const { metadata, spec } = parse(ownerSchema, answer, `a ${owner.kind}`);
    if (metadata.uid !== owner.uid) return `${name} has been made anew meanwhile, so its Pods are others.`;
    if (spec.paused === true) return `${name} is paused, so it does not roll. Resume its rollout first.`;
    if (spec.updateStrategy?.type === 'OnDelete')
      return `${name} has the update strategy OnDelete, so it does not roll by itself. Delete its Pod, or decide for force.`;
    if (spec.template.metadata?.annotations?.[restartedAtAnnotation] === restartedAt) return undefined;
    await connection.change('PATCH', path, {
      body: { spec: { template: { metadata: { annotations: { [restartedAtAnnotation]: restartedAt } } } } },
      signal,
      what: `restart ${name}`,
    });
    return undefined;
  } catch (error) {
    if (statusBehind(error)?.code === 404) return `${name} is gone.`;
    throw error;
  }
}
