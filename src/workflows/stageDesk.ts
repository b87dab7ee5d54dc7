import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { ChildWorkflowHandle, Workflow } from '@temporalio/workflow';
import type { Hop, WorkersStage } from '../contract/plan.ts';
import type { Request } from '../contract/request.ts';
import type { GateName } from '../contract/status.ts';
import type { Decisions } from './decisions.ts';
import { troubleOf } from './failures.ts';
import type { Gates } from './gates.ts';
import { stageAnswer } from './stageMessages.ts';
import type { Question, StageAnswer } from './stageMessages.ts';

/** Whom the desk serves now. */
export interface Served {
  child: ChildWorkflowHandle<Workflow>;
  hop: Pick<Hop, 'to'>;
  stage: WorkersStage;
  at: string;
  request: Request;
  planDigest: string;
}

/** What the running stage asks of people is asked here, by the root, and the answer is sent to the stage. */
export class StageDesk {
  private readonly gates: Gates;
  private readonly decisions: Decisions;
  private served: Served | undefined;
  private readonly open = new Map<number, { withdraw: (outcome: 'void' | 'aborted') => void }>();

  constructor(gates: Gates, decisions: Decisions) {
    this.gates = gates;
    this.decisions = decisions;
  }

  serve(served: Served | undefined): void {
    this.served = served;
    if (served !== undefined) return;
    // A stage that has ended asks for nothing.
    for (const { withdraw } of this.open.values()) withdraw('aborted');
    this.open.clear();
  }

  ask(asking: number, question: Question): void {
    const { served } = this;
    if (served === undefined) return;
    this.open.set(asking, { withdraw: (outcome) => this.decisions.withdraw(outcome) });
    void this.answer(served, asking, () => this.decisions.ask(served.at, question));
  }

  askGate(asking: number, gate: GateName, shown: string[]): void {
    const { served } = this;
    if (served === undefined) return;
    const scope = new CancellationScope({ cancellable: true });
    this.open.set(asking, { withdraw: () => scope.cancel() });
    const { planDigest, request, hop, stage } = served;
    void this.answer(served, asking, async () => {
      try {
        await CancellationScope.nonCancellable(() =>
          scope.run(() => this.gates.ask(gate, planDigest, shown, request, hop.to, stage.nodeGroup)),
        );
        return { kind: 'gate', approved: true };
      } catch (error) {
        if (isCancellation(error)) return undefined;
        return { kind: 'gate', approved: false, reason: troubleOf(error).message };
      }
    });
  }

  withdraw(asking: number, outcome: 'void' | 'aborted'): void {
    this.open.get(asking)?.withdraw(outcome);
    this.open.delete(asking);
  }

  private async answer(
    { child }: Served,
    asking: number,
    ask: () => Promise<StageAnswer | undefined>,
  ): Promise<void> {
    await CancellationScope.nonCancellable(async () => {
      const answer = await ask();
      this.open.delete(asking);
      if (answer === undefined) return;
      try {
        await child.signal(stageAnswer, { asking, answer });
      } catch {
        // The stage has ended: how it ended is what counts.
      }
    });
  }
}
