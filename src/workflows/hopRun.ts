import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { ChildWorkflowHandle, Workflow } from '@temporalio/workflow';
import type { ClusterContext } from '../activities/types.ts';
import type { EvidenceReference } from '../contract/evidence.ts';
import type { Remark } from '../contract/messages.ts';
import { isMigrationStage } from '../contract/migration.ts';
import type { Hop, PlannedStage, UpgradeStage } from '../contract/plan.ts';
import type { Request } from '../contract/request.ts';
import type { StageStatus } from '../contract/status.ts';
import { perform } from './activities.ts';
import { failure } from './failures.ts';
import { Holding } from './holding.ts';
import { stageLine } from './planShown.ts';
import { interrupt, setPaused } from './stageMessages.ts';
import type { Interruption, StageEvent, StageInput } from './stageMessages.ts';
import type { StageDesk } from './stageDesk.ts';
import { stagePlace } from './stagePlace.ts';
import { steadily } from './steadily.ts';
import { scaled } from './time.ts';
import type { ControlPlaneResult } from './upgradeControlPlane.ts';
import type { UpgradeState } from './upgradeState.ts';

/** What stays the same for all hops. */
export interface HopSettings {
  request: Request;
  context: ClusterContext;
  /** Run ID of the root's first run. */
  runId: string;
}

const workflowOfStage = {
  'control-plane': 'upgradeControlPlane',
  'add-ons': 'upgradeAddons',
  workers: 'upgradeNodeGroup',
  tools: 'upgradeTool',
} as const;

/** Carries out hops: each stage in a child workflow of its own, and after each a look at the workloads. */
export class HopRun {
  private readonly state: UpgradeState;
  private settings: HopSettings | undefined;
  private baseline: EvidenceReference | undefined;
  private running: ChildWorkflowHandle<Workflow> | undefined;
  private runningStage: PlannedStage | undefined;
  private readonly desk: StageDesk;
  private readonly holding: Holding;

  constructor(state: UpgradeState, desk: StageDesk) {
    this.state = state;
    this.desk = desk;
    this.holding = new Holding(state);
  }

  /** Takes the baseline, before anything is changed. */
  async begin(settings: HopSettings): Promise<void> {
    this.settings = settings;
    await this.takeBaseline();
  }

  /**
   * One hop, stage by stage.
   *
   * @param index the hop's place in the whole upgrade
   * @param beforeWorkers called once, before the first group of workers
   */
  async run(index: number, hop: Hop, beforeWorkers: () => Promise<void>): Promise<void> {
    let workersAsked = false;
    for (const [stageIndex, stage] of hop.stages.entries()) {
      if (isMigrationStage(stage))
        throw failure('InternalError', `${stage.stage} is no stage of an upgrade in place.`);
      if (stage.stage === 'workers' && !workersAsked) {
        workersAsked = true;
        await beforeWorkers();
      }
      await this.untilResumed();
      const place = stagePlace(hop, stage);
      const status = this.state.beginStage(
        index,
        stageIndex,
        stage.stage === 'verification' ? undefined : `${workflowInfo().workflowId}/${place}`,
      );
      try {
        if (stage.stage === 'verification') await this.verifyHop(hop, place);
        else await this.carryOut(hop, stage, place, status);
        await this.verifyWorkloads(status, place);
        this.state.endStage(status, 'done');
      } catch (error) {
        this.state.endWaitsAt(place);
        this.state.endStage(status, isCancellation(error) ? 'stopped' : 'failed');
        this.state.hop(index).state = status.state;
        throw error;
      }
    }
    this.state.endHop(index);
  }

  /** Passes a pause or its end on to the stage that runs. */
  forwardPause(paused: boolean): void {
    this.signalStage((stage) => stage.signal(setPaused, paused));
  }

