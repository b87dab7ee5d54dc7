import { z } from 'zod';

/**
 * Annotation on whatever was made to stand still so that nothing works twice: on blue at the cutover, on green from the
 * moment in which it is copied. Its value is the note as JSON: `{"by":"migrate-prod","before":{"replicas":2}}`.
 */
export const holdNoteKey = 'stepladder/held';

const beforeSchema = z.union([
  /** Of a CronJob. */
  z.strictObject({ suspend: z.boolean() }),
  /** Of a Deployment or StatefulSet. */
  z.strictObject({ replicas: z.int().min(0) }),
  /** `syncPolicy.automated` of an Application of Argo CD, or of an ApplicationSet's template. */
  z.strictObject({ automated: z.record(z.string(), z.json()) }),
]);

const noteSchema = z.object({ by: z.string(), before: beforeSchema });

/** Who has it stand still (the root's workflow ID), and what there was before. */
export type HoldNote = z.infer<typeof noteSchema>;
export type HeldBefore = HoldNote['before'];

export function writeHoldNote(note: HoldNote): string {
  return JSON.stringify(note);
}

/** Undefined when there is no note, or somebody has written something else there. */
export function readHoldNote(annotations: Readonly<Record<string, unknown>>): HoldNote | undefined {
  const text = annotations[holdNoteKey];
  if (typeof text !== 'string') return undefined;
  try {
    return noteSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
