import { condition, defineSignal, setCurrentDetails, setHandler } from '@temporalio/workflow';

/** Sent by the holder when it has ended. */
export const releaseLock = defineSignal('release');

/**
 * Is held while a cluster is being upgraded: its workflow ID is made of the cluster's ARN, so a second one can't be
 * started. It goes with its holder, also when that is terminated (parent close policy TERMINATE).
 *
 * @param holder the root workflow that holds it
 */
export async function clusterLock(holder: {
  workflowId: string;
  runId: string;
  cluster: string;
}): Promise<void> {
  let released = false;
  setHandler(releaseLock, () => {
    released = true;
  });
  setCurrentDetails(`Cluster **${holder.cluster}** is being upgraded by \`${holder.workflowId}\`.`);
  await condition(() => released);
}
