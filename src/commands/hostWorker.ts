import { resolve } from 'node:path';
import { createActivities } from '../activities/createActivities.ts';
import { Clusters } from '../activities/clusters.ts';
import { evidenceFolder, openFolderStore } from '../evidence/folderStore.ts';
import { configuredTemporal, connectNative, connectTemporal } from '../temporal/connection.ts';
import { createLogger } from '../temporal/logger.ts';
import { installRuntime } from '../temporal/runtime.ts';
import { ensureSearchAttributes } from '../temporal/searchAttributes.ts';
import { runWorker } from '../worker.ts';
import type { WorkerOptions } from './worker.ts';

/** Runs a worker in this process until it is told to stop. */
export async function hostWorker(options: WorkerOptions): Promise<void> {
  const { taskQueue, healthPort, healthHost, metricsPort, metricsHost, logLevel } = options;
  const log = createLogger({ level: logLevel });
  installRuntime({
    log,
    ...(metricsPort === undefined ? {} : { metricsPort }),
    ...(metricsHost === undefined ? {} : { metricsHost }),
  });
  const settings = configuredTemporal();
  const { namespace, connectionOptions, source } = settings;
  const folder = options.evidence === undefined ? evidenceFolder(process.env) : resolve(options.evidence);
  log.info({ address: connectionOptions.address, from: source, namespace, evidence: folder }, 'Connecting');
  const temporal = await connectTemporal(settings);
  const clusters = new Clusters();
  try {
    const { created } = await ensureSearchAttributes(temporal.connection, namespace);
    if (created.length > 0) log.info({ created }, 'Search attributes created');
    const connection = await connectNative(settings);
    try {
      await runWorker({
        connection,
        namespace,
        taskQueue,
        activities: createActivities({
          evidence: openFolderStore(folder),
          temporal: temporal.client,
          clusters,
        }),
        log,
        ...(healthPort === undefined ? {} : { healthPort }),
        ...(healthHost === undefined ? {} : { healthHost }),
      });
    } finally {
      await connection.close();
    }
  } finally {
    await clusters.close();
    await temporal.close();
  }
}
