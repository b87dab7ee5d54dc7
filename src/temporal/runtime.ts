import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { temporalLogger } from './logger.ts';
import { loopback } from '../processes/ports.ts';

export interface RuntimeSettings {
  log: Logger;
  /** Serves the worker's Prometheus metrics on this port, under /metrics. */
  metricsPort?: number;
  /** Address that the metrics are served on. Default 127.0.0.1. */
  metricsHost?: string;
}

let installed = false;

/**
 * Sets up what a process has once for all its workers: log and metrics. It must be called before the first
 * `connectNative`; a second call changes nothing.
 */
export function installRuntime({ log, metricsPort, metricsHost = loopback }: RuntimeSettings): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: temporalLogger(log),
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} },
      ...(metricsPort === undefined
        ? {}
        : { metrics: { prometheus: { bindAddress: `${metricsHost}:${metricsPort}` } } }),
    },
    // Signals are ours to handle: in the demo the worker is not the only thing to stop.
    shutdownSignals: [],
  });
}
