import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { ActivityOptions } from '@temporalio/workflow';
import type { MigrationActivities } from '../activities/migrationTypes.ts';
import type { ToolActivities } from '../activities/toolTypes.ts';
import type { Activities as ClusterActivities } from '../activities/types.ts';
import type { WorkerActivities } from '../activities/workerTypes.ts';
import { nonRetryableErrorTypes } from '../contract/errors.ts';

type Activities = ClusterActivities & WorkerActivities & ToolActivities & MigrationActivities;

/**
 * Temporal retries what passes by itself (throttling, server errors, a worker that died). What a person or the
 * passage of time must mend comes back to the workflow at once: `steadily` turns it into a named wait.
 */
const retry = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '15s',
  maximumAttempts: 8,
  nonRetryableErrorTypes,
} satisfies ActivityOptions['retry'];

/** For looks and single calls: done in seconds. */
const quick: ActivityOptions = { startToCloseTimeout: '25s', retry };

/** For work that pages through a cluster or waits in it: alive as long as it heartbeats. */
const long: ActivityOptions = { startToCloseTimeout: '12h', heartbeatTimeout: '15s', retry };

/**
 * What changes nodes and can be cancelled on the way: its end is waited for, so that what undoes it does not run
 * beside it.
 */
const withEnd: readonly (keyof Activities)[] = [
  'createNodeGroup',
  'awaitNodeGroupNodes',
  'cordonNodes',
  'holdOffAutoscalers',
  'drainWave',
  'restartOwners',
  'deletePods',
  'deletePodsOnceReplaced',
  'createGreenCluster',
  'grantGreenAccess',
  'trustGreen',
  'createGreenAddons',
  'createGreenNodeGroups',
  'installGreenTools',
  'copyResources',
  'holdWork',
  'releaseWork',
];

const longOnes: readonly (keyof Activities)[] = [
  'observeCluster',
  'takeBaseline',
  'verifyWorkloads',
  'takeInventory',
  'compareInventories',
  'awaitUpdate',
  'restoreUpdateSettings',
  'verifyVersions',
  'awaitNodeGroupNodes',
  'deleteNodeGroup',
  'cordonNodes',
  'uncordonNodes',
  'holdOffAutoscalers',
  'releaseAutoscalers',
  'nextWave',
  'drainWave',
  'verifyOwners',
  'excludeFromLoadBalancers',
  'terminateNodes',
  'findStuckPods',
  'deletePodsOnceReplaced',
  'prepareTool',
  'applyToolCrds',
  'upgradeTool',
  'verifyTool',
  'rollBackTool',
  'awaitToolInGit',
  'awaitGreenCluster',
  'grantGreenAccess',
  'trustGreen',
  'distrustGreen',
  'createGreenAddons',
  'awaitGreenAddons',
  'createGreenNodeGroups',
  'installGreenTools',
  'copyResources',
  'compareSides',
  'verifyGreenWorkloads',
  'holdWork',
  'releaseWork',
  'probeGreen',
  'lookAtStep',
  'removeGreenCluster',
  'deleteBlueCluster',
];

const proxy = proxyActivities<Activities>(quick);

/**
 * Calls an activity with a summary, which the Temporal UI shows beside it.
 *
 * @param name which activity
 * @param summary one line: what is done to what
 * @param input what the activity takes
 */
export function perform<Name extends keyof Activities>(
  name: Name,
  summary: string,
  input: Parameters<Activities[Name]>[0],
): Promise<Awaited<ReturnType<Activities[Name]>>> {
  const options = {
    ...(longOnes.includes(name) ? long : quick),
    ...(withEnd.includes(name)
      ? { cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED }
      : {}),
    summary,
  };
  // Each member of the proxy is a function of one input; TypeScript can't see that through the generic name.
  const activity = proxy[name] as unknown as {
    executeWithOptions(
      options: ActivityOptions,
      args: [typeof input],
    ): Promise<Awaited<ReturnType<Activities[Name]>>>;
  };
  return activity.executeWithOptions(options, [input]);
}
