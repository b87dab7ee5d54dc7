import type { CopiedKind, ObjectFacts } from '../copying/objectFacts.ts';
import { resourceName } from '../inventoryEntry.ts';
import type { Explanations, Reason } from './explain.ts';

/** An object by its metadata, with a digest of what it says where that is compared. */
export interface SeenObject extends ObjectFacts {
  digest?: string;
}

/** One kind on one side: its objects, that the side does not serve it, or why nothing is known of it. */
export type SideOfKind = { objects: SeenObject[] } | { notServed: true } | { unseen: string };

/** An object that one side has and the other has not. */
export interface ObjectDifference extends Partial<Reason> {
  what: 'missing' | 'extra';
  group: string;
  resource: string;
  kind: string;
  namespace?: string;
  name: string;
}

/** An object that both sides have, and that says something else on each. */
export interface ContentDifference {
  what: 'differs';
  group: string;
  resource: string;
  kind: string;
  namespace?: string;
  name: string;
  /** Of its fields, what people look for first before all else; never their values. */
  paths: string[];
  /** Green has all that blue says, and something besides: copying once more changes nothing. */
  onlyGreenSaysMore: boolean;
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
  /** How many of them were compared by what they say, and blue's that say something else. */
  contents: number;
  differing: ObjectFacts[];
  /** Blue's that are missing in the order in which they were listed, then green's that are more. */
  differences: Difference[];
}

/**
 * Compares one kind on both sides, by namespace and name: green's objects are new ones, so that their uids say nothing.
 * What both have is compared by its digest, where both sides have one.
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
  if (unseen.length > 0) return { same: 0, contents: 0, differing: [], differences: unseen };
  const onBlue = 'objects' in blue ? blue.objects : [];
  const onGreen = 'objects' in green ? green.objects : [];
  const greens = new Map(onGreen.map((object) => [placeOf(object), object]));
  const blues = new Set(onBlue.map(placeOf));
  const missing = onBlue.filter((object) => !greens.has(placeOf(object)));
  const extra = onGreen.filter((object) => !blues.has(placeOf(object)));
  const digests = onBlue.flatMap((object) => {
    const other = greens.get(placeOf(object));
    if (object.digest === undefined || other?.digest === undefined) return [];
    if (explanations.saysItsOwn(kind, object, other)) return [];
    return [{ object, isSame: object.digest === other.digest }];
  });
  const notServed = 'notServed' in green ? explanations.notServed(kind) : undefined;
  return {
    same: onBlue.length - missing.length,
    contents: digests.length,
    differing: digests.flatMap(({ object, isSame }) => (isSame ? [] : [object])),
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

/** Paths that a line has at most. */
const shownPaths = 3;

/** One line for people: `shop/Deployment/web: spec.replicas`. */
export function describeContents({ namespace, kind, name, paths }: ContentDifference): string {
  const more = paths.length - shownPaths;
  const object = `${namespace === undefined ? '' : `${namespace}/`}${kind}/${name}`;
  return `${object}: ${paths.slice(0, shownPaths).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
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

/** By what an object of a kind is the same on both sides. */
export function placeOf({ namespace, name }: ObjectFacts): string {
  return `${namespace ?? ''}/${name}`;
}
