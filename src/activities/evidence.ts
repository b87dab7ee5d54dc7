import { createHash } from 'node:crypto';
import type { EvidenceReference } from '../contract/evidence.ts';
import type { EvidenceStore } from '../evidence/store.ts';

/**
 * Stores a value under a key that is made of its content, so that what a workflow has recorded is never overwritten by
 * something else, and the same thing looked at again takes no more room.
 *
 * @param name what it is: `plan`
 * @param count how many entries it stands for
 */
export function keep(
  store: EvidenceStore,
  prefix: string,
  name: string,
  value: unknown,
  count: number,
): Promise<EvidenceReference> {
  const content = createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
  return store.write(name, `${prefix}/${name}-${content}`, value, count);
}

/** A moment as it may stand in a key: `20261123T194500.123Z`. */
export function keyOfMoment(moment: Date): string {
  return moment.toISOString().replaceAll(/[-:]/g, '');
}
