// Run as a process of its own, to be stopped and killed: a worker for the listener workflow.
//   listenerWorker.ts ADDRESS TASK_QUEUE BUNDLE
import { setTimeout as sleep } from 'node:timers/promises';
import { connectNative, explicitTemporal } from '../../src/temporal/connection.ts';
import { createLogger } from '../../src/temporal/logger.ts';
import { installRuntime } from '../../src/temporal/runtime.ts';
import { runWorker } from '../../src/worker.ts';

const [address = '', taskQueue = '', codePath = ''] = process.argv.slice(2);
const log = createLogger({ format: 'json' });
installRuntime({ log, metricsPort: Number(process.env['METRICS_PORT'] ?? 0) });
const settings = explicitTemporal(address);
const connection = await connectNative(settings);
await runWorker({
  connection,
  namespace: settings.namespace,
  taskQueue,
  activities: {
    async work(milliseconds: number) {
      log.info('activity begins');
      await sleep(milliseconds);
      return 'worked';
    },
  },
  log,
  healthPort: 0,
  workflowBundle: { codePath },
});
await connection.close();
