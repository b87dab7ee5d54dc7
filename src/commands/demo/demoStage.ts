import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultTaskQueue } from '../../contract/taskQueue.ts';
import { connectTemporal, explicitTemporal } from '../../temporal/connection.ts';
import type { TemporalClient } from '../../temporal/connection.ts';
import { startEmbeddedServer } from '../../temporal/embedded.ts';
import type { EmbeddedServer } from '../../temporal/embedded.ts';
import { loadScenario } from '../../../scenario/scenario.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import type { LoadCount } from '../../../elb-api/index.ts';
import { startSimulator } from '../../../simulator/start.ts';
import type { RunningSimulator } from '../../../simulator/start.ts';
import type { DemoOptions } from '../demo.ts';
import { styleOf } from '../rendering/style.ts';
import type { Terminal } from '../terminal.ts';
import type { Cleanups } from './cleanups.ts';
import { demoMigration } from './demoMigration.ts';
import { demoSpeed } from './demoRequest.ts';
import type { DemoUsers } from './demoUsers.ts';
import { keepWorker } from './keepWorker.ts';
import type { KeptWorker } from './keepWorker.ts';
import { workerEnvironment } from './workerEnvironment.ts';
import { startWorkerProcess } from './workerProcess.ts';

/** Everything that the demo has started. */
export interface DemoStage {
  server: EmbeddedServer;
  temporal: TemporalClient;
  worker: KeptWorker;
  /** For what the demo writes; removed with everything else. */
  folder: string;
  evidenceFolder: string;
  simulator: Readonly<Record<string, string>>;
  /** Users who come in by a load balancer all the while; only where they are sent to another cluster. */
  users?: DemoUsers;
}

/**
 * Starts a Temporal server, a simulated cluster and a worker, all of them the demo's own.
 *
 * @param cleanups gets what undoes each of them, as soon as it is there
 */
export async function setStage(
  options: DemoOptions,
  terminal: Terminal,
  cleanups: Cleanups,
): Promise<DemoStage> {
  const style = styleOf(terminal.colors.err);
  const step = (text: string) => terminal.note(style.faint(text));
  const folder = await mkdtemp(join(tmpdir(), 'stepladder-demo-'));
  cleanups.add(() => rm(folder, { recursive: true, force: true }));
  const evidenceFolder = join(folder, 'evidence');
  const emptyFile = join(folder, 'empty');
  await Promise.all([mkdir(evidenceFolder), writeFile(emptyFile, '')]);

  step('Starting a Temporal server of its own …');
  const server = await startEmbeddedServer({ log: step });
  cleanups.add(() => server.close());
  const { address, namespace, uiUrl } = server;

  step('Starting a simulated EKS cluster …');
  const isMigration = options.strategy === 'blue-green';
  const scenario = isMigration ? quickToEnd(loadScenario(options.scenario)) : loadScenario(options.scenario);
  const simulator = await startSimulator({
    scenario,
    speed: options.speed ?? demoSpeed,
  });
  cleanups.add(() => simulator.close());

  const users = isMigration ? await sendUsers(simulator, scenario) : undefined;
  if (users !== undefined) step(`Users come in at ${users.address}, and are counted all the while.`);

  step('Starting a worker (it bundles the workflows first) …');
  const environment = workerEnvironment(terminal.env, {
    address,
    namespace,
    simulator: simulator.environment,
    evidenceFolder,
    emptyFile,
  });
  const worker = await keepWorker(
    () => startWorkerProcess(environment, defaultTaskQueue),
    (line) => terminal.note(line),
  );
  cleanups.add(() => worker.stop());

  const temporal = await connectTemporal(explicitTemporal(address, namespace));
  cleanups.add(() => temporal.close());
  terminal.note(`Temporal UI: ${style.title(uiUrl)}`);
  return {
    server,
    temporal,
    worker,
    folder,
    evidenceFolder,
    simulator: simulator.environment,
    ...(users === undefined ? {} : { users }),
  };
}

/**
 * EKS drains the nodes of a cluster that goes, and its budgets hold Pods back that have nowhere else to go until EKS gives
 * that up after 15 minutes. There is nothing to see in that: here it does so after two.
 */
const quickToEnd = (scenario: Scenario): Scenario => ({
  ...scenario,
  timings: { ...scenario.timings, podEvictionTimeout: Math.min(120, scenario.timings.podEvictionTimeout) },
});

/** As many requests as two cores take beside everything else: some fifty in a second. */
const load = { users: 2, pauseMs: 35 };

async function sendUsers({ loadBalancers }: RunningSimulator, scenario: Scenario): Promise<DemoUsers> {
  const { loadBalancer } = demoMigration(scenario);
  await loadBalancers.putLoad(loadBalancer, load);
  return {
    address: loadBalancers.address(loadBalancer),
    count: () => loadBalancers.load() ?? nobody,
    stop: async () => {
      await loadBalancers.stopLoad();
    },
  };
}

const nobody: LoadCount = { answered: 0, failed: 0, byCluster: {}, failures: [] };
