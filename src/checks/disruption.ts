import type { Finding, Severity } from '../contract/finding.ts';
import { compareNames } from '../plan/order.ts';
import { absent } from './absent.ts';
import { listNames, seenBy, type Check } from './check.ts';
import { describeOwner, movedPods } from './movedPods.ts';
import type { MovedPod } from './movedPods.ts';

/** EKS gives up on a node whose Pods are not gone after this. */
const evictionLimitSeconds = 900;
/** From here on a person notices how long a node takes. */
const longGraceSeconds = 300;

/** One way in which a drain hurts a Pod, or a Pod a drain. */
interface Concern {
  severity: Severity;
  /** What of a Pod it is about, if it is; said beside its owner. */
  of: (moved: MovedPod) => true | string | undefined;
  /** The end of `… in namespace shop`. */
  says: string;
  remedy: string;
}

const concerns: readonly Concern[] = [
  {
    severity: 'warning',
    of: ({ pod }) => pod.bare,
    says: 'nothing controls these, so that a drain deletes them for good',
    remedy:
      'Move them into a Deployment or a Job, or see that nobody misses them; whoever made them has to make them again.',
  },
  {
    severity: 'warning',
    of: ({ kind }) => (kind.graceSeconds >= evictionLimitSeconds ? `${kind.graceSeconds} s` : undefined),
    says: `these may take longer to end than the ${evictionLimitSeconds / 60} minutes that EKS waits for a node's Pods`,
    remedy: 'Shorten terminationGracePeriodSeconds, or end these Pods by hand when their node is drained.',
  },
  {
    severity: 'info',
    of: ({ kind }) =>
      kind.graceSeconds >= longGraceSeconds && kind.graceSeconds < evictionLimitSeconds
        ? `${kind.graceSeconds} s`
        : undefined,
    says: 'these may take long to end, and their nodes as long to be drained',
    remedy: 'Nothing, if that is meant: the estimate of the time does not reckon with it.',
  },
  {
    severity: 'warning',
    of: ({ kind }) => (kind.heldBy.length === 0 ? undefined : kind.heldBy.join(', ')),
    says: 'these ask autoscalers not to move them, and a roll moves them all the same',
    remedy:
      'Find out what they must not be interrupted in, and choose the time of the upgrade by it; a budget, unlike the annotation, is heeded.',
  },
  {
    severity: 'info',
    of: ({ owner }) => (owner?.wanted === 1 && !shortLived.has(owner.kind) ? true : undefined),
    says: 'these run a single replica, and are away while it moves',
    remedy: 'Run two replicas where that matters, or tell their users.',
  },
  {
    severity: 'info',
    of: ({ kind }) => (kind.localVolumes.length === 0 ? undefined : kind.localVolumes.join(', ')),
    says: 'these keep data on their node, which is gone when they move',
    remedy: 'Nothing, if it is a cache; otherwise give them a PersistentVolumeClaim first.',
  },
];

/** They run one Pod because they want one. */
const shortLived: ReadonlySet<string> = new Set(['Job', 'CronJob']);

/** What a drain does to the Pods that the plan moves. One finding for each concern and namespace, however many Pods. */
export const disruption: Check = (input) => {
  const { workloads } = input.observation;
  if (workloads === undefined) {
    return [absent(input, 'workloads', 'disruption', 'what drains do to Pods')];
  }
  const byNamespace = Map.groupBy(movedPods(input, workloads), ({ pod }) => pod.namespace);
  return [...byNamespace]
    .sort(([one], [other]) => compareNames(one, other))
    .flatMap(([namespace, moved]) =>
      concerns.flatMap(({ severity, of, says, remedy }): Finding[] => {
        const lines = new Set(
          moved.flatMap((each) => {
            const about = of(each);
            if (about === undefined) return [];
            return [`${describeOwner(each)}${about === true ? '' : ` (${about})`}`];
          }),
        );
        if (lines.size === 0) return [];
        return [
          {
            check: 'disruption',
            severity,
            subject: { kind: 'Namespace', name: namespace },
            message: `In namespace ${namespace}, ${says}: ${listNames([...lines].sort(compareNames))}.`,
            remedy,
            evidence: seenBy(input.observation, 'Kubernetes: Pods'),
          },
        ];
      }),
    );
};
