import {
  CancellationScope,
  setCurrentDetails,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Notification, PlanSummary } from '../activities/types.ts';
import type { EvidenceReference } from '../contract/evidence.ts';
import type { PlannedStage } from '../contract/plan.ts';
import type { Request } from '../contract/request.ts';
import { searchAttributes } from '../contract/searchAttributes.ts';
import { subjectName, subjectOfStage } from '../contract/stageSubject.ts';
import type { PersonAction, Phase, StageStatus, UpgradeStatus, Wait, WaitKind } from '../contract/status.ts';
import type { WorkflowType } from '../contract/workflowTypes.ts';
import { perform } from './activities.ts';
import { renderDetails } from './details.ts';
import type { StageEvent } from './stageMessages.ts';
import type { WaitKeeper } from './steadily.ts';
import { now, scaled } from './time.ts';

/** Waits that people are told of when they begin; a gate has a message of its own. */
const announced: readonly WaitKind[] = [
  'credentials',
  'connection',
  'update-in-progress',
  'slow-update',
  'retry',
  'workloads',
  'drain',
  'nodes',
  'guard',
  'git',
];

/**
 * The root's status: the one place where it is kept, shown (current details, search attributes, memo, query) and
 * announced.
 */
export class UpgradeState implements WaitKeeper {
  readonly status: UpgradeStatus;
  changed = false;
  reconnectMs = 30_000;
  private request: Request | undefined;
  private readonly shown = { phase: '', waitingFor: '' };
  /** Said once: that a webhook can't be reached is no news the second time. */
  private unreached = false;
  private readonly announcements = new Set<Promise<unknown>>();

  constructor(workflowType: WorkflowType) {
    const { workflowId, runId, taskQueue } = workflowInfo();
    this.status = {
      schema: 1,
      workflowType,
      workflowId,
      runId,
      taskQueue,
      cluster: { name: '' },
      startedAt: now(),
      phase: 'starting',
      paused: false,
      waits: [],
      gates: [],
      estimates: [],
      windows: [],
      hops: [],
      compensations: [],
      refusals: [],
      actions: [],
      notes: [],
      evidence: [],
    };
  }

  /** Whether the request is for a new cluster; false before it was read. */
  get isMigration(): boolean {
    return this.request?.migration !== undefined;
  }

  /** Takes over the checked request. */
  begin(request: Request): void {
    this.request = request;
    this.reconnectMs = scaled(request.timing, 'reconnectInterval');
    const { name, region } = request.cluster;
    this.status.cluster = { name, ...(region === undefined ? {} : { region }) };
    if (request.targetVersion !== undefined) this.status.targetVersion = request.targetVersion;
    upsertSearchAttributes([
      { key: searchAttributes.cluster, value: name },
      ...(request.targetVersion === undefined
        ? []
        : [{ key: searchAttributes.target, value: request.targetVersion }]),
    ]);
    upsertMemo({ cluster: name, target: request.targetVersion ?? '' });
    this.publish();
  }

  phase(phase: Phase): void {
    this.status.phase = phase;
    this.publish();
  }

  /** Takes over a plan: all of it, or what is left of it from a hop on when it was made anew on the way. */
  plan(summary: PlanSummary, fromHop: number): void {
    const { plan } = summary;
    this.status.targetVersion = plan.target;
    this.status.planDigest = summary.digest;
    this.status.findings = summary.summary;
    this.status.estimates = [
      ...this.status.estimates.filter(({ hop }) => !plan.hops.some(({ to }) => to === hop)),
      ...summary.estimates,
    ];
    this.status.windows = summary.windows;
    this.status.hops = [
      ...this.status.hops.slice(0, fromHop),
      ...plan.hops.map((hop) => ({
        from: hop.from,
        to: hop.to,
        state: 'pending' as const,
        stages: hop.stages.map((stage): StageStatus => pendingStage(stage)),
      })),
    ];
    this.evidence(summary.evidence);
    upsertMemo({ target: plan.target, planDigest: summary.digest });
    this.publish();
  }

  hop(index: number) {
    const hop = this.status.hops[index];
    if (hop === undefined) throw new RangeError(`no hop ${index}`);
    return hop;
  }

  beginStage(hopIndex: number, stageIndex: number, workflowId?: string): StageStatus {
    const hop = this.hop(hopIndex);
    const stage = hop.stages[stageIndex];
    if (stage === undefined) throw new RangeError(`no stage ${stageIndex} in hop ${hop.to}`);
    hop.state = 'running';
    hop.startedAt ??= now();
    stage.state = 'running';
    stage.startedAt = now();
    // A stage of a migration may be begun once more.
    delete stage.endedAt;
    if (workflowId !== undefined) stage.workflowId = workflowId;
    this.publish();
    return stage;
  }

  endStage(stage: StageStatus, state: 'done' | 'failed' | 'stopped' | 'skipped'): void {
    stage.state = state;
    stage.endedAt = now();
    this.publish();
  }

  endHop(hopIndex: number): void {
    const status = this.hop(hopIndex);
    status.state = 'done';
    status.endedAt = now();
    this.publish();
  }

