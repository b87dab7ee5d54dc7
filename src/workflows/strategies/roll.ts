import { CancellationScope, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { ReplacedWorkersStage } from '../../contract/plan.ts';
import type { Timing } from '../../contract/request.ts';
import { interrupt } from '../stageMessages.ts';
import type { Interruption, StageInput } from '../stageMessages.ts';
import { StageQuestions } from '../stageQuestions.ts';
import type { StageRun } from '../stageRun.ts';
import { scaled } from '../time.ts';
import { freshRoll } from './rollState.ts';
import type { RollState } from './rollState.ts';

/** A run goes on as a new one at the latest when its history has so many events: far below Temporal's limit. */
const longestHistory = 4_000;

/** One roll of a node group by our own strategies, in the run of its workflow that carries it now. */
export class Roll {
  readonly input: StageInput<ReplacedWorkersStage>;
  readonly run: StageRun;
  readonly state: RollState;
  readonly questions: StageQuestions;
  /** What has broken into the work: a `rollback`, or an abort of what was carried on in spite of an abort. */
  interruption: Interruption | undefined;
  private work: CancellationScope | undefined;
  private toldPercent = -1;

  constructor(input: StageInput<ReplacedWorkersStage>, run: StageRun) {
    this.input = input;
    this.run = run;
    this.state = input.roll ?? freshRoll();
    this.questions = new StageQuestions(run, this.state);
    setHandler(interrupt, (interruption) => {
      // Once the old group goes there is no way back, and what moves back is on its way.
      if (this.state.phase === 'retiring' || this.state.phase === 'moving-back') return;
      this.interruption = interruption;
      this.work?.cancel();
    });
  }

  /** Workflow ID of the root, by which changes on objects are known as ours. */
  get madeBy(): string {
    return workflowInfo().parent?.workflowId ?? workflowInfo().workflowId;
  }

  /** A time limit of the request, milliseconds. */
  limit(name: Exclude<keyof Timing, 'scale' | 'probeInterval'>): number {
    return scaled(this.input.request.timing, name);
  }

  /** Runs what an abort or a `rollback` breaks into. */
  async interruptible<T>(steps: () => Promise<T>): Promise<T> {
    this.interruption = undefined;
    const run = () => {
      this.work = new CancellationScope();
      return this.work.run(steps);
    };
    return this.state.insisted ? CancellationScope.nonCancellable(run) : run();
  }

  /** How far it is, in one line; told only when it shows, so that a roll of thousands of waves stays readable. */
  progress(text: string, nodesDone: number, nodes: number): void {
    const percent = nodes === 0 ? 100 : Math.floor((100 * nodesDone) / nodes);
    if (percent === this.toldPercent) return;
    this.toldPercent = percent;
    this.run.detail(text);
  }

  /** Between two waves, with nothing under way: goes on in a new run when this one's history has grown (rule 19). */
  async betweenWaves(): Promise<void> {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if (!continueAsNewSuggested && historyLength < longestHistory) return;
    await this.run.told();
    // What has come in the meantime is carried out by this run: it would be lost on the way.
    if (this.interruption !== undefined || CancellationScope.current().consideredCancelled) return;
    await continueAsNew<(input: StageInput) => Promise<unknown>>({
      ...this.input,
      changed: this.run.changed,
      paused: this.run.paused,
      roll: this.state,
    });
  }
}
