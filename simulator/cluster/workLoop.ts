/** How long one go may keep the process from answering requests, in milliseconds. */
const sliceMilliseconds = 8;

/**
 * The controllers' work: each piece has a key, and while it waits it is kept once however often it is asked for. It
 * runs in short slices between the process's other business.
 */
export class WorkLoop {
  private waiting = new Map<string, () => void>();
  /** Work that is put off, by key. */
  private readonly resting = new Map<string, NodeJS.Timeout>();
  private scheduled: NodeJS.Immediate | undefined;
  private idle: (() => void)[] = [];
  private closed = false;
  private readonly onError: (error: unknown, key: string) => void;

  constructor(onError: (error: unknown, key: string) => void) {
    this.onError = onError;
  }

  enqueue(key: string, work: () => void): void {
    if (this.closed) return;
    this.waiting.set(key, work);
    this.scheduled ??= setImmediate(() => this.slice());
  }

  /** Enqueues a piece of work after that many real milliseconds, unless it is put off already. */
  enqueueLater(key: string, milliseconds: number, work: () => void): void {
    if (this.closed || this.resting.has(key)) return;
    const timer = setTimeout(() => {
      this.resting.delete(key);
      this.enqueue(key, work);
    }, milliseconds);
    this.resting.set(key, timer);
  }

  /** Whether there is something to do now; what is put off is not. */
  get hasWork(): boolean {
    return this.waiting.size > 0;
  }

  /** Resolves when nothing waits to be done. */
  async whenIdle(): Promise<void> {
    if (this.isIdle || this.closed) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  close(): void {
    this.closed = true;
    clearImmediate(this.scheduled);
    this.waiting.clear();
    for (const timer of this.resting.values()) clearTimeout(timer);
    this.resting.clear();
    this.tellIdle();
  }

  private slice(): void {
    this.scheduled = undefined;
    const end = performance.now() + sliceMilliseconds;
    // A Map goes on to entries that are added on the way.
    for (const [key, work] of this.waiting) {
      this.waiting.delete(key);
      try {
        work();
      } catch (error) {
        this.onError(error, key);
      }
      if (performance.now() >= end) break;
    }
    if (this.closed) return;
    if (this.waiting.size > 0) this.scheduled ??= setImmediate(() => this.slice());
    else if (this.isIdle) this.tellIdle();
  }

  private get isIdle(): boolean {
    return this.waiting.size === 0 && this.resting.size === 0;
  }

  private tellIdle(): void {
    const idle = this.idle;
    this.idle = [];
    for (const resolve of idle) resolve();
  }
}