  /** What a stage tells from its child workflow. */
  stageEvent(at: string, event: StageEvent): void {
    switch (event.kind) {
      case 'detail': {
        const stage = this.stageAt(at);
        if (stage !== undefined) stage.detail = event.text;
        break;
      }
      case 'changed':
        this.changed = true;
        break;
      case 'begin-wait':
        this.beginWait(event.wait, event.what, event.until, at);
        return;
      case 'end-wait':
        this.endWait(event.wait, at);
        return;
      case 'note':
        this.note(event.text, at);
        return;
      case 'evidence':
        this.evidence(event.evidence);
        return;
      case 'compensation':
        this.status.compensations.push({ ...event.compensation, recordedAt: now(), state: 'open' });
        break;
      case 'compensated': {
        const { undo, args } = event;
        const key = JSON.stringify(args);
        const open = this.status.compensations.find(
          (compensation) =>
            compensation.state === 'open' &&
            JSON.stringify(compensation.args) === key &&
            (undo === undefined || compensation.undo === undo),
        );
        if (open !== undefined) open.state = event.state;
        break;
      }
      case 'ask':
      case 'ask-gate':
      case 'withdraw':
        // These are for the desk.
        return;
    }
    this.publish();
  }

  beginWait(kind: WaitKind, what: string, until?: string, at?: string): void {
    if (this.status.waits.some((wait) => wait.kind === kind && wait.at === at)) return;
    const wait: Wait = {
      kind,
      what,
      since: now(),
      ...(until === undefined ? {} : { until }),
      ...(at === undefined ? {} : { at }),
    };
    this.status.waits.push(wait);
    if (announced.includes(kind)) {
      this.announce({
        kind: 'wait',
        title: `Waiting: ${kind}${at === undefined ? '' : ` (${at})`}`,
        lines: [what],
      });
    }
    this.publish();
  }

  endWait(kind: WaitKind, at?: string): void {
    const before = this.status.waits.length;
    this.status.waits = this.status.waits.filter((wait) => wait.kind !== kind || wait.at !== at);
    if (this.status.waits.length < before) this.publish();
  }

  /** Forgets the waits of a stage that has ended, or of everything. */
  endWaitsAt(at?: string): void {
    this.status.waits = this.status.waits.filter((wait) => at !== undefined && wait.at !== at);
    this.publish();
  }

  action(action: PersonAction['action'], effect: string, by?: string, comment?: string): void {
    this.status.actions.push({
      at: now(),
      action,
      effect,
      ...(by === undefined ? {} : { by }),
      ...(comment === undefined ? {} : { comment }),
    });
    this.publish();
  }

  /** A message that was not accepted: shown in the details, the status and the report. The last 50 are kept. */
  refuse(message: string, reason: string, by?: string, instead?: string): void {
    this.status.refusals.push({
      at: now(),
      message,
      reason,
      ...(by === undefined ? {} : { by }),
      ...(instead === undefined ? {} : { instead }),
    });
    this.status.refusals = this.status.refusals.slice(-50);
    this.publish();
  }

  /** Something for the report, which people see in the details too. */
  note(text: string, at?: string): void {
    const [hop, stage] = at?.split('/') ?? [];
    this.status.notes.push({
      at: now(),
      text,
      ...(hop === undefined ? {} : { hop }),
      ...(stage === undefined ? {} : { stage: stage as PlannedStage['stage'] }),
    });
    this.publish();
  }

  evidence(reference: EvidenceReference): void {
    this.status.evidence = [...this.status.evidence.filter(({ key }) => key !== reference.key), reference];
  }

  /** Tells people by webhook; never waited for until the end, and never a reason to fail. */
  announce(notification: Notification): void {
    const targets = this.request?.notify ?? [];
    if (targets.length === 0) return;
    const { workflowId, runId, cluster, targetVersion, phase } = this.status;
    const told = CancellationScope.nonCancellable(() =>
      perform('notify', `Tell people: ${notification.title}`, {
        targets,
        status: {
          workflowId,
          runId,
          cluster,
          ...(targetVersion === undefined ? {} : { targetVersion }),
          phase,
        },
        notification,
      }),
    )
      .then(({ failed }) => {
        if (failed === 0 || this.unreached) return;
        this.unreached = true;
        this.note(
          `${failed} of ${targets.length} webhooks could not be reached; what the worker's log says tells why`,
        );
      })
      .catch(() => undefined)
      .finally(() => this.announcements.delete(told));
    this.announcements.add(told);
  }

  /** Resolves when everybody has been told, or could not be. */
  async announced(): Promise<void> {
    await Promise.all(this.announcements);
  }

  /** Shows the status in all places where people look. */
  publish(): void {
    setCurrentDetails(renderDetails(this.status));
    const waitingFor = [...new Set(this.status.waits.map(({ kind }) => kind))].sort().join(' ');
    const { phase } = this.status;
    if (phase === this.shown.phase && waitingFor === this.shown.waitingFor) return;
    this.shown.phase = phase;
    this.shown.waitingFor = waitingFor;
    upsertSearchAttributes([
      { key: searchAttributes.phase, value: phase },
      { key: searchAttributes.waitingFor, value: waitingFor === '' ? 'nothing' : waitingFor },
    ]);
  }

  private stageAt(at: string): StageStatus | undefined {
    for (const hop of this.status.hops) {
      for (const stage of hop.stages) {
        const subject = subjectName(stage);
        if (at === `${hop.to}/${stage.stage}${subject === undefined ? '' : `/${subject}`}`) return stage;
      }
    }
    return undefined;
  }
}

function pendingStage(stage: PlannedStage): StageStatus {
  return { stage: stage.stage, state: 'pending', ...subjectOfStage(stage) };
}
