import { z } from 'zod';
import type { ObservedBudget } from '../plan/observedWorkloads.ts';
import type { KubernetesConnection } from './connection.ts';
import { labelSelectorSchema } from './labelSelectorSchema.ts';
import { listObjects } from './list.ts';

const count = z.number().default(0);
const countOrPercentage = z.union([z.number(), z.string()]);

const budgetSchema = z
  .object({
    metadata: z.object({ namespace: z.string(), name: z.string(), generation: z.number().default(1) }),
    spec: z.object({
      selector: labelSelectorSchema.nullish(),
      minAvailable: countOrPercentage.nullish(),
      maxUnavailable: countOrPercentage.nullish(),
      unhealthyPodEvictionPolicy: z.string().nullish(),
    }),
    status: z
      .object({
        observedGeneration: count,
        disruptionsAllowed: count,
        currentHealthy: count,
        desiredHealthy: count,
        expectedPods: count,
        conditions: z
          .array(
            z.object({
              type: z.string(),
              status: z.string(),
              reason: z.string().optional(),
              message: z.string().optional(),
            }),
          )
          .nullish(),
      })
      .prefault({}),
  })
  .transform(({ metadata, spec, status }): ObservedBudget => {
    const { observedGeneration, conditions, ...numbers } = status;
    const failed = conditions?.find(
      ({ type, reason }) => type === 'DisruptionAllowed' && reason === 'SyncFailed',
    );
    return {
      namespace: metadata.namespace,
      name: metadata.name,
      ...(spec.selector ? { selector: spec.selector } : {}),
      ...(spec.minAvailable === undefined || spec.minAvailable === null
        ? {}
        : { minAvailable: spec.minAvailable }),
      ...(spec.maxUnavailable === undefined || spec.maxUnavailable === null
        ? {}
        : { maxUnavailable: spec.maxUnavailable }),
      ...(spec.unhealthyPodEvictionPolicy
        ? { unhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy }
        : {}),
      // Numbers of an older version say nothing about this one.
      ...(observedGeneration >= metadata.generation ? { status: numbers } : {}),
      ...(failed === undefined ? {} : { syncFailed: failed.message ?? 'no reason given' }),
    };
  });

/** All PodDisruptionBudgets, by namespace and name. Throws as `KubernetesConnection.getJson`. */
export async function listBudgets(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<ObservedBudget[]> {
  return listObjects(connection, '/apis/policy/v1/poddisruptionbudgets', budgetSchema, {
    name: 'poddisruptionbudgets.policy',
    signal,
  });
}
