import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { StartedUpdate, UpdateOutcome, UpdateTarget } from '../activities/types.ts';
import type { ProbeSummary } from '../contract/evidence.ts';
import type { Compensation, WaitKind } from '../contract/status.ts';
import { perform } from './activities.ts';
import { failure } from './failures.ts';
import { setPaused, stageEvent } from './stageMessages.ts';
import type { StageEvent, StageInput } from './stageMessages.ts';
import { steadily } from './steadily.ts';
import type { WaitKeeper } from './steadily.ts';
import { now, probeInterval, scaled } from './time.ts';

/** What an update of EKS came to. */
export interface UpdateResult {
  /** False when nothing had to be done. */
  changed: boolean;
  probe?: ProbeSummary;
}

/**
 * One run of a stage in its child workflow: telling the root, waiting where nothing may start, and carrying out
 * updates of EKS from their start to their end.
 */
export class StageRun implements WaitKeeper {
  readonly reconnectMs: number;
  changed: boolean;
  paused: boolean;
  /** True once the root could not be told any more: it was terminated, and nobody answers in its stead. */
  orphaned = false;
  private readonly input: StageInput;
  private readonly at: string;
  private readonly waiting = new Set<WaitKind>();
  /** Events reach the root in the order in which they happened. */
  private telling: Promise<void> = Promise.resolve();

  /** @param at the stage's place: `1.32/workers/blue` */
  constructor(input: StageInput, at: string) {
    this.input = input;
    this.at = at;
    this.changed = input.changed;
    this.paused = input.paused;
    this.reconnectMs = scaled(input.request.timing, 'reconnectInterval');
    setHandler(setPaused, (paused) => {
      this.paused = paused;
    });
    setCurrentDetails(
      `Stage **${at}** of \`${workflowInfo().parent?.workflowId ?? ''}\`, which has the status.`,
    );
  }

  /** One line about where the stage stands. */
  detail(text: string): void {
    setCurrentDetails(`Stage **${this.at}**: ${text}`);
    this.tell({ kind: 'detail', text });
  }

  note(text: string): void {
    this.tell({ kind: 'note', text });
  }

  beginWait(kind: WaitKind, what: string, until?: string): void {
    if (this.waiting.has(kind)) return;
    this.waiting.add(kind);
    this.tell({ kind: 'begin-wait', wait: kind, what, ...(until === undefined ? {} : { until }) });
  }

  endWait(kind: WaitKind): void {
    if (this.waiting.delete(kind)) this.tell({ kind: 'end-wait', wait: kind });
  }

  /** Records what is about to be changed for the upgrade's sake, before it is (rule 14). */
  async owe(compensation: Pick<Compensation, 'undo' | 'args' | 'what'>): Promise<void> {
    this.tell({ kind: 'compensation', compensation });
    await this.told();
  }

  settle(
    args: Record<string, unknown>,
    state: 'put-back' | 'failed' | 'kept',
    undo?: Compensation['undo'],
  ): void {
    this.tell({ kind: 'compensated', args, state, ...(undo === undefined ? {} : { undo }) });
  }

  /** Resolves when the root has been told everything. */
  async told(): Promise<void> {
    await CancellationScope.nonCancellable(() => this.telling);
  }

  /** Where nothing new may start while the upgrade is paused, outside its window, or being aborted. */
  async checkpoint(): Promise<void> {
    for (;;) {
      if (this.paused) {
        this.beginWait('pause', 'A person has paused the upgrade; `resume` goes on.');
        try {
          await condition(() => !this.paused);
        } finally {
          this.endWait('pause');
        }
      }
      const window = this.input.request.window;
      if (window === undefined) break;
      const next = await steadily(this, () =>
        perform('nextWindow', 'When may changes start?', { window, at: now() }),
      );
      if (next.waitMs === 0) break;
      this.beginWait('window', `The maintenance window opens at ${next.opensAt}.`, next.opensAt);
      try {
        await sleep(next.waitMs, { summary: `until the window opens at ${next.opensAt}` });
      } finally {
        this.endWait('window');
      }
    }
    // A pause or an abort may have come while the window was looked up: nothing starts after one.
    if (this.paused) return this.checkpoint();
    if (CancellationScope.current().consideredCancelled) await CancellationScope.current().cancelRequested;
  }

