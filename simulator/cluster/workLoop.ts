/** How long one go may keep the process from answering requests, in milliseconds. */
const sliceMilliseconds = 8;

/**
 * The controllers' work: each piece has a key, and while it waits it is kept once however often it is asked for. It
 * runs in short slices between the process's other business.
 */
export class WorkLoop {
  private waiting = new Map<string, () => void>();
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

  /** Resolves when nothing waits to be done. */
  async whenIdle(): Promise<void> {
    if (this.waiting.size === 0 || this.closed) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  close(): void {
    this.closed = true;
    clearImmediate(this.scheduled);
    this.waiting.clear();
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
    else this.tellIdle();
  }

  private tellIdle(): void {
    const idle = this.idle;
    this.idle = [];
    for (const resolve of idle) resolve();
  }
}
