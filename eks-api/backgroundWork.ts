/** Work that goes on after its request was answered, until it ends or all of it is broken off. */
export class BackgroundWork {
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  /** Runs work; what it throws is nobody's to catch, save when it was broken off. */
  run(work: (signal: AbortSignal) => Promise<void>): void {
    const signal = this.#closing.signal;
    const running: Promise<void> = work(signal)
      .catch((error: unknown) => {
        if (!signal.aborted) throw error;
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Breaks off all that runs and waits until it has stopped. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('EKS is being closed'));
    await Promise.allSettled([...this.#running]);
  }
}
