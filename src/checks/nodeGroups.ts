import type { Finding } from '../contract/finding.ts';
import { groupPolicy } from '../plan/groupPolicy.ts';
import type { ObservedNodeGroup } from '../plan/observation.ts';
import { nameInRequest } from '../plan/requestNames.ts';
import { compareMinors, minorOf } from '../plan/versions.ts';
import { listNames, rolledNodeGroups, seenBy, type Check, type CheckInput } from './check.ts';

/** The managed node groups: what stands against rolling them, and what is wrong with them already. */
export const nodeGroups: Check = (input) => {
  const rolled = rolledNodeGroups(input.plan);
  return input.observation.nodeGroups.flatMap((group) => [
    ...ownImage(input, group),
    ...status(input, group, rolled.has(group.name)),
    ...nodesBehind(input, group),
  ]);
};

/** EKS can't change the version of a group whose launch template brings its own image. */
function ownImage(input: CheckInput, group: ObservedNodeGroup): Finding[] {
  const { observation, plan, request, workflowType } = input;
  if (!group.ownImage || compareMinors(group.version, plan.target) >= 0) return [];
  const meant =
    workflowType === 'upgradeCluster' ||
    (workflowType === 'upgradeNodeGroup' && request.nodeGroup === group.name);
  if (!meant) return [];
  const called = nameInRequest(group.name, group.version, { observation, request });
  if (groupPolicy(request.workers, called).templateVersion !== undefined) return [];
  const skipped = request.workers.skip.includes(called);
  return [
    finding(input, group, skipped ? 'info' : 'blocker', {
      message: `The launch template of node group ${group.name} brings its own image, so EKS can't take it from ${group.version} to ${plan.target}.`,
      remedy: skipped
        ? 'The request skips it. Give its launch template an image of the new version and update the group to it yourself.'
        : `Make a version of its launch template with an image of ${plan.target} and name it with {"workers": {"groups": {"${group.name}": {"templateVersion": "…"}}}}, or leave the group to yourself with {"workers": {"skip": ["${group.name}"]}}.`,
    }),
  ];
}

function status(input: CheckInput, group: ObservedNodeGroup, rolled: boolean): Finding[] {
  const findings = group.healthIssues.map((issue) =>
    finding(input, group, 'warning', {
      message: `EKS reports a health issue of node group ${group.name}: ${issue}.`,
      remedy: rolled
        ? 'Mend it first, or expect the roll to meet it.'
        : 'Mend it; this upgrade does not roll the group.',
    }),
  );
  if (group.status === 'ACTIVE') return findings;
  const passing = group.status === 'UPDATING' || group.status === 'CREATING';
  const tolerable = passing || group.status === 'DEGRADED' || !rolled;
  return [
    finding(input, group, tolerable ? 'warning' : 'blocker', {
      message: `Node group ${group.name} is ${group.status}, not ACTIVE.`,
      remedy: passing
        ? 'Nothing: the upgrade waits until what is in progress is done.'
        : group.status === 'DEGRADED' || !rolled
          ? 'Find out in the EKS console why; rolling the group may mend it or meet the same trouble.'
          : `EKS does not update a group in this state: mend or remove it, or skip it with {"workers": {"skip": ["${group.name}"]}}.`,
    }),
    ...findings,
  ];
}

/** Nodes that an earlier update has left behind, though the group says that it is at its version. */
function nodesBehind(input: CheckInput, group: ObservedNodeGroup): Finding[] {
  const behind = input.observation.nodes.filter((node) => {
    if (node.nodeGroup !== group.name) return false;
    const minor = minorOf(node.kubeletVersion);
    return minor !== undefined && compareMinors(minor, group.version) < 0;
  });
  if (behind.length === 0) return [];
  return [
    finding(input, group, 'warning', {
      message: `Node group ${group.name} is at ${group.version}, but ${behind.length} of its nodes are older: ${listNames(behind.map((node) => `${node.name} (${node.kubeletVersion})`).sort())}.`,
      remedy:
        'An update may have ended half way. A roll to a newer version replaces them; otherwise end these instances.',
    }),
  ];
}

function finding(
  { observation }: CheckInput,
  group: ObservedNodeGroup,
  severity: Finding['severity'],
  text: Pick<Finding, 'message' | 'remedy'>,
): Finding {
  return {
    check: 'node-groups',
    severity,
    subject: { kind: 'NodeGroup', name: group.name },
    ...text,
    evidence: seenBy(observation, `EKS: DescribeNodegroup ${group.name}`),
  };
}
