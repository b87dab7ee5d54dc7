import { setImmediate as nextTurn } from 'node:timers/promises';
import type { InfrastructureClock } from '../../eks-api/infrastructure.ts';

interface Alarm {
  due: number;
  ring: () => void;
}

/** A clock that stands still until it is told to step: to the next moment for which something waits. */
export class SteppedClock implements InfrastructureClock {
  #now = Date.parse('2026-06-01T00:00:00Z');
  #alarms: Alarm[] = [];

  now(): Date {
    return new Date(this.#now);
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (): void => {
        this.#alarms = this.#alarms.filter((one) => one !== alarm);
        const reason: unknown = signal?.reason;
        reject(reason instanceof Error ? reason : new Error(String(reason)));
      };
      const ring = (): void => {
        signal?.removeEventListener('abort', fail);
        resolve();
      };
      const alarm = { due: this.#now + milliseconds, ring };
      if (signal?.aborted === true) {
        fail();
        return;
      }
      this.#alarms.push(alarm);
      signal?.addEventListener('abort', fail, { once: true });
    });
  }

  /** Rings for whoever waits for the nearest moment, and lets what follows from it happen. */
  async step(): Promise<void> {
    const due = Math.min(...this.#alarms.map((alarm) => alarm.due));
    const ringing = this.#alarms.filter((alarm) => alarm.due === due);
    this.#alarms = this.#alarms.filter((alarm) => alarm.due !== due);
    if (ringing.length > 0) this.#now = due;
    for (const alarm of ringing) alarm.ring();
    await nextTurn();
  }

  /** Steps until something is so. Throws when nothing waits for the clock any more and it is not. */
  async until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isSo())) {
      if (this.#alarms.length === 0) throw new Error('nothing is going on, and it is not so');
      await this.step();
    }
  }
}
