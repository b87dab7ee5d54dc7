import type { Finding } from '../contract/finding.ts';
import type { ObservedNode } from '../plan/observation.ts';
import { compareNames } from '../plan/order.ts';
import { listNames, seenBy, type Check } from './check.ts';

/** Nodes that are not Ready or cordoned before anything is changed; one finding for each owner, however many nodes. */
export const nodes: Check = ({ observation }) => {
  const findings: Finding[] = [];
  for (const [owner, members] of byOwner(observation.nodes)) {
    const subject =
      members[0]?.provider === 'managed'
        ? { kind: 'NodeGroup', name: owner }
        : { kind: 'Nodes', name: owner };
    const evidence = seenBy(observation, 'Kubernetes: nodes');
    const notReady = names(members.filter((node) => !node.ready));
    if (notReady.length > 0) {
      findings.push({
        check: 'nodes',
        severity: 'warning',
        subject,
        message: `${count(notReady.length)} of ${owner} ${notReady.length === 1 ? 'is' : 'are'} not Ready: ${listNames(notReady)}.`,
        remedy: 'Mend or remove them first: Pods that are drained elsewhere will miss their room.',
        evidence,
      });
    }
    const cordoned = names(members.filter((node) => node.unschedulable));
    if (cordoned.length > 0) {
      findings.push({
        check: 'nodes',
        severity: 'info',
        subject,
        message: `${count(cordoned.length)} of ${owner} ${cordoned.length === 1 ? 'is' : 'are'} cordoned: ${listNames(cordoned)}.`,
        remedy: 'Nothing, if that is meant; a roll replaces a cordoned node by one that is not.',
        evidence,
      });
    }
  }
  return findings;
};

function byOwner(all: readonly ObservedNode[]): [string, ObservedNode[]][] {
  const owners = new Map<string, ObservedNode[]>();
  for (const node of all) {
    const owner = node.provider === 'managed' ? (node.nodeGroup ?? 'unknown') : node.provider;
    const members = owners.get(owner);
    if (members === undefined) owners.set(owner, [node]);
    else members.push(node);
  }
  return [...owners].sort(([left], [right]) => compareNames(left, right));
}

function names(some: readonly ObservedNode[]): string[] {
  return some.map((node) => node.name).sort(compareNames);
}

function count(nodeCount: number): string {
  return nodeCount === 1 ? '1 node' : `${nodeCount} nodes`;
}
