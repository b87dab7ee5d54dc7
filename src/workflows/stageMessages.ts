import { defineSignal } from '@temporalio/workflow';
import type { ClusterContext } from '../activities/types.ts';
import type { Hop, PlannedStage } from '../contract/plan.ts';
import type { Request } from '../contract/request.ts';
import type { Compensation, WaitKind } from '../contract/status.ts';

/** What a root gives to the child workflow that carries out one stage. Plain JSON. */
export interface StageInput<Stage extends PlannedStage = PlannedStage> {
  context: ClusterContext;
  request: Request;
  hop: Pick<Hop, 'from' | 'to'>;
  stage: Stage;
  /** Run ID of the root's first run; client tokens are derived from it. */
  runId: string;
  /** Whether something has been changed in the cluster already. */
  changed: boolean;
  paused: boolean;
}

/** What a stage tells its root while it runs; few of them, because each costs both histories some events. */
export type StageEvent =
  | { kind: 'detail'; text: string }
  | { kind: 'changed' }
  | { kind: 'begin-wait'; wait: WaitKind; what: string; until?: string }
  | { kind: 'end-wait'; wait: WaitKind }
  | { kind: 'note'; text: string }
  | { kind: 'compensation'; compensation: Pick<Compensation, 'undo' | 'args' | 'what'> }
  | { kind: 'compensated'; args: Record<string, unknown>; state: 'put-back' | 'failed' };

/** From a stage to its root. `at` is the stage's place, as in its workflow ID: `1.32/workers/blue`. */
export const stageEvent = defineSignal<[{ at: string; event: StageEvent }]>('stageEvent');

/** From the root to the stage that runs. */
export const setPaused = defineSignal<[boolean]>('setPaused');
