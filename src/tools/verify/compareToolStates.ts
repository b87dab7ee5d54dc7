import { compareLeases } from './compareLeases.ts';
import { compareApplications, compareLoadBalancers, compareTargetGroupBindings } from './compareServed.ts';
import { compareWarnings } from './compareWarnings.ts';
import { compareJobs, compareToolWorkloads } from './compareWorkloads.ts';
import type { LeaseSeen, StateComparison, ToolState } from './toolState.ts';

/** The looks between `before` and `after` that were after the change too, and how long is waited. */
export interface LooksBetween {
  /** The first look after the change; absent when `after` is the first. */
  first?: ToolState;
  /** The look right before `after`. */
  previous?: ToolState;
  /** Leases as these looks saw them first with their newest holders: `noteTaken`. */
  taken?: LeaseSeen[];
  /** When nobody waits any longer; the moment of `after` when it is the last. */
  until?: Date;
}

/** The parts of a state, as people call them. */
const partNames: Record<string, string> = {
  release: 'the Helm release',
  workloads: 'the workloads of the tool',
  jobs: 'the Jobs of its CronJobs',
  applications: 'the Applications of Argo CD',
  loadBalancers: 'the load balancers of Ingresses, Services and Gateways',
  targetGroupBindings: 'the TargetGroupBindings',
  leases: 'the Leases of its controllers',
  warnings: 'its Warning Events',
};

/**
 * What is not as it was before a change of the tool, or not yet well again. Pure: two looks and nothing else decide.
 * Each line names its object: `Application shop/web: Degraded, was Healthy`.
 */
export function compareToolStates(
  before: ToolState,
  after: ToolState,
  { first, previous, taken, until = new Date(after.lookedAt) }: LooksBetween = {},
): StateComparison {
  const applications = compareApplications(before, after);
  const jobs = compareJobs(before, after, { from: new Date((first ?? after).lookedAt), until });
  return {
    problems: [
      ...compareToolWorkloads(before, after),
      ...compareLeases(before, after, taken),
      ...applications.problems,
      ...compareLoadBalancers(before, after),
      ...compareTargetGroupBindings(before, after),
      ...jobs.problems,
      ...compareWarnings(before, after, previous),
    ],
    unknown: [...unseenParts(before, after), ...jobs.unknown],
    notes: [...applications.notes, ...jobs.notes],
  };
}

function unseenParts(before: ToolState, after: ToolState): string[] {
  const now = new Set(after.unknown.map(({ part }) => part));
  return [
    ...after.unknown.map(
      ({ part, reason }) => `It could not be looked at: ${partNames[part] ?? part}. ${reason}`,
    ),
    ...before.unknown
      .filter(({ part }) => !now.has(part))
      .map(
        ({ part, reason }) =>
          `It could not be looked at before the change: ${partNames[part] ?? part}. ${reason}`,
      ),
  ];
}
