/** What has to be undone at the end, however that comes: in reverse order, and every one of them. */
export class Cleanups {
  readonly #cleanups: (() => Promise<unknown>)[] = [];

  add(cleanup: () => Promise<unknown>): void {
    this.#cleanups.push(cleanup);
  }

  /** Runs them all, once. @param onTrouble told of each that failed */
  async run(onTrouble: (error: unknown) => void): Promise<void> {
    for (let cleanup = this.#cleanups.pop(); cleanup !== undefined; cleanup = this.#cleanups.pop()) {
      try {
        await cleanup();
      } catch (error) {
        onTrouble(error);
      }
    }
  }
}
