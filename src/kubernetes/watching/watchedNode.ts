import { z } from 'zod';

/** What a drain has to know of a node. */
export interface WatchedNode {
  name: string;
  uid: string;
  unschedulable: boolean;
}

export const watchedNodeSchema = z
  .object({
    metadata: z.object({ name: z.string(), uid: z.string() }),
    spec: z.object({ unschedulable: z.boolean().nullish() }).nullish(),
  })
  .transform(({ metadata, spec }): WatchedNode => ({
    ...metadata,
    unschedulable: spec?.unschedulable ?? false,
  }));
