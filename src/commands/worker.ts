import { InvalidArgumentError } from 'commander';
import { defaultTaskQueue } from '../contract/taskQueue.ts';
import type { AddCommand } from './command.ts';
import { portNumber } from './ports.ts';

export interface WorkerOptions {
  taskQueue: string;
  evidence?: string;
  healthPort?: number;
  healthHost?: string;
  metricsPort?: number;
  metricsHost?: string;
  logLevel: 'debug' | 'info' | 'warn' | 'error';
}

const description = [
  'run the worker that carries upgrades out, until SIGTERM or SIGINT',
  'It connects to the Temporal server that TEMPORAL_ADDRESS (with TEMPORAL_NAMESPACE, TEMPORAL_TLS_*, TEMPORAL_API_KEY) or a profile of the Temporal configuration file (TEMPORAL_PROFILE) names; without any to 127.0.0.1:7233. AWS credentials come from where the AWS SDK finds them.',
  'Killed at any moment, its upgrades go on when the next worker starts.',
].join('\n\n');

export const addWorker: AddCommand = (program) => {
  program
    .command('worker')
    .summary('run the worker that carries upgrades out')
    .description(description)
    .option('--task-queue <name>', 'task queue to take work from', defaultTaskQueue)
    .option(
      '--evidence <folder>',
      "where inventories, plans and reports are kept (default: STEPLADDER_EVIDENCE, or the user's data folder)",
    )
    .option('--health-port <port>', 'serve /healthz there; 0 is any free port', portNumber)
    .option('--health-host <address>', 'address of /healthz (default: 127.0.0.1)')
    .option('--metrics-port <port>', 'serve Prometheus metrics there, under /metrics', portNumber)
    .option('--metrics-host <address>', 'address of the metrics (default: 127.0.0.1)')
    .option('--log-level <level>', 'debug, info, warn or error', logLevel, 'info')
    .action(async (options: WorkerOptions) => {
      const { hostWorker } = await import('./hostWorker.ts');
      await hostWorker(options);
    });
};

function logLevel(value: string): string {
  if (['debug', 'info', 'warn', 'error'].includes(value)) return value;
  throw new InvalidArgumentError('It must be debug, info, warn or error.');
}
