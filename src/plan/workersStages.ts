import type { MinorVersion, Plan, WorkersStage } from '../contract/plan.ts';
import type { Request } from '../contract/request.ts';
import type { WorkflowType } from '../contract/workflowTypes.ts';
import { groupPolicy, type GroupPolicy } from './groupPolicy.ts';
import { leftoverGroups } from './leftovers.ts';
import { firstName } from './lineage.ts';
import { nextGroupName } from './nodeGroupNames.ts';
import type { Observation, ObservedNodeGroup } from './observation.ts';
import { compareNames, orderNodeGroups } from './order.ts';
import { nameInRequest } from './requestNames.ts';
import { allowedBehind } from './skew.ts';
import { wantedSettings } from './updateSettings.ts';
import { compareMinors, minorDistance } from './versions.ts';

interface StagesInput {
  observation: Observation;
  request: Request;
  workflowType: WorkflowType;
  approved?: Plan | undefined;
}

/** A node group on its way through the hops. */
interface PlannedGroup {
  observed: ObservedNodeGroup;
  /** The name by which the request speaks of it, and by which it is ordered. */
  called: string;
  policy: GroupPolicy;
  /** Its name and version after the hops so far. */
  name: string;
  version: MinorVersion;
}

/** The groups that the request rolls, in the order in which it does, each as it is now. */
export function plannedGroups(input: StagesInput): PlannedGroup[] {
  const { observation, request, workflowType, approved } = input;
  const leftovers = new Set(leftoverGroups(observation, approved).map(({ nodeGroup }) => nodeGroup));
  const groups = observation.nodeGroups.flatMap((observed): PlannedGroup[] => {
    if (leftovers.has(observed.name)) return [];
    const called = nameInRequest(firstName(approved, observed.name), observed.version, input);
    if (request.workers.skip.includes(called)) return [];
    if (workflowType === 'upgradeNodeGroup' && called !== request.nodeGroup) return [];
    const policy = groupPolicy(request.workers, called);
    // Only a person knows which version of a template that brings its own image has the new one; a check asks.
    if (observed.ownImage && policy.templateVersion === undefined) return [];
    return [{ observed, called, policy, name: observed.name, version: observed.version }];
  });
  const order = orderNodeGroups(
    groups.map(({ called }) => called),
    request.workers.order,
  );
  return groups.sort(
    (left, right) =>
      order.indexOf(left.called) - order.indexOf(right.called) || compareNames(left.name, right.name),
  );
}

/**
 * A stage for each group that one hop rolls; the groups move on to what they will be after it.
 *
 * @param hop.next the version that the control plane goes to in the hop after; undefined in the last one
 */
export function workersStages(
  input: StagesInput,
  hop: { to: MinorVersion; next: MinorVersion | undefined },
  groups: PlannedGroup[],
): WorkersStage[] {
  const stages: WorkersStage[] = [];
  for (const group of groups) {
    if (compareMinors(group.version, hop.to) >= 0 || mayWait(group, hop.next, input.request)) continue;
    const stage = stageOf(group, hop.to, input, groups);
    stages.push(stage);
    group.version = hop.to;
    if (stage.strategy !== 'managed') group.name = stage.newNodeGroup;
  }
  return stages;
}

/**
 * Whether a group can stay as it is in a hop: in the last one never; before it when the request wants the fewest rolls
 * and the next control plane still bears its kubelets. A template with its own image has it for one version, so such a
 * group is rolled once, in the last hop.
 */
function mayWait(group: PlannedGroup, next: MinorVersion | undefined, { workers }: Request): boolean {
  if (next === undefined) return false;
  if (group.observed.ownImage) return true;
  if (workers.hops === 'every') return false;
  return minorDistance(group.version, next) <= Math.min(workers.maxSkew, allowedBehind(group.version));
}

function stageOf(
  group: PlannedGroup,
  to: MinorVersion,
  input: StagesInput,
  groups: readonly PlannedGroup[],
): WorkersStage {
  const { strategy, waves, drain, templateVersion } = group.policy;
  const common = {
    stage: 'workers' as const,
    nodeGroup: group.name,
    from: group.version,
    to,
    ...(templateVersion === undefined ? {} : { templateVersion }),
  };
  if (strategy === 'managed') {
    const updateSettings = wantedSettings(group.observed, input.request.workers);
    return { ...common, strategy, ...(updateSettings === undefined ? {} : { updateSettings }) };
  }
  const newNodeGroup = approvedName(input.approved, group.name, to) ?? newName(group, to, input, groups);
  return { ...common, strategy, newNodeGroup, waves, drain };
}

function newName(
  group: PlannedGroup,
  to: MinorVersion,
  { observation, approved }: StagesInput,
  groups: readonly PlannedGroup[],
): string {
  // Those that are deleted before the first hop leave their names.
  const going = new Set(
    leftoverGroups(observation, approved).flatMap(({ nodeGroup, inUse }) => (inUse ? [] : [nodeGroup])),
  );
  const taken = new Set([
    ...observation.nodeGroups.flatMap(({ name }) => (going.has(name) ? [] : [name])),
    ...groups.map(({ name }) => name),
  ]);
  return nextGroupName({ name: group.name, from: group.version, to, taken });
}

/** The name that an approved plan gives to a group's successor. */
function approvedName(approved: Plan | undefined, nodeGroup: string, to: MinorVersion): string | undefined {
  for (const hop of approved?.hops ?? []) {
    for (const stage of hop.stages) {
      if (stage.stage !== 'workers' || stage.strategy === 'managed') continue;
      if (stage.nodeGroup === nodeGroup && stage.to === to) return stage.newNodeGroup;
    }
  }
  return undefined;
}
