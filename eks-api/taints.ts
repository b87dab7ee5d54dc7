import type { Taint } from '@aws-sdk/client-eks';
import type { EksTaint } from './state.ts';

/** EKS writes the effects of taints its own way. */
const effects = {
  NO_SCHEDULE: 'NoSchedule',
  NO_EXECUTE: 'NoExecute',
  PREFER_NO_SCHEDULE: 'PreferNoSchedule',
} as const;

export type EksTaintEffect = keyof typeof effects;
export const eksTaintEffects = ['NO_SCHEDULE', 'NO_EXECUTE', 'PREFER_NO_SCHEDULE'] as const;

/** A taint as EKS's API gives it, as Kubernetes writes it. */
export function taintFromEks(taint: {
  key: string;
  value?: string | undefined;
  effect: EksTaintEffect;
}): EksTaint {
  return {
    key: taint.key,
    effect: effects[taint.effect],
    ...(taint.value === undefined ? {} : { value: taint.value }),
  };
}

/** The other way round. */
export function taintToEks(taint: EksTaint): Taint {
  const effect = eksTaintEffects.find((name) => effects[name] === taint.effect);
  return { key: taint.key, value: taint.value, effect };
}
