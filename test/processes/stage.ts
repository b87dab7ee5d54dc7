import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { MutationRecord } from '../../eks-api/index.ts';
import { loadScenario } from '../../scenario/scenario.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { startSimulator } from '../../simulator/start.ts';
import type { RunningSimulator } from '../../simulator/start.ts';
import { demoScenario } from '../../src/commands/demo/demoScenario.ts';
import { workerEnvironment } from '../../src/commands/demo/workerEnvironment.ts';
import type { RequestInput } from '../../src/contract/request.ts';
import type { WorkflowType } from '../../src/contract/workflowTypes.ts';
import { connectTemporal, explicitTemporal } from '../../src/temporal/connection.ts';
import type { TemporalClient } from '../../src/temporal/connection.ts';
import { readJournal } from './journal.ts';
import { fullSpeed } from './simulated.ts';
import { launcher, startWorkerProcess } from './workerProcess.ts';
import type { WorkerProcess } from './workerProcess.ts';
import { watchedUpgrade } from './upgrade.ts';
import type { Upgrade } from './upgrade.ts';

/** Waits of the request, shortened. Limits stay far beyond what a busy machine needs. */
export const quickTiming = {
  scale: 0.01,
  pollInterval: '20s',
  reconnectInterval: '50s',
  settleTimeout: '2h',
  controlPlaneTimeout: '10h',
  addonTimeout: '10h',
  nodeGroupTimeout: '10h',
  nodesTimeout: '10h',
  drainTimeout: '10h',
  observationMaxAge: '10h',
} as const;

/** The demo's cluster under a name of its own, and what drives upgrades of it by real processes. */
export interface Stage {
  cluster: string;
  simulator: RunningSimulator;
  taskQueue: string;
  temporal: TemporalClient;
  evidenceFolder: string;
  /** A folder that goes with the stage. */
  folder: string;
  /** All that a worker, or the command line, needs of environment variables. */
  environment: Record<string, string>;
  /** Starts a worker; `environment` changes single variables, undefined takes one away. */
  startWorker(environment?: Record<string, string | undefined>): Promise<WorkerProcess>;
  /** Starts an upgrade of the cluster, to 1.33 unless the request says otherwise. */
  start(request?: Partial<RequestInput> & Record<string, unknown>, options?: StartOptions): Promise<Upgrade>;
  /** Starts a workflow with whatever input. */
  startWith(input: unknown, options?: StartOptions): Promise<Upgrade>;
  /** Runs the command line as a process of its own. */
  commandLine(...args: string[]): Promise<{ code: number; out: string; err: string }>;
  /** The simulator's own log. */
  journal(): Promise<MutationRecord[]>;
  /** Calls the simulator's control endpoint. */
  control(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
}

export interface StartOptions {
  workflowType?: WorkflowType;
  workflowId?: string;
}

export interface StageOptions {
  /** Simulated seconds in a real one. */
  speed?: number;
  /** The scenario of a cluster of that name; the demo's unless given. */
  scenario?: (cluster: string) => Scenario;
}

/**
 * Sets a stage.
 *
 * @param onEnd is given what clears it away, as soon as it is there: `onTestFinished` of a test, or `afterAll`
 */
export async function setStage(
  onEnd: (clear: () => Promise<void>) => void,
  { speed = fullSpeed, scenario: scenarioOf = demoCluster }: StageOptions = {},
): Promise<Stage> {
  const cleanups: (() => Promise<unknown>)[] = [];
  onEnd(async () => {
    for (const clear of cleanups.reverse()) await clear();
  });
  const folder = await mkdtemp(join(tmpdir(), 'stepladder-processes-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const evidenceFolder = join(folder, 'evidence');
  const emptyFile = join(folder, 'empty');
  const journalFile = join(folder, 'journal.jsonl');
  await Promise.all([mkdir(evidenceFolder), writeFile(emptyFile, ''), writeFile(journalFile, '')]);

  // The cluster's ARN is the lock: two tests must not have the same.
  const cluster = `shop-${randomUUID().slice(0, 8)}`;
  const simulator = await startSimulator({ scenario: scenarioOf(cluster), speed, journalFile });
  cleanups.push(() => simulator.close());

  const { address, namespace } = inject('temporal');
  const temporal = await connectTemporal(explicitTemporal(address, namespace));
  cleanups.push(() => temporal.close());
  const { client } = temporal;
  const taskQueue = `processes-${randomUUID()}`;
  const environment = workerEnvironment(process.env, {
    address,
    namespace,
    simulator: simulator.environment,
    evidenceFolder,
    emptyFile,
  });

  const startWith = async (input: unknown, options: StartOptions = {}): Promise<Upgrade> => {
    const workflowId = options.workflowId ?? `upgrade-${randomUUID()}`;
    const handle = await client.workflow.start(options.workflowType ?? 'upgradeCluster', {
      taskQueue,
      workflowId,
      args: [input],
    });
    // What a failed test leaves behind would go on for ever in a server that others use.
    cleanups.push(() => terminateAll(temporal, workflowId));
    return watchedUpgrade(client, handle);
  };

  return {
    cluster,
    simulator,
    taskQueue,
    temporal,
    evidenceFolder,
    folder,
    environment,
    async startWorker(changes = {}) {
      const changed = Object.entries({ ...environment, ...changes }).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as const],
      );
      const worker = await startWorkerProcess(Object.fromEntries(changed), taskQueue);
      cleanups.push(() => worker.kill());
      return worker;
    },
    start: (request = {}, options = {}) =>
      startWith(
        { cluster: { name: cluster }, targetVersion: '1.33', timing: quickTiming, ...request },
        options,
      ),
    startWith,
    commandLine: (...args) => runCommandLine(args, environment),
    journal: () => readJournal(journalFile),
    async control(method, path, body) {
      const response = await fetch(`${simulator.eksUrl}/_simulator${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer: unknown = await response.json();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
      return answer;
    },
  };
}

function demoCluster(name: string): Scenario {
  const demo = loadScenario(demoScenario);
  return { ...demo, cluster: { ...demo.cluster, name } };
}

/** Ends an upgrade and its stages without a word, whatever they are at; those that have ended are fine. */
async function terminateAll({ client }: TemporalClient, workflowId: string): Promise<void> {
  await client.workflow
    .getHandle(workflowId)
    .terminate('the test is over')
    .catch(() => undefined);
}

function runCommandLine(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [launcher, ...args],
      { env: environment, timeout: 90_000, maxBuffer: 16 * 1024 * 1024 },
      (error, out, err) => resolve({ code: error === null ? 0 : (child.exitCode ?? -1), out, err }),
    );
    child.stdin?.end();
  });
}
