import { argoCd } from './argoCd.ts';
import { awsLoadBalancerController } from './awsLoadBalancerController.ts';
import { descheduler } from './descheduler.ts';
import { externalDns } from './externalDns.ts';
import { generic } from './generic.ts';
import type { ToolProfile } from './profile.ts';

export type { Served, ToolProfile } from './profile.ts';

/** The tools that are known, in the order of their names. */
export const knownTools: readonly ToolProfile[] = [
  argoCd,
  awsLoadBalancerController,
  descheduler,
  externalDns,
];

/** The profile of a tool by its name in the request; the generic one for a name that is not known. */
export function profileOf(name: string): ToolProfile {
  return knownTools.find((profile) => profile.name === name) ?? generic(name);
}
