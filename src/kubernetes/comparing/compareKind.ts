import type { CopiedKind, ObjectFacts } from '../copying/objectFacts.ts';
import { resourceName } from '../inventoryEntry.ts';
import type { Explanations, Reason } from './explain.ts';

/** One kind on one side: its objects, that the side does not serve it, or why nothing is known of it. */
export type SideOfKind = { objects: ObjectFacts[] } | { notServed: true } | { unseen: string };

/** An object that one side has and the other has not. */
export interface ObjectDifference extends Partial<Reason> {
  what: 'missing' | 'extra';
  group: string;
  resource: string;
  kind: string;
  namespace?: string;
  name: string;
}

/** Something of which nothing is known on a side: a kind, or with the resource `*` a whole group. */
export interface UnseenKind {
  what: 'unseen';
  group: string;
  resource: string;
  side: 'blue' | 'green';
  why: string;
}

/** Where `reason` is absent nothing explains it; what is unseen is never explained (rule 11). */
export type Difference = ObjectDifference | UnseenKind;

export interface KindComparison {
  /** How many objects both sides have. */
  same: number;
  /** Blue's that are missing in the order in which they were listed, then green's that are more. */
  differences: Difference[];
}

/**
 * Compares one kind on both sides, by namespace and name: green's objects are new ones, so that their uids say nothing.
 */
export function compareKind(
  kind: CopiedKind,
  sides: { blue: SideOfKind; green: SideOfKind },
  explanations: Explanations,
): KindComparison {
  const { blue, green } = sides;
  const unseen = (['blue', 'green'] as const).flatMap((side): UnseenKind[] => {
    const seen = sides[side];
    const { group, resource } = kind;
    return 'unseen' in seen ? [{ what: 'unseen', group, resource, side, why: seen.unseen }] : [];
  });
  if (unseen.length > 0) return { same: 0, differences: unseen };
  const onBlue = 'objects' in blue ? blue.objects : [];
  const onGreen = 'objects' in green ? green.objects : [];
  const greens = new Set(onGreen.map(placeOf));
  const blues = new Set(onBlue.map(placeOf));
  const missing = onBlue.filter((object) => !greens.has(placeOf(object)));
  const extra = onGreen.filter((object) => !blues.has(placeOf(object)));
  const notServed = 'notServed' in green ? explanations.notServed(kind) : undefined;
  return {
    same: onBlue.length - missing.length,
    differences: [
      ...missing.map((object) =>
        difference('missing', kind, object, explanations.missing(kind, object) ?? notServed),
      ),
      ...extra.map((object) => difference('extra', kind, object, explanations.extra(kind, object))),
    ],
  };
}

/** Whether a difference stands against the cutover. */
export function isUnexplained(difference: Difference): boolean {
  return difference.what === 'unseen' || difference.reason === undefined;
}

/** One line for people: `ConfigMap shop/settings is not on the new cluster`. */
export function describeDifference(difference: Difference): string {
  if (difference.what === 'unseen') {
    const side = difference.side === 'blue' ? 'old' : 'new';
    return `${resourceName(difference)} of the ${side} cluster could not be seen: ${difference.why}`;
  }
  const { what, kind, namespace, name } = difference;
  const object = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  return what === 'missing' ? `${object} is not on the new cluster` : `${object} is only on the new cluster`;
}

function difference(
  what: 'missing' | 'extra',
  { group, resource, kind }: CopiedKind,
  { namespace, name }: ObjectFacts,
  reason: Reason | undefined,
): ObjectDifference {
  return {
    ...{ what, group, resource, kind },
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...reason,
  };
}

function placeOf({ namespace, name }: ObjectFacts): string {
  return `${namespace ?? ''}/${name}`;
}
