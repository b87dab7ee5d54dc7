import { get } from 'node:http';
import type { TargetGroupRecord, TargetRecord } from './records.ts';
import type { ElbStore } from './store.ts';

/** How long a target may take to answer a health check: as long as an ALB waits unless told otherwise. Milliseconds. */
const answerWithinMs = 5_000;

/**
 * Asks all targets of target groups that a rule forwards to, whatever the weight: that is what puts a group to use.
 * One round at a time, each a number of milliseconds after the last, or only when told.
 */
export class HealthChecks {
  readonly #store: ElbStore;
  readonly #everyMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  /** @param everyMs pause between two rounds; undefined for only when told */
  constructor(store: ElbStore, everyMs: number | undefined) {
    this.#store = store;
    this.#everyMs = everyMs;
    this.#plan();
  }

  /** One round, after the one that is under way. */
  async checkNow(): Promise<void> {
    this.#last = this.#last.then(() => this.#round());
    return this.#last;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#last;
  }

  #plan(): void {
    if (this.#everyMs === undefined || this.#closed) return;
    this.#timer = setTimeout(() => void this.checkNow().then(() => this.#plan()), this.#everyMs);
  }

  async #round(): Promise<void> {
    const checks: Promise<void>[] = [];
    for (const group of this.#store.targetGroups.values()) {
      const inUse = this.#store.loadBalancersOf(group.arn).length > 0;
      for (const target of group.targets) {
        if (target.state === 'draining') continue;
        if (inUse) checks.push(check(group, target));
        else forget(target);
      }
    }
    await Promise.all(checks);
  }
}

/** Nobody asks it while its group is in no rule. */
function forget(target: TargetRecord): void {
  target.state = 'initial';
  target.contrary = 0;
}

async function check({ healthCheck }: TargetGroupRecord, target: TargetRecord): Promise<void> {
  const { path, expectStatus, healthyAfter, unhealthyAfter } = healthCheck;
  const passes = (await statusOf(target, path)) === expectStatus;
  // It may have been deregistered while it was asked.
  if (target.state === 'draining') return;
  const now = passes ? 'healthy' : 'unhealthy';
  target.contrary = target.state === now ? 0 : target.contrary + 1;
  // A new target needs to answer well once only.
  const enough = passes ? (target.state === 'initial' ? 1 : healthyAfter) : unhealthyAfter;
  if (target.contrary < enough) return;
  target.state = now;
  target.contrary = 0;
}

/** Undefined for no answer. */
async function statusOf({ id, port }: TargetRecord, path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asked = get({ host: id, port, path, agent: false, timeout: answerWithinMs }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(undefined));
    asked.on('close', () => resolve(undefined));
  });
}
