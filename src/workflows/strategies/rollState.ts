import type { Compensation } from '../../contract/status.ts';
import type { ErrorName } from '../../contract/errors.ts';

/** What was changed for the roll's sake and is to be put back. */
export type Debt = Pick<Compensation, 'undo' | 'args' | 'what'>;

/** One pass over the nodes of a group, some at a time. */
export interface Pass {
  /** How many waves there have been. */
  waves: number;
  /** Nodes that the group had when it began; shares are of these. */
  groupNodes: number;
  /** Names of nodes that are empty and still there. */
  drained: string[];
  /** Names of nodes that people have left as they are. */
  skipped: string[];
}

/** How a roll ends that does not reach its target. */
export type Ending = { aborted: true } | { aborted: false; type: ErrorName; message: string };

/**
 * How far a roll has come: plain JSON, because it passes from one run of its workflow to the next (rule 19). A field
 * that a later release adds is optional.
 */
export interface RollState {
  /**
   * `preparing`: no Pod has been touched, and all can be put back. `moving`: Pods have been evicted. `retiring`: the old
   * group goes, and there is no way back. `moving-back`: Pods go back to the old nodes.
   */
  phase: 'preparing' | 'moving' | 'retiring' | 'moving-back';
  /** Nodes of the old group, and when going back those of the new one. */
  pass: Pass;
  debts: Debt[];
  /** How many questions have been asked. */
  asked: number;
  /** A person has said `forward` although the upgrade was being aborted: that abort no longer ends the roll. */
  insisted: boolean;
  /** Set while moving back: how the roll ends then. */
  ending?: Ending;
}

export function freshRoll(): RollState {
  return { phase: 'preparing', pass: freshPass(0), debts: [], asked: 0, insisted: false };
}

export function freshPass(groupNodes: number): Pass {
  return { waves: 0, groupNodes, drained: [], skipped: [] };
}
