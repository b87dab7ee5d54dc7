import { WorkflowFailedError } from '@temporalio/client';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { GateName, GateRecord, UpgradeStatus } from '../../src/contract/status.ts';
import type { Decision, DecisionRecord } from '../../src/contract/workers.ts';
import { eventually } from './patience.ts';
import type { WorkerProcess } from './workerProcess.ts';

const { PendingActivityState } = proto.temporal.api.enums.v1;

/** An upgrade that was started, as people see it. */
export interface Upgrade {
  workflowId: string;
  handle: WorkflowHandle;
  status(): Promise<UpgradeStatus>;
  /** Resolves with the status once it is as wanted; fails at once when the workflow has ended before. */
  until(what: string, wanted: (status: UpgradeStatus) => boolean): Promise<UpgradeStatus>;
  /** Resolves when that gate is open. */
  gate(name: GateName): Promise<GateRecord>;
  /** Approves that gate once it is open. */
  approve(name: GateName): Promise<void>;
  /** Resolves when something about nodes is asked of people. */
  question(): Promise<DecisionRecord>;
  /** Answers what is asked about nodes, once it is. */
  decide(decision: Decision): Promise<void>;
  /** Resolves when a stage waits for an update in a worker: in that one, where one is given. */
  awaiting(place: string, worker?: WorkerProcess): Promise<void>;
  /** Resolves when an activity of the upgrade's own workflow runs, or of the stage at a place. */
  running(activity: string, worker?: WorkerProcess, place?: string): Promise<void>;
  /** Waits for its end, which must be the target. */
  completed(): Promise<unknown>;
  /** Waits for its end, which must be a failure of ours. */
  failed(): Promise<{ type: string; message: string; details: unknown }>;
}

/** How long an upgrade may take on a busy machine. Milliseconds. */
const longestMs = 480_000;

export function watchedUpgrade(client: Client, handle: WorkflowHandle): Upgrade {
  const { workflowId } = handle;
  const status = () => handle.query<UpgradeStatus>('status');

  async function endedEarly(): Promise<string | undefined> {
    const { status: state } = await handle.describe();
    if (state.name === 'RUNNING') return undefined;
    const reason = await handle.result().catch((error: unknown) => error);
    const cause = reason instanceof WorkflowFailedError ? reason.cause : reason;
    return `${workflowId} is ${state.name}: ${cause instanceof Error ? cause.message : JSON.stringify(cause)}`;
  }

  async function until(what: string, wanted: (status: UpgradeStatus) => boolean): Promise<UpgradeStatus> {
    let last: UpgradeStatus | undefined;
    const seen = await eventually<{ status: UpgradeStatus } | { ended: string }>(
      what,
      async () => {
        // In this order: what has ended in the meantime has the state that it ended with.
        const ended = await endedEarly();
        last = await status();
        if (wanted(last)) return { status: last };
        return ended === undefined ? undefined : { ended };
      },
      longestMs,
      () => `\n${JSON.stringify(last, null, 1)}`,
    );
    if ('ended' in seen) throw new Error(`${seen.ended}, before there was: ${what}`);
    return seen.status;
  }

  async function gate(name: GateName): Promise<GateRecord> {
    const isOpen = (record: GateRecord) => record.gate === name && record.outcome === undefined;
    const { gates } = await until(`gate ${name} open`, (seen) => seen.gates.some(isOpen));
    const found = gates.find(isOpen);
    if (found === undefined) throw new Error(`gate ${name} is not open`);
    return found;
  }

  async function running(activity: string, worker?: WorkerProcess, place?: string): Promise<void> {
    const workflow = place === undefined ? workflowId : `${workflowId}/${place}`;
    const what = `${activity} of ${workflow} running in ${worker?.identity ?? 'a worker'}`;
    const seen = await eventually<{ ended?: string }>(
      what,
      async () => {
        const ended = await endedEarly();
        if (ended !== undefined) return { ended };
        const { raw } = await client.workflow.getHandle(workflow).describe();
        const runs = raw.pendingActivities?.some(
          ({ activityType, state, lastWorkerIdentity }) =>
            activityType?.name === activity &&
            state === PendingActivityState.PENDING_ACTIVITY_STATE_STARTED &&
            (worker === undefined || lastWorkerIdentity === worker.identity),
        );
        return runs === true ? {} : undefined;
      },
      longestMs,
    );
    if (seen.ended !== undefined) throw new Error(`${seen.ended}, before there was: ${what}`);
  }

  async function question(): Promise<DecisionRecord> {
    const isOpen = ({ outcome, digest }: DecisionRecord) => outcome === undefined && digest !== '';
    const { decisions = [] } = await until('a question about nodes', (seen) =>
      (seen.decisions ?? []).some(isOpen),
    );
    const found = decisions.find(isOpen);
    if (found === undefined) throw new Error('nothing is asked about nodes');
    return found;
  }

  return {
    workflowId,
    handle,
    status,
    until,
    gate,
    async approve(name) {
      const { digest } = await gate(name);
      await handle.executeUpdate('approve', { args: [{ gate: name, by: 'on-call', digest }] });
    },
    question,
    async decide(decision) {
      const { digest } = await question();
      await handle.executeUpdate('decide', { args: [{ decision, by: 'on-call', digest }] });
    },
    awaiting: (place, worker) => running('awaitUpdate', worker, place),
    running,
    async completed() {
      const result: unknown = await handle.result();
      return result;
    },
    async failed() {
      const reason: unknown = await handle.result().then(
        (result: unknown) => new Error(`It completed: ${JSON.stringify(result)}`),
        (error: unknown) => error,
      );
      if (!(reason instanceof WorkflowFailedError)) throw reason;
      const { cause } = reason;
      if (!(cause instanceof ApplicationFailure)) throw reason;
      return { type: cause.type ?? '', message: cause.message, details: cause.details?.[0] };
    },
  };
}
