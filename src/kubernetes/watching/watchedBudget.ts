import { z } from 'zod';
import type { LabelSelector } from '../../plan/labelSelector.ts';
import { labelSelectorSchema } from '../labelSelectorSchema.ts';

/** What a drain has to know of a PodDisruptionBudget. */
export interface WatchedBudget {
  namespace: string;
  name: string;
  /** Its resourceVersion, as a number: a later change has a higher one. */
  version: number;
  /** Undefined for a budget without a selector, which selects nothing. */
  selector: LabelSelector | undefined;
  unhealthyPodEvictionPolicy: 'IfHealthyBudget' | 'AlwaysAllow';
  generation: number;
  /** The generation that the numbers below belong to; 0 while there are none. */
  observedGeneration: number;
  disruptionsAllowed: number;
  currentHealthy: number;
  desiredHealthy: number;
  expectedPods: number;
  /** Names of Pods whose eviction was granted and that its controller has not yet seen go. */
  disruptedPods: ReadonlySet<string>;
  /** Why its controller could not compute it, if so. */
  syncFailed: string | undefined;
}

const count = z.number().default(0);

export const watchedBudgetSchema = z
  .object({
    metadata: z.object({
      namespace: z.string(),
      name: z.string(),
      resourceVersion: z.string().default(''),
      generation: z.number().default(0),
    }),
    spec: z
      .object({ selector: labelSelectorSchema.nullish(), unhealthyPodEvictionPolicy: z.string().nullish() })
      .prefault({}),
    status: z
      .object({
        observedGeneration: count,
        disruptionsAllowed: count,
        currentHealthy: count,
        desiredHealthy: count,
        expectedPods: count,
        disruptedPods: z.record(z.string(), z.unknown()).nullish(),
        conditions: z
          .array(z.object({ type: z.string(), reason: z.string().nullish(), message: z.string().nullish() }))
          .nullish(),
      })
      .prefault({}),
  })
  .transform(({ metadata, spec, status }): WatchedBudget => {
    const { conditions, disruptedPods, ...numbers } = status;
    const condition = (conditions ?? []).find(({ type }) => type === 'DisruptionAllowed');
    return {
      namespace: metadata.namespace,
      name: metadata.name,
      version: Number(metadata.resourceVersion),
      selector: spec.selector ?? undefined,
      unhealthyPodEvictionPolicy:
        spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' ? 'AlwaysAllow' : 'IfHealthyBudget',
      generation: metadata.generation,
      ...numbers,
      disruptedPods: new Set(Object.keys(disruptedPods ?? {})),
      syncFailed: condition?.reason === 'SyncFailed' ? (condition.message ?? '') : undefined,
    };
  });
