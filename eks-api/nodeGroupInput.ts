import { z } from 'zod';
import { invalidParameter } from './errors.ts';
import type { EksErrorSubject } from './errors.ts';
import type { EksUpdateConfig } from './state.ts';
import { eksTaintEffects } from './taints.ts';

const count = z.number().int();

export const scalingConfigSchema = z.object({
  minSize: count.optional(),
  maxSize: count.optional(),
  desiredSize: count.optional(),
});

export const updateConfigSchema = z.object({
  maxUnavailable: count.optional(),
  maxUnavailablePercentage: count.optional(),
  updateStrategy: z.enum(['DEFAULT', 'MINIMAL']).optional(),
});

export const taintSchema = z.object({
  key: z.string().min(1).max(63),
  value: z.string().max(63).optional(),
  effect: z.enum(eksTaintEffects),
});

export const labelsSchema = z.record(z.string().min(1).max(63), z.string().max(63));

export const launchTemplateSchema = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  version: z.string().optional(),
});

/**
 * The sizes of a group after a change; what is not given stays.
 *
 * @throws EksError InvalidParameterException
 */
export function readSizes(
  given: z.infer<typeof scalingConfigSchema> | undefined,
  before: { min: number; max: number; desired: number },
  subject: EksErrorSubject,
): { min: number; max: number; desired: number } {
  const min = given?.minSize ?? before.min;
  const max = given?.maxSize ?? before.max;
  const desired = given?.desiredSize ?? before.desired;
  if (min < 0) throw invalidParameter("Minimum capacity can't be less than 0", subject);
  if (max < 1) throw invalidParameter("Maximum capacity can't be less than 1", subject);
  if (min > desired) {
    throw invalidParameter(`Minimum capacity ${min} can't be greater than desired size ${desired}`, subject);
  }
  if (desired > max) {
    throw invalidParameter(`desired capacity ${desired} can't be greater than max size ${max}`, subject);
  }
  return { min, max, desired };
}

/**
 * The update settings of a group after a change. A number of nodes and a share of them take each other's place; the
 * strategy stays unless another one is given.
 *
 * @throws EksError InvalidParameterException
 */
export function readUpdateConfig(
  given: z.infer<typeof updateConfigSchema>,
  before: EksUpdateConfig,
  subject: EksErrorSubject,
): EksUpdateConfig {
  const { maxUnavailable, maxUnavailablePercentage, updateStrategy = before.updateStrategy } = given;
  if (maxUnavailable !== undefined && maxUnavailablePercentage !== undefined) {
    throw invalidParameter(
      'Invalid update config: only one of maxUnavailable and maxUnavailablePercentage can be given.',
      subject,
    );
  }
  for (const [name, value] of Object.entries({ maxUnavailable, maxUnavailablePercentage })) {
    if (value !== undefined && (value < 1 || value > 100)) {
      throw invalidParameter(`Invalid update config: ${name} must be between 1 and 100.`, subject);
    }
  }
  const amount =
    maxUnavailable !== undefined
      ? { maxUnavailable }
      : maxUnavailablePercentage !== undefined
        ? { maxUnavailablePercentage }
        : amountOf(before);
  return { ...amount, ...(updateStrategy === undefined ? {} : { updateStrategy }) };
}

function amountOf({ maxUnavailable, maxUnavailablePercentage }: EksUpdateConfig): EksUpdateConfig {
  return maxUnavailablePercentage === undefined
    ? { maxUnavailable: maxUnavailable ?? 1 }
    : { maxUnavailablePercentage };
}
