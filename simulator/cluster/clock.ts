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
/** How far the clock may be behind the real time before it gives up what it lacks, in real milliseconds. */
const longestLagMilliseconds = 20;

/**
 * A clock that starts at the real time and runs `speed` times as fast, or slower where the process can not follow. All
 * that waits hangs on a single timer of the process, however much it is; the timer keeps the process alive only while
 * somebody sleeps.
 *
 * However late the process is, what waits is called at its own time, one time after the other: the clock stands at each
 * until the process has had a turn to do what follows from it, which may be to wait for something that is still before
 * the next. So who has until twelve and is done at eleven is done in time on a slow machine as on a fast one.
 * Times are whole milliseconds.
 */
export class FastClock implements SimulatedClock {
  private rate: number;
  private simulatedBase: number;
  private realBase: number;
  private readonly isBusy: () => boolean;
  private readonly alarms: Alarm[] = [];
  private nextOrder = 0;
  private timer: NodeJS.Timeout | undefined;
  /** The time at which the clock stands, and the turn of the process for which it does. */
  private standing: { at: number; turn: NodeJS.Immediate } | undefined;
  private readonly sleepers = new Set<(reason: Error) => void>();
  private closed = false;

  /** @param isBusy whether more follows from what was called last, so that the clock stands on */
  constructor(speed = 1, startsAt = new Date(), isBusy = (): boolean => false) {
    this.rate = positive(speed);
    this.simulatedBase = startsAt.getTime();
    this.realBase = performance.now();
    this.isBusy = isBusy;
  }

  get speed(): number {
    return this.rate;
  }

  /** Makes time run faster or slower from now on; what waits comes the sooner or later. */
  setSpeed(speed: number): void {
    positive(speed);
    this.runFrom(this.milliseconds());
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
      due: this.milliseconds() + Math.ceil(Math.max(0, milliseconds)),
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
    clearImmediate(this.standing?.turn);
    this.alarms.length = 0;
    for (const fail of [...this.sleepers]) fail(closedError());
  }

  /** Never later than the next that waits: that is called first. */
  private milliseconds(): number {
    if (this.standing !== undefined) return this.standing.at;
    return Math.min(this.running(), this.alarms[0]?.due ?? Infinity);
  }

  /** The time that it is by the real one. */
  private running(): number {
    return Math.floor(this.simulatedBase + (performance.now() - this.realBase) * this.rate);
  }

  private runFrom(milliseconds: number): void {
    this.simulatedBase = milliseconds;
    this.realBase = performance.now();
  }

  private arm(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const first = this.first();
    if (first === undefined || this.closed || this.standing !== undefined) return;
    const delay = Math.ceil((first.due - this.milliseconds()) / this.rate);
    this.timer = setTimeout(() => this.ring(), Math.min(Math.max(0, delay), longestTimerMilliseconds));
    this.keepAliveIfNeeded();
  }

  private keepAliveIfNeeded(): void {
    if (this.sleepers.size > 0) this.timer?.ref();
    else this.timer?.unref();
  }

  /** The next that waits and was not called off. */
  private first(): Alarm | undefined {
    while (this.alarms[0] !== undefined && this.alarms[0].callback === undefined) pop(this.alarms);
    return this.alarms[0];
  }

  /** Calls the next, and all of the same time, if that has come, and gives the process a turn. */
  private ring(): void {
    const first = this.first();
    const running = this.running();
    if (first === undefined || first.due > running) {
      this.arm();
      return;
    }
    if (running - first.due > longestLagMilliseconds * this.rate) this.runFrom(first.due);
    this.stand(first.due);
    // What is asked for from here on comes after the turn, be it for the same time.
    const asked = this.nextOrder;
    for (let next: Alarm | undefined = first; next?.due === first.due && next.order < asked;) {
      pop(this.alarms);
      next.callback?.();
      next = this.first();
    }
  }

  private stand(at: number): void {
    this.standing = { at, turn: setImmediate(() => this.goOn()) };
  }

  private goOn(): void {
    const at = this.standing?.at;
    this.standing = undefined;
    if (at !== undefined && this.isBusy()) this.stand(at);
    else this.ring();
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
