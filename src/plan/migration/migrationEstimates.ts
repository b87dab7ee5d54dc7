import { durationMs } from '../../contract/duration.ts';
import type { MigrationStage } from '../../contract/migration.ts';
import type { MinorVersion, StageEstimate } from '../../contract/plan.ts';
import type { ObservedMigration } from '../observedMigration.ts';

/** What the stages of a migration are thought to take when nothing has been measured yet. Seconds, at scale 1. */
export const migrationEstimateDefaults = {
  /** EKS makes a control plane in about ten minutes. */
  controlPlane: 600,
  /** Access entries, Pod identities, the OIDC provider and trust policies. */
  access: 60,
  /** Add-ons are made one after another and become ACTIVE side by side. */
  addons: 120,
  addon: 5,
  /** Node groups are made side by side: their machines boot and join. */
  workers: 240,
  /** A hundred machines more take so much longer to be had. */
  hundredNodes: 60,
  tool: 180,
  /** Copying looks at all kinds first. */
  resources: 60,
  objectsASecond: 20,
  /** Inventories are compared, and workloads become Ready. */
  verification: 180,
  /** A probe is asked several times in a row. */
  probe: 10,
  /** A cluster goes with its nodes. */
  deletion: 900,
} as const;

/**
 * How long each stage of a migration is thought to take, the soaks of the cutover and the time for which blue is kept
 * included; waiting for people is not.
 *
 * @param input.scale the request's `timing.scale`, by which rehearsals are faster
 */
export function estimateMigration(input: {
  stages: readonly MigrationStage[];
  resources: ObservedMigration['resources'];
  target: MinorVersion;
  scale: number;
}): StageEstimate[] {
  const { stages, resources, target, scale } = input;
  return stages.map((stage) => ({
    hop: target,
    stage: stage.stage,
    seconds: Math.round(secondsOf(stage, resources) * scale * 10) / 10,
  }));
}

function secondsOf(stage: MigrationStage, { counts }: ObservedMigration['resources']): number {
  const takes = migrationEstimateDefaults;
  switch (stage.stage) {
    case 'green-cluster':
      return (stage.create ? takes.controlPlane : 0) + takes.access;
    case 'green-add-ons':
      return stage.addons.length === 0 ? 0 : takes.addons + stage.addons.length * takes.addon;
    case 'green-workers': {
      const nodes = stage.nodeGroups.reduce((sum, { size }) => sum + size.desired, 0);
      return nodes === 0 ? 0 : takes.workers + Math.floor(nodes / 100) * takes.hundredNodes;
    }
    case 'green-tools':
      return stage.tools.length * takes.tool;
    case 'resources': {
      const objects = Object.values(counts).reduce((sum, count) => sum + count, 0);
      return takes.resources + objects / takes.objectsASecond;
    }
    case 'green-verification':
      return takes.verification + stage.probes.length * takes.probe;
    case 'cutover':
      return (stage.weights.length * durationMs(stage.soak)) / 1000;
    case 'retirement':
      return durationMs(stage.keepOldFor) / 1000 + takes.deletion;
  }
}
