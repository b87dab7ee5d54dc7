import type { NodeGroupSize } from '../contract/workers.ts';

/** Key of the note (on EKS a tag) that a node group carries while its least size is lowered for a roll. */
export const sizeNoteKey = 'stepladder/size-before';

/** `min=3 max=6 desired=4`: tags of EKS take no JSON. */
export function writeSizeNote({ min, max, desired }: NodeGroupSize): string {
  return `min=${min} max=${max} desired=${desired}`;
}

/** Reads a note; undefined when there is none, or when somebody has written something else there. */
export function readSizeNote(text: string | undefined): NodeGroupSize | undefined {
  const found = /^min=(\d{1,6}) max=(\d{1,6}) desired=(\d{1,6})$/.exec(text?.trim() ?? '');
  if (found === null) return undefined;
  return { min: Number(found[1]), max: Number(found[2]), desired: Number(found[3]) };
}
