import { noteTaken } from './compareLeases.ts';
import { compareToolStates } from './compareToolStates.ts';
import type { LeaseSeen, StateComparison, ToolState } from './toolState.ts';

export interface AwaitToolOptions {
  before: ToolState;
  /** Looks once. What it throws ends the waiting. */
  look: () => Promise<ToolState>;
  /** Nobody waits longer than this. Milliseconds. */
  settleMs: number;
  /** Between two looks. Milliseconds. */
  pollMs: number;
  /** Waits that long; rejects when the waiting is to end. */
  pause: (milliseconds: number) => Promise<void>;
  /** Milliseconds of a clock that only goes forward. */
  clock?: () => number;
  /** Told after each look what is waited for, in one line. */
  onLook?: (line: string) => void;
}

export interface ToolWellness {
  well: boolean;
  comparison: StateComparison;
  /** As it was seen last. */
  state: ToolState;
  looks: number;
}

/**
 * Looks until the tool and what it serves are as well as before, twice in a row, or the time is over. Twice, because a
 * controller that has just begun says for a moment what its predecessor has left.
 *
 * Throws what `look` and `pause` throw.
 */
export async function awaitToolWell(options: AwaitToolOptions): Promise<ToolWellness> {
  const { before, look, settleMs, pollMs, pause, onLook, clock = () => performance.now() } = options;
  const end = clock() + settleMs;
  let first: ToolState | undefined;
  let previous: ToolState | undefined;
  let taken: LeaseSeen[] | undefined;
  let wellBefore = false;
  for (let looks = 1; ; looks += 1) {
    const state = await look();
    const left = end - clock();
    const until = new Date(Date.parse(state.lookedAt) + Math.max(0, left));
    const comparison = compareToolStates(before, state, {
      ...(first === undefined ? {} : { first }),
      ...(previous === undefined ? {} : { previous }),
      ...(taken === undefined ? {} : { taken }),
      until,
    });
    const well = comparison.problems.length === 0 && comparison.unknown.length === 0;
    if ((well && wellBefore) || left <= 0) return { well, comparison, state, looks };
    onLook?.(waitingLine(comparison));
    await pause(Math.min(pollMs, left));
    first ??= state;
    previous = state;
    taken = noteTaken(taken, state.leases);
    wellBefore = well;
  }
}

function waitingLine({ problems, unknown }: StateComparison): string {
  const lines = [...problems, ...unknown];
  const [line] = lines;
  if (line === undefined) return 'well, and looked at once more';
  return `waiting for ${line}${lines.length === 1 ? '' : ` and ${lines.length - 1} more`}`;
}
