import { z } from 'zod';
import type { LabelRequirement, LabelSelector } from '../plan/labelSelector.ts';

export const requirementSchema = z
  .object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() })
  .transform(({ key, operator, values }): LabelRequirement => ({
    key,
    operator,
    ...(values ? { values } : {}),
  }));

export const labelSelectorSchema = z
  .object({
    matchLabels: z.record(z.string(), z.string()).nullish(),
    matchExpressions: z.array(requirementSchema).nullish(),
  })
  .transform(({ matchLabels, matchExpressions }): LabelSelector => ({
    ...(matchLabels ? { matchLabels } : {}),
    ...(matchExpressions ? { matchExpressions } : {}),
  }));
