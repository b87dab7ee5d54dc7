import { Context } from '@temporalio/activity';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GateName, UpgradeStatus } from '../../src/contract/status.ts';
import type { RequestInput } from '../../src/contract/request.ts';
import { connectNative, connectTemporal, explicitTemporal } from '../../src/temporal/connection.ts';
import { createLogger } from '../../src/temporal/logger.ts';
import { loadWorkflowBundle } from '../../src/temporal/workflowBundle.ts';
import { installRuntime } from '../../src/temporal/runtime.ts';
import { startWorker } from '../../src/worker.ts';
import { oneHop, scriptActivities } from './scriptedActivities.ts';
import type { Activities, ScriptedActivities } from './scriptedActivities.ts';
import type { Plan } from '../../src/contract/plan.ts';
import type { Decision, DecisionAnswer, DecisionRecord } from '../../src/contract/workers.ts';

/** Fast, so that a wait of half a minute takes a few milliseconds. */
export const fast = { scale: 0.001, probeInterval: '100ms' } as const;

/** A running upgrade over scripted activities. */
export interface RunningUpgrade extends ScriptedActivities {
  cluster: string;
  handle: WorkflowHandle;
  status: () => Promise<UpgradeStatus>;
  /** Resolves with the status once it is as wanted. */
  until: (what: string, wanted: (status: UpgradeStatus) => boolean) => Promise<UpgradeStatus>;
  /** Resolves when that gate is open. */
  gate: (name: GateName) => Promise<UpgradeStatus>;
  /** Resolves with the question that is open. */
  question: () => Promise<DecisionRecord>;
  /** Answers the question that is open, by update. */
  decide: (decision: Decision, more?: Partial<DecisionAnswer>) => Promise<unknown>;
  /** Approves the gate that is open, by update. */
  approve: (name?: GateName) => Promise<unknown>;
  /** The payload that answers the open gate. */
  answer: (name?: GateName) => Promise<{ gate: GateName; by: string; digest: string }>;
}

export interface Workbench {
  client: Client;
  start(options?: StartOptions): Promise<RunningUpgrade>;
  close(): Promise<void>;
}

export interface StartOptions {
  workflowType?: string;
  workflowId?: string;
  cluster?: string;
  plan?: Plan;
  request?: Partial<RequestInput> & Record<string, unknown>;
  /** The request alone, for workflows that take no target. */
  withoutTarget?: Record<string, unknown>;
  activities?: Partial<Activities>;
}

let bundle: Promise<WorkflowBundleOption> | undefined;
let runtimeInstalled = false;

/** One worker on a server that is there; each upgrade that is started has activities of its own. */
export async function openWorkbench(address: string): Promise<Workbench> {
  const settings = explicitTemporal(address);
  const log = createLogger({ level: 'error' });
  if (!runtimeInstalled) installRuntime({ log });
  runtimeInstalled = true;
  const [native, temporal] = await Promise.all([connectNative(settings), connectTemporal(settings)]);
  const { client } = temporal;
  bundle ??= loadWorkflowBundle(log);
  const workflowBundle = await bundle;
  const taskQueue = `queue-${randomUUID()}`;
  const scripts = new Map<string, ScriptedActivities>();
  const worker = await startWorker({
    connection: native,
    namespace: settings.namespace,
    taskQueue,
    activities: routeByUpgrade(scripts),
    log,
    workflowBundle,
  });

  return {
    client,
    start: async (options = {}) => {
      const cluster = options.cluster ?? `c-${randomUUID().slice(0, 8)}`;
      const scripted = scriptActivities(cluster, options.plan ?? oneHop, options.activities);
      const workflowId = options.workflowId ?? `upgrade-${cluster}`;
      scripts.set(workflowId, scripted);
      const handle = await client.workflow.start(options.workflowType ?? 'upgradeCluster', {
        taskQueue,
        workflowId,
        args: [
          {
            cluster: { name: cluster },
            timing: fast,
            ...(options.withoutTarget ?? { targetVersion: '1.32', ...options.request }),
          },
        ],
      });
      const status = () => handle.query<UpgradeStatus>('status');
      const until = async (what: string, wanted: (status: UpgradeStatus) => boolean) => {
        // Without a limit of its own: what does not come is ended by the test's.
        for (;;) {
          // In this order: what has ended in the meantime has the status that it ended with.
          const { status: state } = await handle.describe();
          const seen = await status();
          if (wanted(seen)) return seen;
          if (state.name !== 'RUNNING') {
            throw new Error(`it ended before it came to: ${what}\n${JSON.stringify(seen, null, 1)}`);
          }
          await sleep(100);
        }
      };
      const open = (seen: UpgradeStatus, name?: GateName) =>
        seen.gates.find((gate) => gate.outcome === undefined && (name === undefined || gate.gate === name));
      const answer = async (name?: GateName) => {
        const seen = await until(`gate ${name ?? ''} open`, (s) => open(s, name) !== undefined);
        const gate = open(seen, name);
        if (gate === undefined) throw new Error('no gate');
        return { gate: gate.gate, by: 'on-call', digest: gate.digest.slice(0, 8) };
      };
      const openQuestion = (seen: UpgradeStatus) =>
        seen.decisions?.find(({ outcome }) => outcome === undefined);
      const question = async () => {
        const found = openQuestion(await until('a question', (seen) => openQuestion(seen) !== undefined));
        if (found === undefined) throw new Error('no question');
        return found;
      };
      return {
        ...scripted,
        question,
        decide: async (decision, more = {}) =>
          handle.executeUpdate('decide', {
            args: [{ decision, by: 'on-call', digest: (await question()).digest.slice(0, 8), ...more }],
          }),
        cluster,
        handle,
        status,
        until,
        gate: (name) => until(`gate ${name} open`, (seen) => open(seen, name) !== undefined),
        answer,
        approve: async (name) => handle.executeUpdate('approve', { args: [await answer(name)] }),
      };
    },
    close: async () => {
      await worker.stop();
      await temporal.close();
      await native.close();
    },
  };
}

/**
 * Activities that hand each call to the script of the upgrade that it belongs to, by its root's workflow ID, and heartbeat
 * meanwhile as the real ones do: one that a test holds is not begun anew.
 */
function routeByUpgrade(scripts: ReadonlyMap<string, ScriptedActivities>): Activities {
  const names = Object.keys(scriptActivities('', oneHop).activities) as (keyof Activities)[];
  const routed = names.map((name) => [
    name,
    async (input: never) => {
      const context = Context.current();
      const [root = ''] = context.info.workflowExecution?.workflowId.split('/') ?? [];
      const script = scripts.get(root);
      if (script === undefined) throw new Error(`no script for ${root}`);
      const beating = setInterval(() => context.heartbeat(), 1_000);
      try {
        return await script.activities[name](input);
      } finally {
        clearInterval(beating);
      }
    },
  ]);
  return Object.fromEntries(routed) as Activities;
}
