import type { Client } from '@temporalio/client';
import type { EvidenceStore } from '../evidence/store.ts';
import { awaitNodeGroupNodesActivity } from './awaitNodeGroupNodes.ts';
import { awaitUpdateActivity } from './awaitUpdate.ts';
import { withBoundary } from './boundary.ts';
import { Clusters } from './clusters.ts';
import { deleteNodeGroupActivity } from './deleteNodeGroup.ts';
import type { ActivityDependencies, ActivityLog } from './dependencies.ts';
import { drainActivities } from './drain.ts';
import { findStuckPodsActivity } from './findStuckPods.ts';
import { guardsActivity } from './guards.ts';
import { identifyActivity } from './identify.ts';
import { inventoryActivities } from './inventories.ts';
import { nodeGroupActivities } from './nodeGroups.ts';
import { migrationActivities } from './migration/index.ts';
import { notifyActivity } from './notify.ts';
import { observeActivity } from './observe.ts';
import { openingActivities } from './openings.ts';
import { planActivity } from './plan.ts';
import { reportActivity } from './report.ts';
import { resizeNodeGroupActivity } from './resizeNodeGroup.ts';
import { temporalContext } from './scope.ts';
import { startUpdateActivities } from './startUpdates.ts';
import { terminateNodesActivity } from './terminateNodes.ts';
import type { Activities } from './types.ts';
import { updateSettingsActivities } from './updateSettings.ts';
import { verifyVersionsActivity } from './versions.ts';
import { toolActivities } from './tools.ts';
import type { ToolActivities } from './toolTypes.ts';
import type { WorkerActivities } from './workerTypes.ts';
import { wavesActivity } from './waves.ts';
import { workflowActivities } from './workflows.ts';
import { workloadActivities } from './workloads.ts';

/** What must be given; for the rest there is what a worker uses. */
export interface ActivityOptions {
  evidence: EvidenceStore;
  temporal?: Pick<Client, 'workflow'>;
  clusters?: Clusters;
  env?: Readonly<Record<string, string | undefined>>;
  now?: () => Date;
  log?: ActivityLog;
}

/** Every side effect of the engine, ready for a worker, or for a command that calls it in its own process. */
export function createActivities(
  options: ActivityOptions,
): Activities & WorkerActivities & ToolActivities & ReturnType<typeof migrationActivities> {
  const dependencies: ActivityDependencies = {
    evidence: options.evidence,
    temporal: options.temporal,
    clusters: options.clusters ?? new Clusters(),
    env: options.env ?? process.env,
    now: options.now ?? (() => new Date()),
    log: options.log ?? {
      warn: (message, fields) => {
        temporalContext()?.log.warn(message, fields);
      },
    },
  };
  return withBoundary({
    ...openingActivities(),
    ...identifyActivity(dependencies),
    ...observeActivity(dependencies),
    ...planActivity(dependencies),
    ...workloadActivities(dependencies),
    ...inventoryActivities(dependencies),
    ...wavesActivity(dependencies),
    ...guardsActivity(dependencies),
    ...startUpdateActivities(dependencies),
    ...awaitUpdateActivity(dependencies),
    ...updateSettingsActivities(dependencies),
    ...nodeGroupActivities(dependencies),
    ...awaitNodeGroupNodesActivity(dependencies),
    ...resizeNodeGroupActivity(dependencies),
    ...deleteNodeGroupActivity(dependencies),
    ...terminateNodesActivity(dependencies),
    ...verifyVersionsActivity(dependencies),
    ...drainActivities(dependencies),
    ...findStuckPodsActivity(dependencies),
    ...toolActivities(dependencies),
    ...migrationActivities(dependencies),
    ...workflowActivities(dependencies),
    ...notifyActivity(dependencies),
    ...reportActivity(dependencies),
  });
}
