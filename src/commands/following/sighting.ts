import type { ProbeSummary } from '../../contract/evidence.ts';
import type { UpgradeStatus } from '../../contract/status.ts';

/** What a running stage has told last by its heartbeat, which is nowhere else. */
export interface StageProgress {
  /** The stage's own workflow, or the upgrade's where the stage has none. */
  workflowId: string;
  line: string;
  nodes: NodeProgress[];
  probe?: ProbeSummary;
}

export interface NodeProgress {
  name: string;
  kubeletVersion: string;
  ready: boolean;
  schedulable: boolean;
}

/** How a workflow ended, as the server tells it without a worker. */
export interface Ending {
  state: 'completed' | 'failed' | 'aborted' | 'terminated' | 'timed-out';
  /** One sentence or more. */
  message: string;
  /** The error's name, when it failed. */
  type?: string;
  /** Key of the report in the evidence store. */
  report?: string;
}

/** One look at an upgrade from outside. */
export interface Sighting {
  /** ISO 8601. */
  at: string;
  workflowId: string;
  runId: string;
  taskQueue: string;
  startedAt: string;
  /** False when the status could not be asked for because no worker answered; `status` is then the last one known. */
  workerAnswers: boolean;
  /** What a worker says that could not carry the workflow on; it did answer, but not with a status. */
  trouble?: string;
  /** Absent as long as no worker has ever answered us. */
  status?: UpgradeStatus;
  progress: StageProgress[];
  ending?: Ending;
}
