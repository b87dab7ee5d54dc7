import type { EvidenceReference } from '../contract/evidence.ts';
import type { ToolChange } from '../contract/tools.ts';
import type { ClusterContext } from './types.ts';

/** With what each step of one tool's upgrade is called. Times are milliseconds. */
export interface ToolStep {
  context: ClusterContext;
  change: ToolChange;
}

/** A look at a tool and at what it serves, against what was seen before its upgrade. */
export interface ToolVerdict {
  well: boolean;
  /** Each as one line that names the object: `Application shop/web: Degraded, was Healthy`; at most 20. */
  problems: string[];
  problemCount: number;
  /** What could not be looked at, and why: never taken for well (rule 11). */
  unknown: string[];
  evidence: EvidenceReference;
}

/** How a release stands after a step. */
export interface ReleaseOutcome {
  /** `already-done`: it has that version, deployed, from an earlier run of this step. */
  state: 'already-done' | 'done';
  revision: number;
  /** Status as helm says it, `deployed`. */
  status: string;
}

/** The side effects of upgrading one tool. Each looks before it acts and may be run twice (rule 13). */
export interface ToolActivities {
  /**
   * Right before: refuses a release that is not as the plan has it (another revision, pending, failed, a namespace that
   * is terminating), and notes how the tool and what it serves stand now.
   * Throws `ToolRefused` with what is otherwise.
   */
  prepareTool(input: ToolStep): Promise<{ revision?: number; before: EvidenceReference }>;

  /**
   * Applies the CRD changes that the plan allows, server-side, and waits until each is Established.
   * Throws `ToolFailed`.
   */
  applyToolCrds(input: ToolStep & { timeoutMs?: number }): Promise<{ applied: string[] }>;

  /**
   * Brings the release to its new version through helm (or helmfile). A revision that an earlier run of this step has
   * left pending is taken back first.
   * Throws `ToolFailed` with helm's words, the release left as helm left it: `rollBackTool` follows.
   */
  upgradeTool(
    input: ToolStep & { revisionBefore?: number; upgrade: string; timeoutMs?: number },
  ): Promise<ReleaseOutcome>;

  /** Compares the tool and what it serves with before, until all is well or the time is over. Milliseconds. */
  verifyTool(
    input: ToolStep & {
      before: EvidenceReference;
      settleMs: number;
      pollMs: number;
      /** The release was taken back: then it is to stand as before with what it had before. */
      rolledBack?: boolean;
    },
  ): Promise<ToolVerdict>;

  /**
   * Takes the release back to the revision it had before; one that is there already is left alone. A first installation
   * is uninstalled. Throws `ToolFailed`.
   */
  rollBackTool(
    input: ToolStep & { revisionBefore?: number; upgrade?: string; timeoutMs?: number },
  ): Promise<ReleaseOutcome>;

  /** Waits until Git has brought a tool that Argo CD manages to the version: its Application Synced and Healthy. */
  awaitToolInGit(
    input: ToolStep & { timeoutMs: number; pollMs: number },
  ): Promise<{ state: 'synced' | 'waiting'; line: string }>;
}
