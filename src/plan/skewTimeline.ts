import type { FindingSubject } from '../contract/finding.ts';
import type { MinorVersion, Plan, PlannedStage } from '../contract/plan.ts';
import type { Observation, ObservedNode } from './observation.ts';
import { compareNames } from './order.ts';
import {
  apiServerSkew,
  controllerSkew,
  kubeletSkew,
  kubeProxyKubeletSkew,
  kubeProxySkew,
  type Component,
  type SkewViolation,
} from './skew.ts';
import { minorOf } from './versions.ts';

/** A breach of the skew policy at some moment of a plan. */
export interface PlannedViolation extends SkewViolation {
  /** The hop in which it first happens, as its target; undefined when it is so before anything is changed. */
  hop?: MinorVersion;
  /** When: `now`, `while the control plane goes from 1.31 to 1.32`, `after the add-ons of 1.32` … */
  moment: string;
  subject: FindingSubject;
}

/** Nodes that are alike for the policy: one owner, one kubelet version, one kube-proxy version. */
interface NodeSet {
  owner: FindingSubject;
  /** `node group blue`, `Karpenter nodes` */
  label: string;
  /** What their managed node group is called at that moment: a strategy may put another in its place. */
  group: string | undefined;
  names: string[];
  kubelet: MinorVersion;
  /** Undefined where none runs. */
  kubeProxy: MinorVersion | undefined;
}

interface State {
  moment: string;
  hop?: MinorVersion;
  /** Two versions while they are being replaced one after another. */
  apiServers: MinorVersion[];
  controllers: MinorVersion;
  nodes: readonly NodeSet[];
}

/**
 * Walks through a plan and checks the version-skew policy (rule 2) in every state that the cluster passes through:
 * before it, while a control plane is replaced (API servers of both versions), and after each stage. Nodes that no
 * managed node group owns, and groups that the plan leaves out, stay at the versions that they have.
 *
 * EKS runs kube-controller-manager and kube-scheduler and replaces them after the API servers.
 *
 * @param maxSkew minors that a kubelet may be behind, the request's `workers.maxSkew`
 * @returns each breach once, at the first moment at which it happens
 */
export function skewOverPlan(observation: Observation, plan: Plan, maxSkew: number): PlannedViolation[] {
  const seen = new Set<string>();
  return states(observation, plan).flatMap((state) =>
    violationsIn(state, maxSkew).filter((found) => {
      const key = JSON.stringify([
        found.component,
        found.version,
        found.against,
        found.againstVersion,
        found.rule,
      ]);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    }),
  );
}

/** Nodes whose kubelet's version can't be read; nothing can be said of their skew. */
export function unreadableNodes(observation: Observation): ObservedNode[] {
  return observation.nodes.filter((node) => minorOf(node.kubeletVersion) === undefined);
}

function states(observation: Observation, plan: Plan): State[] {
  const version = observation.cluster.version;
  let current: State = {
    moment: 'now',
    apiServers: [version],
    controllers: version,
    nodes: nodeSets(observation),
  };
  const all = [current];
  for (const hop of plan.hops) {
    for (const stage of hop.stages) {
      if (stage.stage === 'control-plane') {
        const moment = `while the control plane goes from ${stage.from} to ${stage.to}`;
        all.push({ ...current, moment, hop: hop.to, apiServers: [stage.from, stage.to] });
      }
      current = { ...after(stage, current), hop: hop.to };
      all.push(current);
    }
  }
  return all;
}

function after(stage: PlannedStage, state: State): State {
  switch (stage.stage) {
    case 'control-plane':
      return {
        ...state,
        moment: `after the control plane of ${stage.to}`,
        apiServers: [stage.to],
        controllers: stage.to,
      };
    case 'add-ons': {
      const change = stage.addons.find((addon) => addon.name === 'kube-proxy');
      const kubeProxy = change === undefined ? undefined : minorOf(change.to);
      if (kubeProxy === undefined) return { ...state, moment: 'after the add-ons' };
      const nodes = state.nodes.map((set) => (set.kubeProxy === undefined ? set : { ...set, kubeProxy }));
      return { ...state, moment: `after kube-proxy ${change?.to ?? kubeProxy}`, nodes };
    }
    case 'workers': {
      const group = stage.strategy === 'managed' ? stage.nodeGroup : stage.newNodeGroup;
      const nodes = state.nodes.map((set) =>
        set.group === stage.nodeGroup ? { ...set, group, kubelet: stage.to } : set,
      );
      return { ...state, moment: `after node group ${stage.nodeGroup} is at ${stage.to}`, nodes };
    }
    // Tools are no part of Kubernetes, and the policy is about nothing else; a migration changes nothing of this cluster.
    case 'tools':
    case 'verification':
    case 'green-cluster':
    case 'green-add-ons':
    case 'green-workers':
    case 'green-tools':
    case 'resources':
    case 'green-verification':
    case 'cutover':
    case 'retirement':
      return state;
  }
}