  /**
   * Carries out one update of EKS: starts it (or finds it there, or under way), waits for its end whatever happens,
   * and starts it anew when it failed, as often as the request says.
   *
   * An update that was started can't be called back, so an abort waits for its end.
   *
   * @param target what is updated
   * @param what for people: `control plane to 1.32`
   * @param tries how often it may be started
   * @param start starts one try
   * @throws ApplicationFailure `UpdateFailed` with EKS's codes and messages
   */
  async update(
    target: UpdateTarget,
    what: string,
    tries: number,
    start: (attempt: number) => Promise<StartedUpdate>,
  ): Promise<UpdateResult> {
    const { timing } = this.input.request;
    let probe: ProbeSummary | undefined;
    for (let attempt = 1; ; attempt++) {
      await this.checkpoint();
      const started = await steadily(this, () => CancellationScope.nonCancellable(() => start(attempt)));
      if (started.state === 'already-done') {
        this.detail(`${what}: there already`);
        return { changed: false, ...(probe === undefined ? {} : { probe }) };
      }
      this.markChanged();
      this.detail(
        `${what}: EKS update ${started.updateId}${started.state === 'adopted' ? ' (found under way)' : ''}`,
      );
      const outcome = await this.awaitEnd(target, what, started.updateId, probe);
      probe = outcome.probe;
      if (outcome.status === 'Successful') {
        this.detail(`${what}: done`);
        return { changed: true, ...(probe === undefined ? {} : { probe }) };
      }
      const reasons = outcome.errors.map((error) => `${error.code}: ${error.message}`).join('; ');
      const text = `${what}: EKS update ${started.updateId} ended as ${outcome.status}${reasons === '' ? '' : `. ${reasons}`}`;
      this.note(text);
      if (attempt >= tries) {
        await this.told();
        throw failure(
          'UpdateFailed',
          `${text}. It was tried ${attempt === 1 ? 'once' : `${attempt} times`}.`,
          {
            updateId: started.updateId,
            errors: outcome.errors,
          },
        );
      }
      this.beginWait('retry', `${text}. It is started again, try ${attempt + 1} of ${tries}.`);
      try {
        await sleep(scaled(timing, 'retryInterval'), { summary: `before try ${attempt + 1} of ${tries}` });
      } finally {
        this.endWait('retry');
      }
    }
  }

  /** From now on trouble is waited out, not failed with. */
  markChanged(): void {
    if (this.changed) return;
    this.changed = true;
    this.tell({ kind: 'changed' });
  }

  /** Waits for the end of an update of EKS, whatever happens, and says so when it takes longer than expected. */
  async awaitEnd(
    target: UpdateTarget,
    what: string,
    updateId: string,
    measured?: ProbeSummary,
  ): Promise<UpdateOutcome> {
    const { context, request } = this.input;
    const limit = {
      'control-plane': 'controlPlaneTimeout',
      'add-on': 'addonTimeout',
      'node-group': 'nodeGroupTimeout',
    } as const;
    let probe = measured;
    for (;;) {
      const { outcome, onlyLooked } = await steadily(
        this,
        async (isWaiting) => ({
          onlyLooked: isWaiting,
          outcome: await CancellationScope.nonCancellable(() =>
            perform('awaitUpdate', `${what}: wait for EKS update ${updateId}`, {
              context,
              target,
              updateId,
              timeoutMs: isWaiting ? 1 : scaled(request.timing, limit[target.kind]),
              pollMs: scaled(request.timing, 'pollInterval'),
              ...(target.kind === 'control-plane' ? { probeIntervalMs: probeInterval(request.timing) } : {}),
              ...(probe === undefined ? {} : { probe }),
            }),
          ),
        }),
        true,
      );
      probe = outcome.probe;
      if (outcome.status !== 'StillRunning') {
        this.endWait('slow-update');
        return outcome;
      }
      if (onlyLooked) continue;
      this.beginWait(
        'slow-update',
        `${what}: EKS update ${updateId} runs longer than \`timing.${limit[target.kind]}\` (${request.timing[limit[target.kind]]}). It can't be called back, so its end is waited for.`,
      );
    }
  }

  tell(event: StageEvent): void {
    const parent = workflowInfo().parent;
    if (parent === undefined) return;
    const root = getExternalWorkflowHandle(parent.workflowId, parent.runId);
    this.telling = CancellationScope.nonCancellable(async () => {
      await this.telling;
      try {
        await root.signal(stageEvent, { at: this.at, event });
      } catch {
        // The root has ended (it was terminated): nobody is left to be told, and the stage finishes what it began.
        this.orphaned = true;
      }
    });
  }
}
