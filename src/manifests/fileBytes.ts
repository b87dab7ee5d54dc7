import { closeSync, openSync, readSync } from 'node:fs';

/** More than this is no file of manifests, and not read. */
export const largestFile = 128 * 1024 * 1024;

/**
 * Reads files one after another into the same memory, because a buffer and a question for its size cost more for each
 * of thousands of small files than reading it.
 */
export class FileReader {
  #memory = Buffer.allocUnsafe(512 * 1024);

  /**
   * The bytes of a file or pipe, which are good until the next one is read. Undefined when there are more than
   * {@link largestFile}.
   *
   * @throws what the system says, when it can't be read
   */
  read(path: string): Buffer | undefined {
    const file = openSync(path, 'r');
    try {
      for (let length = 0; ;) {
        const read = readSync(file, this.#memory, length, this.#memory.length - length, null);
        if (read === 0) return this.#memory.subarray(0, length);
        length += read;
        if (length > largestFile) return undefined;
        if (length === this.#memory.length) {
          const larger = Buffer.allocUnsafe(Math.min(2 * length, largestFile + 1));
          this.#memory.copy(larger, 0, 0, length);
          this.#memory = larger;
        }
      }
    } finally {
      closeSync(file);
    }
  }
}