function violationsIn(state: State, maxSkew: number): PlannedViolation[] {
  const apiServers: Component[] = state.apiServers.map((version) => ({ name: 'kube-apiserver', version }));
  const at = { moment: state.moment, ...(state.hop === undefined ? {} : { hop: state.hop }) };
  const controlPlane = (name: string): FindingSubject => ({ kind: 'ControlPlane', name });
  const found: PlannedViolation[] = apiServerSkew(apiServers).map((violation) => ({
    ...violation,
    ...at,
    subject: controlPlane('kube-apiserver'),
  }));
  for (const name of ['kube-controller-manager', 'kube-scheduler']) {
    const controller = { name, version: state.controllers };
    found.push(
      ...controllerSkew(controller, apiServers).map((violation) => ({
        ...violation,
        ...at,
        subject: controlPlane(name),
      })),
    );
  }
  for (const set of state.nodes) {
    const where = `${set.label}${nameSome(set.names)}`;
    const kubelet = { name: `kubelet of ${where}`, version: set.kubelet };
    const violations = kubeletSkew(kubelet, apiServers, maxSkew);
    if (set.kubeProxy !== undefined) {
      const kubeProxy = { name: `kube-proxy on ${where}`, version: set.kubeProxy };
      violations.push(...kubeProxySkew(kubeProxy, apiServers), ...kubeProxyKubeletSkew(kubeProxy, kubelet));
    }
    found.push(...violations.map((violation) => ({ ...violation, ...at, subject: set.owner })));
  }
  return found;
}

function nodeSets(observation: Observation): NodeSet[] {
  const kubeProxyOf = new Map(
    observation.kubeProxies.flatMap(({ version, nodes }) => nodes.map((node) => [node, version] as const)),
  );
  const sets = new Map<string, NodeSet>();
  for (const node of observation.nodes) {
    const kubelet = minorOf(node.kubeletVersion);
    if (kubelet === undefined) continue;
    const { owner, label } = ownerOf(node);
    const kubeProxyVersion = kubeProxyOf.get(node.name);
    const kubeProxy = kubeProxyVersion === undefined ? undefined : minorOf(kubeProxyVersion);
    const key = JSON.stringify([owner, kubelet, kubeProxy]);
    const set = sets.get(key);
    const group = owner.kind === 'NodeGroup' ? owner.name : undefined;
    if (set === undefined) sets.set(key, { owner, label, group, names: [node.name], kubelet, kubeProxy });
    else set.names.push(node.name);
  }
  // A group without nodes starts its next one at its own version.
  for (const group of observation.nodeGroups) {
    const kubelet = minorOf(group.version);
    if (kubelet === undefined || observation.nodes.some((node) => node.nodeGroup === group.name)) continue;
    const owner = { kind: 'NodeGroup', name: group.name };
    sets.set(`empty/${group.name}`, {
      owner,
      label: `node group ${group.name}`,
      group: group.name,
      names: [],
      kubelet,
      kubeProxy: undefined,
    });
  }
  return [...sets.values()]
    .map((set) => ({ ...set, names: set.names.sort(compareNames) }))
    .sort((a, b) => compareNames(`${a.label}/${a.names[0] ?? ''}`, `${b.label}/${b.names[0] ?? ''}`));
}

function ownerOf(node: ObservedNode): { owner: FindingSubject; label: string } {
  if (node.provider === 'managed') {
    const name = node.nodeGroup ?? 'unknown';
    return { owner: { kind: 'NodeGroup', name }, label: `node group ${name}` };
  }
  return { owner: { kind: 'Nodes', name: node.provider }, label: `${node.provider} nodes` };
}

function nameSome(names: readonly string[]): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? ` (${shown} and ${names.length - 3} more)` : ` (${shown})`;
}
