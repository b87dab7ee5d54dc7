import { workflowInfo } from '@temporalio/workflow';
import type { ClusterContext } from '../../activities/types.ts';
import type { ToolsStage } from '../../contract/plan.ts';
import type { Timing } from '../../contract/request.ts';
import type { ToolChange } from '../../contract/tools.ts';
import type { StageInput } from '../stageMessages.ts';
import type { StageRun } from '../stageRun.ts';
import { scaled } from '../time.ts';

/** The upgrade of one tool, in the run of its workflow. */
export class ToolRun {
  readonly run: StageRun;
  readonly change: ToolChange;
  /** CRDs that were applied for it, which stay whatever happens. */
  appliedCrds: string[] = [];
  private readonly input: StageInput<ToolsStage>;

  constructor(input: StageInput<ToolsStage>, run: StageRun) {
    this.input = input;
    this.run = run;
    const { stage: _, ...change } = input.stage;
    this.change = change;
  }

  /** With what each activity of it is called. */
  get step(): { context: ClusterContext; change: ToolChange } {
    return { context: this.input.context, change: this.change };
  }

  /** Workflow ID of the root, by which a revision of the release is known as ours. */
  get upgrade(): string {
    return workflowInfo().parent?.workflowId ?? workflowInfo().workflowId;
  }

  /** `external-dns 1.14.5 → 1.15.0`. */
  get title(): string {
    const { tool, from, to } = this.change;
    return `${tool} ${from === undefined ? '' : `${from.version} → `}${to.version}`;
  }

  /** A time limit of the request, milliseconds. */
  limit(name: Exclude<keyof Timing, 'scale' | 'probeInterval'>): number {
    return scaled(this.input.request.timing, name);
  }

  /** The same as the request has it, for people: `10m`. */
  limitText(name: 'gitTimeout' | 'settleTimeout'): string {
    return this.input.request.timing[name];
  }
}
