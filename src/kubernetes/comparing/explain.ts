import type { MinorVersion } from '../../contract/plan.ts';
import { madeByNoteKey } from '../../plan/leftovers.ts';
import type { CopiedKind, ObjectFacts } from '../copying/objectFacts.ts';
import { selectObject } from '../copying/selection.ts';
import type { LeaveReason, SelectionContext } from '../copying/selection.ts';
import { resourceName } from '../inventoryEntry.ts';

/** Why an object need not be on both sides: few words that many have in common, and what holds for this one. */
export interface Reason {
  reason: string;
  because: string;
}

/** Why a difference is as it has to be; undefined where nothing says so. */
export interface Explanations {
  /** Of an object that blue has and green has not. */
  missing: (kind: CopiedKind, object: ObjectFacts) => Reason | undefined;
  /** Of an object that only green has: always something, since it stands in nobody's way. */
  extra: (kind: CopiedKind, object: ObjectFacts) => Reason;
  /** Of an object that both have: whether what it says on green is not blue's to say. */
  saysItsOwn: (kind: CopiedKind, blue: ObjectFacts, green: ObjectFacts) => boolean;
  /** Of a kind that green does not serve. */
  notServed: (kind: CopiedKind) => Reason | undefined;
}

const reasons: Record<LeaveReason, string> = {
  excluded: 'excluded by the request',
  ending: 'being deleted',
  owned: 'made again by what controls it',
  'short-lived': 'there for a while only',
  'cluster-bound': "about a cluster's own machines, addresses or volumes",
  'control-plane': 'made by every API server and its controllers',
  eks: 'made by EKS or its add-ons',
  tool: 'of a tool that is installed anew',
  work: 'work that is not done twice',
  traffic: 'what would send users there',
  'argo-cd': 'brought by the source of Argo CD',
};

/**
 * The reasons that a difference between blue and green may have. What copying leaves behind on purpose is explained by
 * the same choice, whatever the source of the resources is; everything else of blue should be on green.
 *
 * @param customKinds names of blue's CustomResourceDefinitions; undefined where they could not be seen
 */
export function explanationsOf({
  selection,
  greenVersion,
  customKinds,
}: {
  selection: SelectionContext;
  greenVersion: MinorVersion;
  customKinds: ReadonlySet<string> | undefined;
}): Explanations {
  const left = (kind: CopiedKind, object: ObjectFacts): Reason | undefined => {
    const selected = selectObject(kind, object, selection);
    return selected.what === 'copy'
      ? undefined
      : { reason: reasons[selected.reason], because: selected.because };
  };
  return {
    missing: left,
    extra: (kind, object) =>
      left(kind, object) ?? { reason: 'only the new cluster has it', because: 'blue has none of that name' },
    saysItsOwn: (kind, blue, green) =>
      left(kind, blue) !== undefined || left(kind, green) !== undefined || isOfOthers(kind, green),
    notServed: (kind) => {
      const name = resourceName(kind);
      // Whoever defines a kind has to bring its definition along: only what Kubernetes itself has given up is explained.
      if (customKinds === undefined || customKinds.has(name) || !isBuiltIn(kind.group)) return undefined;
      return {
        reason: `not served by Kubernetes ${greenVersion}`,
        because: `it has ${name} in no version any more`,
      };
    },
  };
}

/**
 * Whether something else than the migration has brought it to green, at a version of its own: a CRD that came with its
 * chart, which copying leaves alone too, and what Helm there keeps of a release.
 */
function isOfOthers({ group, resource }: CopiedKind, { labels, annotations }: ObjectFacts): boolean {
  if (annotations[madeByNoteKey] !== undefined) return false;
  return (
    group === 'apiextensions.k8s.io' || (group === '' && resource === 'secrets' && labels['owner'] === 'helm')
  );
}

/** Whether a group is of Kubernetes itself: others have a dot, and end otherwise than those that Kubernetes approves. */
function isBuiltIn(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}
