import type { MinorVersion } from '../contract/plan.ts';
import type { Request, RequestProblem } from '../contract/request.ts';
import type { WorkflowType } from '../contract/workflowTypes.ts';
import { baseName } from './nodeGroupNames.ts';
import type { Observation } from './observation.ts';
import { toolProblems } from './toolsStages.ts';
import { compareMinors, nextMinor } from './versions.ts';

interface FitInput {
  observation: Observation;
  request: Request;
  workflowType: WorkflowType;
}

/** The version that a request asks for; the stages' own requests may leave it out, which means the control plane's. */
export function targetOf({ observation, request }: FitInput): MinorVersion {
  return request.targetVersion ?? observation.cluster.version;
}

/**
 * What in a request does not fit this cluster, each by its path: a target that can't be reached from here, and names
 * of node groups, add-ons and hops that it does not have. Empty when all fits.
 */
export function requestProblems(input: FitInput): RequestProblem[] {
  return [
    ...targetProblems(input),
    ...nodeGroupProblems(input),
    ...addonProblems(input),
    ...toolProblems(input, targetOf(input)),
  ];
}

function targetProblems(input: FitInput): RequestProblem[] {
  const { observation, request, workflowType } = input;
  const { name, version: current } = observation.cluster;
  const target = targetOf(input);
  const distance = compareMinors(target, current);
  const problem = (message: string) => [{ path: 'targetVersion', message }];
  switch (workflowType) {
    case 'upgradeCluster':
      if (distance < 0) {
        return problem(
          `cluster ${name} is at ${current} already, and an upgrade does not go back to ${target}`,
        );
      }
      return distance === 0 ? [] : unknownVersion(observation, target);
    case 'upgradeControlPlane':
      if (distance <= 0) {
        const back = distance < 0 ? `, and an upgrade does not go back to ${target}` : '';
        return problem(`the control plane of cluster ${name} is at ${current} already${back}`);
      }
      if (target !== nextMinor(current)) {
        return problem(
          `a control plane goes up one minor version at a time: cluster ${name} is at ${current}, so ${nextMinor(current)} is next (upgradeCluster takes all the steps to ${target})`,
        );
      }
      return unknownVersion(observation, target);
    case 'upgradeTool':
      return [];
    case 'migrateCluster':
      return distance <= 0
        ? problem(`cluster ${name} is at ${current}, and a migration goes to a later version`)
        : unknownVersion(observation, target);
    case 'upgradeAddons':
      if (distance === 0) return [];
      return problem(
        `add-ons follow their control plane: cluster ${name} is at ${current}, so leave this field out or give "${current}"`,
      );
    case 'upgradeNodeGroup': {
      if (distance > 0) {
        return problem(
          `a node group is never newer than its control plane: cluster ${name} is at ${current}, upgrade its control plane first`,
        );
      }
      const group = observation.nodeGroups.find((each) => each.name === request.nodeGroup);
      if (group === undefined || compareMinors(target, group.version) > 0) return [];
      return problem(
        compareMinors(target, group.version) === 0
          ? `node group ${group.name} is at ${group.version} already`
          : `node group ${group.name} is at ${group.version} already, and an upgrade does not go back to ${target}`,
      );
    }
  }
}

/** A target that EKS does not offer. When EKS could not be asked, that is a finding of its own and no problem here. */
function unknownVersion(observation: Observation, target: MinorVersion): RequestProblem[] {
  const known = observation.versions;
  if (known.length === 0) return [];
  const listed = known.find((each) => each.version === target);
  if (listed !== undefined && listed.status !== 'UNSUPPORTED') return [];
  const supported = known
    .filter((each) => each.status !== 'UNSUPPORTED')
    .map((each) => each.version)
    .sort(compareMinors)
    .join(', ');
  return [
    {
      path: 'targetVersion',
      message:
        listed === undefined
          ? `EKS knows no version ${target}; it offers ${supported || 'none'}`
          : `EKS does not support ${target} any more; it offers ${supported || 'none'}`,
    },
  ];
}

function nodeGroupProblems({ observation, request, workflowType }: FitInput): RequestProblem[] {
  const names = observation.nodeGroups.map((group) => group.name).sort();
  const has = names.length === 0 ? 'it has no managed node groups' : `it has ${names.join(', ')}`;
  const known = new Set([
    ...names,
    ...observation.nodeGroups.map((group) => baseName(group.name, group.version)),
  ]);
  const missing = (path: string, name: string): RequestProblem[] =>
    known.has(name)
      ? []
      : [
          {
            path,
            message: `cluster ${observation.cluster.name} has no managed node group "${name}"; ${has}`,
          },
        ];
  const problems = [
    ...request.workers.order.flatMap((name, index) => missing(`workers.order.${index}`, name)),
    ...request.workers.skip.flatMap((name, index) => missing(`workers.skip.${index}`, name)),
    ...Object.keys(request.workers.groups).flatMap((name) => missing(`workers.groups.${name}`, name)),
  ];
  if (workflowType !== 'upgradeNodeGroup' || request.nodeGroup === undefined) return problems;
  const skipped = request.workers.skip.indexOf(request.nodeGroup);
  if (skipped !== -1) {
    problems.push({ path: `workers.skip.${skipped}`, message: 'names the very node group to upgrade' });
  }
  return [...problems, ...missing('nodeGroup', request.nodeGroup)];
}

function addonProblems({ observation, request }: FitInput): RequestProblem[] {
  const names = observation.addons.map((addon) => addon.name).sort();
  const has = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  return Object.keys(request.addons.versions)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      path: `addons.versions.${name}`,
      message: `cluster ${observation.cluster.name} has no EKS add-on "${name}"; ${has}`,
    }));
}