  private signalStage(send: (stage: ChildWorkflowHandle<Workflow>) => Promise<void>): void {
    const stage = this.running;
    if (stage === undefined) return;
    void CancellationScope.nonCancellable(async () => {
      try {
        await send(stage);
      } catch {
        // The stage has just ended; the next one is started with what holds then.
      }
    });
  }

  /**
   * Cancels the stage in whichever run it is. Cancelling it as a child reaches only the run that was started, and a
   * stage with waves goes on in new ones (rule 19).
   */
  private forwardAbort(child: ChildWorkflowHandle<Workflow>): void {
    CancellationScope.current().cancelRequested.catch(() => {
      if (this.running !== child) return;
      this.signalStage(({ workflowId }) => getExternalWorkflowHandle(workflowId).cancel());
    });
  }

  /** What the stage that runs tells or asks. */
  stageEvent(at: string, event: StageEvent): void {
    switch (event.kind) {
      case 'ask':
        this.desk.ask(event.asking, event.question);
        break;
      case 'ask-gate':
        this.desk.askGate(event.asking, event.gate, event.shown);
        break;
      case 'withdraw':
        this.desk.withdraw(event.asking, event.outcome);
        break;
      default:
        this.state.stageEvent(at, event);
    }
  }

  /** Why Pods can't be moved back now, or undefined when they can. */
  rollbackRefusal(): string | undefined {
    const stage = this.runningStage;
    if (stage?.stage !== 'workers') return 'no workers are being replaced now';
    if (stage.strategy !== 'surge') {
      return `${stage.nodeGroup} is rolled ${stage.strategy}: its old nodes are gone, so there is nothing to go back to`;
    }
    const retired = this.state.status.gates.some(
      ({ gate, nodeGroup, outcome }) =>
        gate === 'retire' && nodeGroup === stage.nodeGroup && outcome === 'approved',
    );
    return retired ? `the end of ${stage.nodeGroup} has been approved: there is no way back` : undefined;
  }

  /** Breaks into the stage that runs. */
  interrupt(interruption: Interruption): void {
    this.signalStage((stage) => stage.signal(interrupt, interruption));
  }

  /** True when the upgrade was holding over broken workloads and goes on with them. */
  acceptBroken(remark: Remark): boolean {
    return this.holding.accept(remark);
  }

  private async carryOut(
    hop: Hop,
    stage: Exclude<UpgradeStage, { stage: 'verification' }>,
    place: string,
    status: StageStatus,
  ): Promise<void> {
    const { request, context, runId } = this.given();
    const { paused } = this.state.status;
    const input: StageInput = {
      context,
      request,
      hop: { from: hop.from, to: hop.to },
      stage,
      runId,
      changed: this.state.changed,
      paused,
      ...(this.baseline === undefined ? {} : { baseline: this.baseline }),
    };
    const child = await this.startStage(workflowOfStage[stage.stage], place, input, stageLine(stage));
    this.running = child;
    this.runningStage = stage;
    if (stage.stage === 'workers') {
      this.desk.serve({
        child,
        hop,
        stage,
        at: place,
        request,
        planDigest: this.state.status.planDigest ?? '',
      });
    }
    if (this.state.status.paused !== paused) this.forwardPause(this.state.status.paused);
    if (stage.stage === 'workers' && stage.strategy !== 'managed') this.forwardAbort(child);
    try {
      const result: unknown = await child.result();
      if (stage.stage === 'control-plane')
        this.judgeControlPlane(status, result as ControlPlaneResult, stage.to, place);
    } finally {
      this.running = undefined;
      this.runningStage = undefined;
      this.desk.serve(undefined);
    }
  }

  private async startStage(
    type: string,
    place: string,
    input: StageInput,
    summary: string,
  ): Promise<ChildWorkflowHandle<Workflow>> {
    const workflowId = `${workflowInfo().workflowId}/${place}`;
    for (;;) {
      try {
        const child = await startChild(type, {
          workflowId,
          args: [input],
          // Whatever ends the root, a stage finishes what it has begun and puts back what it has changed.
          parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
          cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
          staticSummary: summary,
        });
        this.state.endWait('update-in-progress', place);
        return child;
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        this.state.beginWait(
          'update-in-progress',
          `Workflow ${workflowId} of an earlier run is still finishing what it began.`,
          undefined,
          place,
        );
        await condition(() => false, this.state.reconnectMs, { summary: `until ${workflowId} has ended` });
      }
    }
  }

