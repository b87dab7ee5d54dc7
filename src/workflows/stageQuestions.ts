import { CancellationScope, condition, isCancellation, setHandler } from '@temporalio/workflow';
import type { GateName } from '../contract/status.ts';
import { stageAnswer } from './stageMessages.ts';
import type { Question, StageAnswer } from './stageMessages.ts';
import type { StageRun } from './stageRun.ts';

export type DecisionTaken = Extract<StageAnswer, { kind: 'decision' }>;
export type GateTaken = Extract<StageAnswer, { kind: 'gate' }>;

/** Past the root's own time limit by this much a stage takes it that nobody will answer. Milliseconds. */
const graceMs = 600_000;

/** What a stage asks of people through its root. */
export class StageQuestions {
  private readonly run: StageRun;
  private readonly counter: { asked: number };
  private readonly answers = new Map<number, StageAnswer>();

  /** @param counter goes on counting where an earlier run of the stage has left off */
  constructor(run: StageRun, counter: { asked: number }) {
    this.run = run;
    this.counter = counter;
    setHandler(stageAnswer, ({ asking, answer }) => {
      this.answers.set(asking, answer);
    });
  }

  /**
   * Asks, and looks meanwhile whether it has mended itself: then the question is withdrawn.
   *
   * @param meanwhile goes on until it is mended; cancelled when the answer comes
   */
  async ask<T>(
    question: Question,
    meanwhile: () => Promise<T>,
  ): Promise<{ answer: DecisionTaken } | { mended: T }> {
    const asking = ++this.counter.asked;
    this.run.tell({ kind: 'ask', asking, question });
    const looking = new CancellationScope();
    let seen: { value: T } | { error: unknown } | undefined;
    const look = looking.run(meanwhile).then(
      (value) => (seen = { value }),
      (error: unknown) => (seen = { error }),
    );
    const answered = () => this.answers.get(asking);
    try {
      await condition(
        () => answered() !== undefined || seen !== undefined || this.run.orphaned,
        question.timeoutMs + graceMs,
      );
    } catch (aborted) {
      this.run.tell({ kind: 'withdraw', asking, outcome: 'aborted' });
      await CancellationScope.nonCancellable(() => look);
      throw aborted;
    }
    if (seen === undefined) looking.cancel();
    await CancellationScope.nonCancellable(() => look);
    const answer = answered();
    if (answer?.kind === 'decision') return { answer };
    if (seen !== undefined && 'value' in seen) {
      this.run.tell({ kind: 'withdraw', asking, outcome: 'void' });
      return { mended: seen.value };
    }
    if (seen !== undefined && !isCancellation(seen.error)) {
      this.run.tell({ kind: 'withdraw', asking, outcome: 'void' });
      throw seen.error;
    }
    // The root is gone, or it never answered: nobody is left to be asked.
    return { answer: { kind: 'decision', decision: question.byDefault, pods: question.pods } };
  }

  /** Asks a question that does not mend itself. */
  async decide(question: Question): Promise<DecisionTaken> {
    const outcome = await this.ask<never>(question, async () => {
      for (;;) await condition(() => false);
    });
    if ('answer' in outcome) return outcome.answer;
    return outcome.mended;
  }

  /** Has the root open one of its gates. A root that is gone does not approve anything. */
  async gate(gate: GateName, shown: string[]): Promise<GateTaken> {
    const asking = ++this.counter.asked;
    this.run.tell({ kind: 'ask-gate', asking, gate, shown });
    try {
      await condition(() => this.answers.has(asking) || this.run.orphaned);
    } catch (aborted) {
      this.run.tell({ kind: 'withdraw', asking, outcome: 'aborted' });
      throw aborted;
    }
    const answer = this.answers.get(asking);
    return answer?.kind === 'gate'
      ? answer
      : { kind: 'gate', approved: false, reason: 'The upgrade that could have asked for it has ended.' };
  }
}
