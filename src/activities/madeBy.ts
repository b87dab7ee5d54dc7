import { createHash } from 'node:crypto';

/** Note on a node group that an upgrade has made: the workflow ID of its root. */
export const madeByNoteKey = 'stepladder/made-by';
/** Note on such a group: the name of the group whose place it takes. */
export const inPlaceOfNoteKey = 'stepladder/in-place-of';

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