  private judgeControlPlane(
    status: StageStatus,
    result: ControlPlaneResult,
    version: string,
    place: string,
  ): void {
    status.inventory = result.inventory;
    if (result.probe !== undefined) status.probe = result.probe;
    this.state.status.currentVersion = version;
    const { missing, missingCount } = result.inventory;
    const problems: string[] = [];
    if (missingCount > 0) {
      problems.push(
        `${missingCount} objects that were there before are missing: ${missing.join(', ')}${missingCount > missing.length ? ' …' : ''}`,
      );
    }
    const { unseen = [], unseenCount = 0 } = result.inventory;
    if (unseenCount > 0) {
      problems.push(
        `${unseenCount} kinds of objects could not be compared, so whether any of them is missing is unknown: ${unseen.join(', ')}`,
      );
    }
    if (result.probe !== undefined && result.probe.downtimeSeconds > 0) {
      problems.push(`The API server did not answer for ${result.probe.downtimeSeconds} s during its upgrade`);
    }
    for (const problem of problems) {
      this.state.note(problem, place);
      this.state.announce({ kind: 'failure', title: `Seen during ${place}`, lines: [problem] });
    }
  }

  private async verifyHop(hop: Hop, place: string): Promise<void> {
    const { request, context } = this.given();
    await this.holding.untilWell(
      {
        place,
        what: 'Some components do not have the version of this hop',
        look: async () => {
          const { problems } = await steadily(this.state, () =>
            perform('verifyVersions', `Does everything have ${hop.to}?`, { context, hop }),
          );
          return problems;
        },
        againMs: scaled(request.timing, 'pollInterval'),
      },
      request.timing,
    );
  }

  /** After every stage: the owners, not only their Pods, against the baseline (rule 8). */
  private async verifyWorkloads(status: StageStatus, place: string): Promise<void> {
    const { request, context } = this.given();
    const { timing } = request;
    const { baseline } = this;
    if (baseline === undefined) throw failure('InternalError', 'There is no baseline to compare with.');
    const pollMs = scaled(timing, 'pollInterval');
    let settleMs = scaled(timing, 'settleTimeout');
    const held = await this.holding.untilWell(
      {
        place,
        what: 'Workloads that were well before are broken',
        look: async () => {
          const verdict = await steadily(this.state, () =>
            perform('verifyWorkloads', `Are the workloads as well as before ${place}?`, {
              context,
              baseline,
              settleMs,
              pollMs,
            }),
          );
          settleMs = 0;
          status.workloads = verdict;
          this.state.evidence(verdict.evidence);
          return verdict.well ? [] : verdict.newlyBroken;
        },
        againMs: this.state.reconnectMs,
      },
      timing,
    );
    // What was accepted counts as broken already, so that the next stage does not hold over it again.
    if (held === 'accepted') await this.takeBaseline();
  }

  private async untilResumed(): Promise<void> {
    if (!this.state.status.paused) return;
    this.state.beginWait('pause', 'A person has paused the upgrade; `resume` goes on.');
    try {
      await condition(() => !this.state.status.paused);
    } finally {
      this.state.endWait('pause');
    }
  }

  private async takeBaseline(): Promise<void> {
    const { context } = this.given();
    this.baseline = await steadily(this.state, () =>
      perform('takeBaseline', 'Which workloads are well now?', { context }),
    );
    this.state.evidence(this.baseline);
    this.state.publish();
  }

  private given(): HopSettings {
    if (this.settings === undefined) throw failure('InternalError', 'Hops were run before they were begun.');
    return this.settings;
  }
}
