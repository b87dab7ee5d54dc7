import { condition } from '@temporalio/workflow';
import type { Remark } from '../contract/messages.ts';
import type { Timing } from '../contract/request.ts';
import { failure } from './failures.ts';
import { scaled } from './time.ts';
import type { UpgradeState } from './upgradeState.ts';

/** What is looked at, and how often. */
export interface Look {
  /** Where in the upgrade: `1.32/workers/blue`. */
  place: string;
  /** What it means when something is listed: `Workloads that were well before are broken`. */
  what: string;
  /** Lists what is wrong now, one line each. */
  look: () => Promise<string[]>;
  /** Milliseconds between two looks. */
  againMs: number;
}

/**
 * Holds the upgrade while something is wrong that more changes could make worse, and says so, until it is mended, a
 * person accepts it (`resume`), aborts, or the time is over.
 */
export class Holding {
  private readonly state: UpgradeState;
  private current: { acceptedBy?: Remark } | undefined;

  constructor(state: UpgradeState) {
    this.state = state;
  }

  /** True when something was being held over and a person's `resume` accepts it. */
  accept(remark: Remark): boolean {
    if (this.current === undefined) return false;
    this.current.acceptedBy = remark;
    return true;
  }

  /**
   * @returns `well`, or `accepted` when a person has accepted what is wrong
   * @throws ApplicationFailure `WorkloadsBroken` at the end of `timing.brokenTimeout`
   */
  async untilWell({ place, what, look, againMs }: Look, timing: Timing): Promise<'well' | 'accepted'> {
    let problems = await look();
    if (problems.length === 0) return 'well';
    const limitMs = scaled(timing, 'brokenTimeout');
    const began = Date.now();
    const holding: { acceptedBy?: Remark } = {};
    this.current = holding;
    this.state.note(`${what}: ${problems.join('; ')}`, place);
    this.state.beginWait(
      'workloads',
      `${what}: ${problems.join('; ')}. The upgrade goes on when that is mended; \`resume\` accepts it as it is, \`abort\` ends the upgrade.`,
      new Date(began + limitMs).toISOString(),
      place,
    );
    try {
      while (problems.length > 0) {
        if (Date.now() - began > limitMs) {
          throw failure(
            'WorkloadsBroken',
            `${what}, and did not recover within ${timing.brokenTimeout}: ${problems.join('; ')}`,
          );
        }
        const accepted = () => holding.acceptedBy !== undefined;
        if (await condition(accepted, againMs, { summary: 'before the next look' })) {
          this.state.note(
            `Accepted by ${holding.acceptedBy?.by ?? 'a person'}: ${problems.join('; ')}`,
            place,
          );
          return 'accepted';
        }
        problems = await look();
      }
      return 'well';
    } finally {
      this.current = undefined;
      this.state.endWait('workloads', place);
    }
  }
}
