import { treatmentOf } from '../countedResources.ts';
import { resourceName } from '../inventoryEntry.ts';
import { isMadeByEks } from './eksObjects.ts';
import type { CopiedKind, ObjectFacts } from './objectFacts.ts';
import { selectionRules } from './selectionRules.ts';

/** Why an object stays behind. */
export type LeaveReason =
  /** The request says so. */
  | 'excluded'
  /** It is being deleted. */
  | 'ending'
  /** A controller makes it again from what owns it. */
  | 'owned'
  /** It lasts only for a while, or is measured: Events, Leases, Endpoints, runs. */
  | 'short-lived'
  /** It is about blue's own machines, addresses or volumes. */
  | 'cluster-bound'
  /** The API server and its controllers make it in every cluster. */
  | 'control-plane'
  /** EKS makes it, or one of its add-ons. */
  | 'eks'
  /** A tool of the request brings it, at its new version. */
  | 'tool'
  /** To copy it would be to do its work twice: Jobs. */
  | 'work'
  /** It would send blue's users to green before the cutover. */
  | 'traffic'
  /** The request's source of Argo CD brings it, as green needs it. */
  | 'argo-cd';

export type Selection = { what: 'copy' } | ({ what: 'leave' } & Left);

/** Why something stays behind: by which rule, and in words. */
export interface Left {
  reason: LeaveReason;
  because: string;
}

/** What the choice depends on besides the object itself. */
export interface SelectionContext {
  /** Helm releases that green gets as tools. */
  tools: readonly { namespace: string; release: string }[];
  excludeNamespaces: readonly string[];
  /** As `cronjobs.batch`, or `configmaps` of the core group. */
  excludeKinds: readonly string[];
  /** Names of the PersistentVolumes that both clusters shall use. */
  sharedVolumes: ReadonlySet<string>;
  /** What stays behind by its name, which its metadata alone does not tell: `secrets argocd/cluster-blue`. */
  named?: ReadonlyMap<string, Left> | undefined;
}

/** Nothing is a tool's, nothing excluded, no volume shared. */
export const plainSelection: SelectionContext = {
  tools: [],
  excludeNamespaces: [],
  excludeKinds: [],
  sharedVolumes: new Set(),
};

const copy: Selection = { what: 'copy' };

/**
 * Whether an object of blue goes to green, by its metadata alone. The first rule that speaks of it decides; what none
 * speaks of is copied, since an object too many can be seen and one too few is missed.
 */
export function selectObject(kind: CopiedKind, facts: ObjectFacts, context: SelectionContext): Selection {
  const wholly = selectKind(kind, context);
  if (wholly.what === 'leave') return wholly;
  const namespace = kind.resource === 'namespaces' && kind.group === '' ? facts.name : facts.namespace;
  if (namespace !== undefined && context.excludeNamespaces.includes(namespace))
    return leave('excluded', `the request leaves namespace ${namespace} behind`);
  if (facts.ending) return leave('ending', 'it is being deleted');
  const left = context.named?.get(namedKey(kind, facts));
  if (left !== undefined) return leave(left.reason, left.because);
  const owner = facts.owners.find(({ controller }) => controller);
  if (owner !== undefined) return leave('owned', `${owner.kind} ${owner.name} makes it again`);
  if (isMadeByEks(kind, facts)) return leave('eks', 'EKS or one of its add-ons makes it');
  const release = toolOf(kind, facts, context);
  if (release !== undefined) return leave('tool', `it is of ${release}, which is installed as a tool`);
  for (const rule of selectionRules) {
    if (rule.group !== kind.group || !rule.resources.includes(kind.resource)) continue;
    if (rule.when !== undefined && !rule.when(facts, context)) continue;
    return rule.reason === 'copy' ? copy : leave(rule.reason, rule.because);
  }
  return copy;
}

/** Whether objects of a kind may go to green at all, so that a kind that may not need not be listed. */
export function selectKind(kind: CopiedKind, context: SelectionContext): Selection {
  const name = resourceName(kind);
  if (context.excludeKinds.includes(name)) return leave('excluded', `the request leaves ${name} behind`);
  const whole = selectionRules.find(
    (rule) => rule.group === kind.group && rule.resources.includes(kind.resource),
  );
  if (whole !== undefined && whole.when === undefined && whole.reason !== 'copy')
    return leave(whole.reason, whole.because);
  const treatment = treatmentOf(kind.group, kind.resource);
  if (treatment === 'skip') return leave('short-lived', 'it is computed for each question');
  if (treatment === 'count') return leave('short-lived', 'it comes and goes with what it is about');
  return copy;
}

/** `secrets argocd/cluster-blue`. */
export function namedKey(
  kind: Pick<CopiedKind, 'group' | 'resource'>,
  { namespace, name }: Pick<ObjectFacts, 'namespace' | 'name'>,
): string {
  return `${resourceName(kind)} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

function leave(reason: LeaveReason, because: string): Selection {
  return { what: 'leave', reason, because };
}

/** The tool's release that an object is of: by Helm's annotations, or as what Helm keeps of the release itself. */
function toolOf(
  { group, resource }: CopiedKind,
  facts: ObjectFacts,
  { tools }: SelectionContext,
): string | undefined {
  const { namespace, labels, annotations } = facts;
  const named =
    group === '' && resource === 'secrets' && labels['owner'] === 'helm'
      ? { release: labels['name'], namespace }
      : {
          release: annotations['meta.helm.sh/release-name'],
          namespace: annotations['meta.helm.sh/release-namespace'],
        };
  const found = tools.find((tool) => tool.release === named.release && tool.namespace === named.namespace);
  return found === undefined ? undefined : `${found.namespace}/${found.release}`;
}
