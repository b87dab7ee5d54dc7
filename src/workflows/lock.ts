import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { CancellationScope, ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import type { ClusterIdentity } from '../contract/cluster.ts';
import { lockWorkflowId } from '../contract/workflowTypes.ts';
import { perform } from './activities.ts';
import { clusterLock, releaseLock } from './clusterLock.ts';
import { failure } from './failures.ts';

/**
 * Holds a cluster for this workflow (rule 16), so that nobody else upgrades it at the same time.
 *
 * @returns what lets it go again
 * @throws ApplicationFailure `ClusterLocked`, naming who holds it
 */
export async function holdCluster(cluster: string, identity: ClusterIdentity): Promise<() => Promise<void>> {
  const { workflowId, runId } = workflowInfo();
  const lockId = lockWorkflowId(identity.arn);
  try {
    // Outside the cancellable scope: an upgrade that is being aborted still holds its cluster until it has finished.
    const lock = await CancellationScope.nonCancellable(() =>
      startChild(clusterLock, {
        workflowId: lockId,
        args: [{ workflowId, runId, cluster }],
        parentClosePolicy: ParentClosePolicy.TERMINATE,
        staticSummary: `held by ${workflowId}`,
      }),
    );
    return () =>
      CancellationScope.nonCancellable(async () => {
        try {
          await lock.signal(releaseLock);
          await lock.result();
        } catch {
          // Somebody has ended the lock itself: it is gone, and how the upgrade ended stays what it is.
        }
      });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const holder = await perform('describeLockHolder', `Who holds ${cluster}?`, { lockId });
    throw failure(
      'ClusterLocked',
      holder === undefined
        ? `Cluster ${cluster} was being upgraded by another workflow, which has just ended. Nothing was touched; start again.`
        : `Cluster ${cluster} is being upgraded by workflow ${holder.workflowId} (run ${holder.runId}). Nothing was touched. Wait for its end, or abort it first.`,
      { lockId, ...(holder === undefined ? {} : { holder }) },
    );
  }
}
