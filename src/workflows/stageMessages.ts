import { defineSignal } from '@temporalio/workflow';
import type { ClusterContext } from '../activities/types.ts';
import type { EvidenceReference } from '../contract/evidence.ts';
import type { Remark } from '../contract/messages.ts';
import type { Hop, PlannedStage } from '../contract/plan.ts';
import type { Request } from '../contract/request.ts';
import type { Compensation, GateName, WaitKind } from '../contract/status.ts';
import type { Decision, DecisionRecord, PodReference } from '../contract/workers.ts';
import type { RollState } from './strategies/rollState.ts';

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
  /** The state of all workloads before anything was changed; an older root gives none. */
  baseline?: EvidenceReference;
  /** How far the roll has come, when this run goes on where another has left off. */
  roll?: RollState;
}

/** What a stage asks of people. Its root opens it, because a person speaks to the workflow that they started. */
export interface Question extends Pick<DecisionRecord, 'about' | 'options' | 'byDefault' | 'shown' | 'pods'> {
  /** After this `byDefault` is taken. Milliseconds. */
  timeoutMs: number;
}

/** What a question of a stage came to. */
export type StageAnswer =
  | {
      kind: 'decision';
      decision: Decision;
      /** Absent when the default was taken. */
      by?: string;
      comment?: string;
      /** Narrows `skip`. */
      node?: string;
      /** The Pods that `force` and `restart` concern. */
      pods: PodReference[];
    }
  | { kind: 'gate'; approved: true }
  | { kind: 'gate'; approved: false; reason: string };

/** What a stage tells its root while it runs; few of them, because each costs both histories some events. */
export type StageEvent =
  | { kind: 'detail'; text: string }
  | { kind: 'changed' }
  | { kind: 'begin-wait'; wait: WaitKind; what: string; until?: string }
  | { kind: 'end-wait'; wait: WaitKind }
  | { kind: 'note'; text: string }
  | { kind: 'evidence'; evidence: EvidenceReference }
  | { kind: 'compensation'; compensation: Pick<Compensation, 'undo' | 'args' | 'what'> }
  | {
      kind: 'compensated';
      /** Told since there is more than one kind. */
      undo?: Compensation['undo'];
      args: Record<string, unknown>;
      state: 'put-back' | 'failed' | 'kept';
    }
  /** `asking` tells what a stage has asked apart; the answer has the same. */
  | { kind: 'ask'; asking: number; question: Question }
  | { kind: 'ask-gate'; asking: number; gate: GateName; shown: string[] }
  /** It needs no answer any more: it has mended itself, or the stage is being aborted. */
  | { kind: 'withdraw'; asking: number; outcome: 'void' | 'aborted' };

/** From a stage to its root. `at` is the stage's place, as in its workflow ID: `1.32/workers/blue`. */
export const stageEvent = defineSignal<[{ at: string; event: StageEvent }]>('stageEvent');

/** From the root to the stage that runs. */
export const setPaused = defineSignal<[boolean]>('setPaused');

/** From the root to the stage that has asked. */
export const stageAnswer = defineSignal<[{ asking: number; answer: StageAnswer }]>('stageAnswer');

/** From the root to the stage that runs: leave what you do, and go back or hold. */
export const interrupt = defineSignal<[Interruption]>('interrupt');

export interface Interruption extends Remark {
  because: 'rollback' | 'abort';
}
