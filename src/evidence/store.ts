import type { EvidenceReference } from '../contract/evidence.ts';

/**
 * Where inventories, baselines, findings and reports are kept, so that they never enter a workflow's history. A folder
 * today; a bucket when workers span machines. Writing the same key again replaces it, whole or not at all.
 */
export interface EvidenceStore {
  /**
   * Stores one JSON value.
   * @param name what it is, for the reference
   * @param key path with `/`, without `..`
   * @param count how many entries it stands for
   */
  write(name: string, key: string, value: unknown, count: number): Promise<EvidenceReference>;
  /** Stores many entries, one JSON value a line, without holding them all in memory. */
  writeLines(name: string, key: string, entries: AsyncIterable<unknown>): Promise<EvidenceReference>;
  /** Reads one JSON value. Throws when the key is not there, or its bytes are not those of the reference's hash. */
  read(reference: Pick<EvidenceReference, 'key'> & { sha256?: string }): Promise<unknown>;
  /** Reads entries back, line by line. With a hash, throws after the last one when the bytes are not those. */
  readLines(reference: Pick<EvidenceReference, 'key'> & { sha256?: string }): AsyncIterable<unknown>;
  /** Keys that begin with a prefix, in order. */
  list(prefix: string): Promise<string[]>;
}
