import type { MarkedNode, NodePatch } from '../nodeMarks.ts';

/**
 * What an upgrade changes on nodes, and the notes beside it by which it is put back. All pure: from how a node is to
 * what is to be patched, undefined for nothing. A note of another root is of an upgrade that was terminated, since one
 * cluster has one upgrade at a time: it is taken over, with what it says of the time before.
 */

/** Annotation on a node that we have cordoned; its value is the root's workflow ID. */
export const cordonNote = 'stepladder/cordoned-by';
/** Annotation that says what the autoscalers' annotations were before. */
export const heldOffNote = 'stepladder/held-off';
/** Annotation on a node that we have taken out of load balancers. */
export const excludedNote = 'stepladder/excluded-from-load-balancers';

export const excludeLabel = 'node.kubernetes.io/exclude-from-external-load-balancers';

/** By which autoscalers leave a node alone: Cluster Autoscaler, and Karpenter. */
export const holdOffAnnotations = [
  'cluster-autoscaler.kubernetes.io/scale-down-disabled',
  'karpenter.sh/do-not-disrupt',
] as const;
const heldOff = 'true';

/** A node that somebody else has cordoned stays theirs. */
export function cordon({ unschedulable, annotations }: MarkedNode, madeBy: string): NodePatch | undefined {
  const note = annotations[cordonNote];
  if (unschedulable && (note === undefined || note === madeBy)) return undefined;
  return { metadata: { annotations: { [cordonNote]: madeBy } }, spec: { unschedulable: true } };
}

/** Takes our cordon off, and what else would keep a node that stays from serving: the label for load balancers. */
export function uncordon({ annotations, labels }: MarkedNode, madeBy: string): NodePatch | undefined {
  const cordoned = annotations[cordonNote] === madeBy;
  const excluded = annotations[excludedNote] !== undefined;
  if (!cordoned && !excluded) return undefined;
  return {
    metadata: {
      annotations: {
        ...(cordoned ? { [cordonNote]: null } : {}),
        ...(excluded ? { [excludedNote]: null } : {}),
      },
      ...(excluded && labels[excludeLabel] !== undefined ? { labels: { [excludeLabel]: null } } : {}),
    },
    ...(cordoned ? { spec: { unschedulable: null } } : {}),
  };
}

export function holdOff({ annotations }: MarkedNode, madeBy: string): NodePatch | undefined {
  const note = readHeldOff(annotations[heldOffNote]);
  const held = holdOffAnnotations.every((key) => annotations[key] === heldOff);
  if (note?.by === madeBy && held) return undefined;
  // Everything was as it has to be, by somebody else's wish: there is nothing to put back.
  if (note === undefined && held) return undefined;
  const before =
    note?.before ?? Object.fromEntries(holdOffAnnotations.map((key) => [key, annotations[key] ?? null]));
  return {
    metadata: {
      annotations: {
        ...Object.fromEntries(holdOffAnnotations.map((key) => [key, heldOff])),
        [heldOffNote]: JSON.stringify({ by: madeBy, before }),
      },
    },
  };
}

/** What somebody has changed meanwhile stays as they want it. */
export function release({ annotations }: MarkedNode, madeBy: string): NodePatch | undefined {
  const note = readHeldOff(annotations[heldOffNote]);
  if (note?.by !== madeBy) return undefined;
  const ours = holdOffAnnotations.filter((key) => annotations[key] === heldOff);
  return {
    metadata: {
      annotations: {
        ...Object.fromEntries(ours.map((key) => [key, note.before[key] ?? null])),
        [heldOffNote]: null,
      },
    },
  };
}

export function exclude({ labels }: MarkedNode): NodePatch | undefined {
  if (labels[excludeLabel] !== undefined) return undefined;
  return { metadata: { labels: { [excludeLabel]: 'true' }, annotations: { [excludedNote]: 'true' } } };
}

interface HeldOff {
  by: string;
  before: Record<string, string | null>;
}

/** Undefined when there is no note, or somebody has written something else there. */
function readHeldOff(text: string | undefined): HeldOff | undefined {
  if (text === undefined) return undefined;
  try {
    const note: unknown = JSON.parse(text);
    return isHeldOff(note) ? note : undefined;
  } catch {
    return undefined;
  }
}

function isHeldOff(note: unknown): note is HeldOff {
  return (
    typeof note === 'object' &&
    note !== null &&
    'by' in note &&
    typeof note.by === 'string' &&
    'before' in note &&
    typeof note.before === 'object' &&
    note.before !== null &&
    Object.values(note.before).every((value) => value === null || typeof value === 'string')
  );
}
