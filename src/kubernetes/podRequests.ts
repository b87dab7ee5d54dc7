import { z } from 'zod';
import type { Resources } from '../plan/fit/types.ts';
import { parseQuantity } from './quantity.ts';

/** A list of resources as numbers. What is no quantity is left out: the API server lets none through. */
export const resourcesSchema = z
  .record(z.string(), z.union([z.string(), z.number()]))
  .transform((quantities): Resources => {
    const amounts: Resources = {};
    for (const [resource, quantity] of Object.entries(quantities)) {
      const amount = parseQuantity(quantity);
      if (amount !== undefined) amounts[resource] = amount;
    }
    return amounts;
  });

const requestsSchema = z.object({ requests: resourcesSchema.optional() }).optional();

export const requestingContainerSchema = z.object({
  restartPolicy: z.string().optional(),
  resources: requestsSchema,
});

/** The fields of a Pod's spec that its requests are made of. */
export const requestingSpecFields = {
  containers: z.array(requestingContainerSchema).default([]),
  initContainers: z.array(requestingContainerSchema).optional(),
  resources: requestsSchema,
  overhead: resourcesSchema.optional(),
};

type RequestingSpec = z.infer<z.ZodObject<typeof requestingSpecFields>>;

/**
 * What the scheduler reckons a Pod with: the containers together, or the most that it takes while it starts, whichever
 * is more; sidecars (init containers that are restarted always) run beside all that comes after them. What the Pod
 * itself asks for (`spec.resources`) takes the place of that; its overhead comes on top.
 */
export function podRequests({
  containers,
  initContainers = [],
  resources,
  overhead = {},
}: RequestingSpec): Resources {
  const running: Resources = {};
  const starting: Resources = {};
  const sidecars: Resources = {};
  for (const container of containers) add(running, container.resources?.requests ?? {});
  for (const { restartPolicy, resources: own } of initContainers) {
    const requests = own?.requests ?? {};
    if (restartPolicy === 'Always') {
      add(running, requests);
      add(sidecars, requests);
      raise(starting, sidecars);
    } else {
      const step = { ...sidecars };
      add(step, requests);
      raise(starting, step);
    }
  }
  raise(running, starting);
  Object.assign(running, resources?.requests);
  add(running, overhead);
  return running;
}

function add(sum: Resources, more: Resources): void {
  for (const [resource, amount] of Object.entries(more)) sum[resource] = (sum[resource] ?? 0) + amount;
}

function raise(level: Resources, other: Resources): void {
  for (const [resource, amount] of Object.entries(other))
    level[resource] = Math.max(level[resource] ?? 0, amount);
}
