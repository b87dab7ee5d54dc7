import { createHash } from 'node:crypto';

export { inPlaceOfNoteKey, madeByNoteKey } from '../plan/leftovers.ts';

const longest = 256;

/**
 * A workflow ID as it can stand in a note: tags of AWS take up to 256 characters of fewer kinds than Temporal does. One
 * that has to be changed ends with a part of its hash, so that two never look the same.
 */
export function madeByNote(workflowId: string): string {
  const allowed = workflowId.replace(/[^\p{L}\p{N}\p{Z}_.:/=+\-@]/gu, '_');
  if (allowed === workflowId && workflowId.length <= longest) return workflowId;
  const hash = createHash('sha256').update(workflowId).digest('hex').slice(0, 12);
  return `${allowed.slice(0, longest - hash.length - 1)}-${hash}`;
}
