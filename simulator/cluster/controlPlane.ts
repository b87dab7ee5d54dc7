import type { SimulatedFaults } from './faults.ts';
import type { SimulatedClock } from './types.ts';

/** Shares of the upgrade's time after which the one and the other API server are replaced. */
const firstReplacedAt = 0.4;
const secondReplacedAt = 0.8;

/** Two API servers behind one endpoint; an upgrade replaces one after the other, so that one always answers. */
export class ControlPlane {
  private servers: [string, string];
  private upgraded: string;
  private readonly clock: SimulatedClock;
  private readonly faults: SimulatedFaults;
  private readonly onReplaced: () => void;
  private readonly upgradeSeconds: number;

  constructor(options: {
    version: string;
    clock: SimulatedClock;
    faults: SimulatedFaults;
    /** Simulated time that an upgrade takes. */
    upgradeSeconds: number;
    /** Told when an API server has been replaced: a new one knows no change from before it. */
    onReplaced: () => void;
  }) {
    this.servers = [options.version, options.version];
    this.upgraded = options.version;
    this.clock = options.clock;
    this.faults = options.faults;
    this.onReplaced = options.onReplaced;
    this.upgradeSeconds = options.upgradeSeconds;
  }

  /** The version that all of the control plane has; an upgrade changes it at its end. */
  get version(): string {
    return this.upgraded;
  }

  /** The versions that the API servers answer with now, one or two. */
  apiServerVersions(): string[] {
    return [...new Set(this.servers)];
  }

  /** Resolves when all is at the version. When the signal ends it, the old servers are put back. */
  async upgrade(to: string, signal: AbortSignal): Promise<void> {
    const from = this.upgraded;
    const total = this.upgradeSeconds * 1000;
    try {
      await this.clock.sleep(total * firstReplacedAt, signal);
      this.servers = [to, from];
      this.onReplaced();
      this.faults.cutWatches();
      const downtime = this.faults.apiServerDowntimeSeconds * 1000;
      if (downtime > 0) {
        this.faults.setApiServerDown(true);
        await this.clock.sleep(downtime, signal).finally(() => this.faults.setApiServerDown(false));
      }
      await this.clock.sleep(total * (secondReplacedAt - firstReplacedAt), signal);
      this.servers = [to, to];
      this.onReplaced();
      this.faults.cutWatches();
      await this.clock.sleep(total * (1 - secondReplacedAt), signal);
      this.upgraded = to;
    } catch (error) {
      this.servers = [from, from];
      throw error;
    }
  }
}
