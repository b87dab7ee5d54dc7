import type { SimulatedClock } from './types.ts';

interface Alarm {
  /** Simulated time, in milliseconds. */
  due: number;
  /** Alarms of the same time ring in the order in which they were set. */
  order: number;
  /** Undefined once it was called off. */
  callback: (() => void) | undefined;
}

/** Longest time that a timer of Node can be set to. */
const longestTimerMilliseconds = 2_147_483_647;

/**
 * A clock that starts at the real time and runs `speed` times as fast. All that waits hangs on a single timer of the
 * process, however much it is; the timer keeps the process alive only while somebody sleeps.
 */
export class FastClock implements SimulatedClock {
  private rate: number;
  private simulatedBase: number;
  private realBase: number;
  private readonly alarms: Alarm[] = [];
  private nextOrder = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly sleepers = new Set<(reason: Error) => void>();
  private closed = false;

  constructor(speed = 1, startsAt = new Date()) {
    this.rate = positive(speed);
    this.simulatedBase = startsAt.getTime();
    this.realBase = performance.now();
  }

  get speed(): number {
    return this.rate;
  }

  /** Makes time run faster or slower from now on; what waits comes the sooner or later. */
  setSpeed(speed: number): void {
    positive(speed);
    this.simulatedBase = this.milliseconds();
    this.realBase = performance.now();
    this.rate = speed;
    this.arm();
  }

  now(): Date {
    return new Date(this.milliseconds());
  }

  /** Rejects with the signal's reason, or when the clock is closed. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.closed || signal?.aborted === true) {
        reject(this.closed || signal === undefined ? closedError() : reasonOf(signal));
        return;
      }
      const finish = (): void => {
        signal?.removeEventListener('abort', abort);
        this.sleepers.delete(fail);
      };
      const fail = (reason: Error): void => {
        cancel();
        finish();
        reject(reason);
      };
      const abort = (): void => fail(signal === undefined ? new Error('aborted') : reasonOf(signal));
      this.sleepers.add(fail);
      const cancel = this.after(milliseconds, () => {
        finish();
        resolve();
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  after(milliseconds: number, callback: () => void): () => void {
    if (this.closed) return () => undefined;
    const alarm: Alarm = {
      due: this.milliseconds() + Math.max(0, milliseconds),
      order: this.nextOrder++,
      callback,
    };
    push(this.alarms, alarm);
    if (this.alarms[0] === alarm) this.arm();
    else this.keepAliveIfNeeded();
    return () => {
      alarm.callback = undefined;
    };
  }

  /** Calls everything off; who sleeps is rejected. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.alarms.length = 0;
    for (const fail of [...this.sleepers]) fail(closedError());
  }

  private milliseconds(): number {
    return this.simulatedBase + (performance.now() - this.realBase) * this.rate;
  }

  private arm(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.alarms[0] !== undefined && this.alarms[0].callback === undefined) pop(this.alarms);
    const first = this.alarms[0];
    if (first === undefined || this.closed) return;
    const delay = Math.ceil((first.due - this.milliseconds()) / this.rate);
    this.timer = setTimeout(() => this.ring(), Math.min(Math.max(0, delay), longestTimerMilliseconds));
    this.keepAliveIfNeeded();
  }

  private keepAliveIfNeeded(): void {
    if (this.sleepers.size > 0) this.timer?.ref();
    else this.timer?.unref();
  }

  private ring(): void {
    const now = this.milliseconds();
    try {
      for (let first = this.alarms[0]; first !== undefined && first.due <= now; first = this.alarms[0]) {
        pop(this.alarms);
        first.callback?.();
      }
    } finally {
      this.arm();
    }
  }
}

function positive(speed: number): number {
  if (!(speed > 0) || !Number.isFinite(speed))
    throw new RangeError(`the speed of a simulated clock must be a number greater than 0, not ${speed}`);
  return speed;
}

const closedError = (): Error => new Error('the simulated clock has been closed');

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error(String(reason));
}

const earlier = (left: Alarm, right: Alarm): boolean =>
  left.due < right.due || (left.due === right.due && left.order < right.order);

/** Adds to a binary heap with the earliest first. */
function push(heap: Alarm[], alarm: Alarm): void {
  let place = heap.length;
  heap.push(alarm);
  while (place > 0) {
    const parent = (place - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !earlier(alarm, above)) break;
    heap[place] = above;
    place = parent;
  }
  heap[place] = alarm;
}

/** Takes the earliest from the heap. */
function pop(heap: Alarm[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let place = 0;
  for (;;) {
    const left = heap[2 * place + 1];
    const right = heap[2 * place + 2];
    const child = right !== undefined && left !== undefined && earlier(right, left) ? right : left;
    if (child === undefined || !earlier(child, last)) break;
    heap[place] = child;
    place = child === left ? 2 * place + 1 : 2 * place + 2;
  }
  heap[place] = last;
}
