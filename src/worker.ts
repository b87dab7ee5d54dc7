import { Worker } from '@temporalio/worker';
import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker';
import type { Logger } from 'pino';
import { dataConverter } from './temporal/dataConverter.ts';
import { startHealthServer } from './temporal/healthServer.ts';
import type { HealthReport } from './temporal/healthServer.ts';
import { loadWorkflowBundle } from './temporal/workflowBundle.ts';

export interface UpgradeWorkerOptions {
  /** From `connectNative`; it stays the caller's to close. */
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  /** What `createActivities` gives. */
  activities: object;
  log: Logger;
  /** Serves `/healthz` on this port; 0 is any free one. Without it there is none. */
  healthPort?: number;
  /** Address that `/healthz` is served on. Default 127.0.0.1. */
  healthHost?: string;
  /** Workflows that are bundled already; without it `loadWorkflowBundle` gives them. */
  workflowBundle?: WorkflowBundleOption;
}

/** A worker that polls. */
export interface UpgradeWorker {
  /** Where `/healthz` answers, if it does. */
  healthUrl?: string;
  /** Resolves when the worker has stopped as it was told to, and rejects when it could not go on. */
  stopped: Promise<void>;
  /** Lets what runs come to a good end, within limits, and resolves when it has. Can be called again. */
  stop(): Promise<void>;
}

/**
 * Activities are told at once that the worker stops; those that have not ended after the grace time are cancelled, and
 * after the force time the process no longer waits for them. Both lie within the 30 s that Kubernetes and systemd give.
 */
const shutdownGraceTime = '10s';
const shutdownForceTime = '25s';

/**
 * For so long Temporal waits for the worker that last ran a workflow before it asks any other: what the successor of a
 * killed worker waits at least. A busy worker that misses it replays the history, which costs little.
 */
const stickyQueueScheduleToStartTimeout = '3s';

/** Each cached workflow takes about a megabyte; hundreds of upgrades at once are rare, and others are replayed. */
const maxCachedWorkflows = 300;

/**
 * Heartbeats carry the progress of nodes and what a retry goes on from. By default they would reach the server only
 * every 12 s.
 */
const maxHeartbeatThrottleInterval = '1s';

/** Most activities wait for EKS or for Pods. */
const maxConcurrentActivityTaskExecutions = 200;

/**
 * Starts a worker and resolves once it polls. Signals are not handled; see `runWorker`.
 *
 * Worker Versioning stays off: it would keep a running upgrade on the code it was started with, but until somebody
 * sets a deployment's current version by command, an upgrade started from the Temporal UI would wait for ever. Instead
 * a newer worker carries on what an older one began (recorded decisions, `patched()`).
 */
export async function startWorker(options: UpgradeWorkerOptions): Promise<UpgradeWorker> {
  const { connection, namespace, taskQueue, activities, log, healthPort, healthHost } = options;
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    activities,
    workflowBundle: options.workflowBundle ?? (await loadWorkflowBundle(log)),
    dataConverter,
    maxCachedWorkflows,
    maxConcurrentActivityTaskExecutions,
    stickyQueueScheduleToStartTimeout,
    maxHeartbeatThrottleInterval,
    shutdownGraceTime,
    shutdownForceTime,
  });
  const health =
    healthPort === undefined
      ? undefined
      : await startHealthServer(() => describeHealth(worker), healthPort, healthHost);
  const stopped = worker.run().finally(() => health?.close());
  // Whoever awaits it is told of a failure; that nobody awaits it yet must not end the process.
  stopped.catch(() => undefined);
  log.info({ namespace, taskQueue, ...(health && { health: health.url }) }, 'Worker is polling');
  return {
    ...(health && { healthUrl: health.url }),
    stopped,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await stopped;
    },
  };
}

/**
 * Runs a worker until the process is told to stop (SIGTERM, SIGINT). A second signal ends the process at once: Temporal
 * gives what was running to the next worker.
 */
export async function runWorker(options: UpgradeWorkerOptions): Promise<void> {
  const { log } = options;
  const worker = await startWorker(options);
  let told = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (told) {
      log.warn({ signal }, 'Stopping at once');
      process.exit(1);
    }
    told = true;
    log.info({ signal }, 'Stopping: what runs is given time to end; the same signal again stops at once');
    // A failure to stop well is told by `stopped`.
    worker.stop().catch(() => undefined);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  try {
    await worker.stopped;
  } finally {
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
  }
  log.info('Worker has stopped');
}

function describeHealth(worker: Worker): HealthReport {
  const state = worker.getState();
  const { workflowPollerState, activityPollerState, numInFlightActivities, numCachedWorkflows } =
    worker.getStatus();
  return {
    healthy: state === 'RUNNING' && workflowPollerState === 'POLLING' && activityPollerState === 'POLLING',
    details: { state, workflowPollerState, activityPollerState, numInFlightActivities, numCachedWorkflows },
  };
}
