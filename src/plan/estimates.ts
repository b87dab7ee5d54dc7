import type { Plan, PlannedStage, StageEstimate } from '../contract/plan.ts';
import type { Observation, ObservedNodeGroup } from './observation.ts';
import { nodesAtOnce, ownSettings } from './updateSettings.ts';

/** What stages are thought to take when nothing has been measured yet. Seconds, at scale 1. */
export const estimateDefaults = {
  /** EKS replaces a control plane in about ten minutes. */
  controlPlane: 600,
  addon: 120,
  verification: 60,
  /** The phases of a managed node group's update. */
  nodeGroup: {
    /** A new version of the launch template, and the group's own bookkeeping. */
    setup: 60,
    /** New nodes are ordered all at once, boot and join. `MINIMAL` leaves this out. */
    scaleUp: 180,
    /** A node is drained, ended and replaced; as many at once as the group's settings say. */
    node: 300,
    scaleDown: 60,
  },
} as const;

/**
 * How long each stage of a plan is thought to take.
 *
 * @param input.scale the request's `timing.scale`, by which rehearsals are faster
 */
export function estimateStages(input: {
  plan: Plan;
  observation: Observation;
  scale: number;
}): StageEstimate[] {
  const { plan, observation, scale } = input;
  return plan.hops.flatMap((hop) =>
    hop.stages.map((stage) => ({
      hop: hop.to,
      stage: stage.stage,
      ...(stage.stage === 'workers' ? { nodeGroup: stage.nodeGroup } : {}),
      seconds: round(secondsOf(stage, observation) * scale),
    })),
  );
}

function secondsOf(stage: PlannedStage, observation: Observation): number {
  switch (stage.stage) {
    case 'control-plane':
      return estimateDefaults.controlPlane;
    case 'add-ons':
      return stage.addons.length * estimateDefaults.addon;
    case 'verification':
      return estimateDefaults.verification;
    case 'workers': {
      const group = observation.nodeGroups.find((each) => each.name === stage.nodeGroup);
      const settings = stage.strategy === 'managed' ? stage.updateSettings : undefined;
      return group === undefined ? 0 : nodeGroupSeconds(group, settings ?? ownSettings(group));
    }
  }
}

function nodeGroupSeconds(group: ObservedNodeGroup, settings: ObservedNodeGroup['updateSettings']): number {
  const { setup, scaleUp, node, scaleDown } = estimateDefaults.nodeGroup;
  const nodes = group.size.desired;
  if (nodes === 0) return setup;
  const rounds = Math.ceil(nodes / nodesAtOnce(settings, nodes));
  const minimal = settings.updateStrategy === 'MINIMAL';
  return setup + (minimal ? 0 : scaleUp) + rounds * node + (minimal ? 0 : scaleDown);
}

/** Tenths of a second are kept, for rehearsals in which a stage takes less than one. */
function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

export { remaining } from './remaining.ts';
