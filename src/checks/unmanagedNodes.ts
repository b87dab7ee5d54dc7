import type { Finding } from '../contract/finding.ts';
import type { UnmanagedNodes } from '../contract/report.ts';
import type { Observation } from '../plan/observation.ts';
import { compareNames } from '../plan/order.ts';
import { listNames, seenBy, type Check } from './check.ts';

const nameLimit = 20;

/**
 * Nodes that no managed node group owns, by who provides them: they count for skew and are never reported as
 * upgraded. At most 20 names of each.
 */
export function unmanagedNodes(observation: Observation): UnmanagedNodes[] {
  const providers = new Map<UnmanagedNodes['provider'], { names: string[]; versions: Set<string> }>();
  for (const node of observation.nodes) {
    if (node.provider === 'managed') continue;
    const known = providers.get(node.provider) ?? { names: [], versions: new Set<string>() };
    known.names.push(node.name);
    known.versions.add(node.kubeletVersion);
    providers.set(node.provider, known);
  }
  return [...providers]
    .sort(([left], [right]) => compareNames(left, right))
    .map(([provider, { names, versions }]) => ({
      provider,
      count: names.length,
      names: names.sort(compareNames).slice(0, nameLimit),
      kubeletVersions: [...versions].sort(compareNames),
    }));
}

const providerNames: Record<UnmanagedNodes['provider'], string> = {
  'self-managed': 'self-managed',
  karpenter: 'Karpenter',
  'auto-mode': 'EKS Auto Mode',
  fargate: 'Fargate',
  hybrid: 'hybrid',
};

const remedies: Record<UnmanagedNodes['provider'], string> = {
  'self-managed': 'Replace them by nodes of the new version yourself, after the control plane.',
  karpenter:
    'Karpenter replaces them when its EC2NodeClass asks for a newer image (drift); see that it does after the control plane.',
  'auto-mode': 'EKS replaces them by itself after the control plane, as their disruption settings allow.',
  fargate: 'Restart their Pods after the control plane: each new Pod gets a new Fargate node.',
  hybrid: 'Upgrade them with nodeadm after the control plane.',
};

/** Names and counts the nodes that this upgrade does not touch. */
export const unmanagedNodesCheck: Check = ({ observation }) =>
  unmanagedNodes(observation).map(({ provider, count, names, kubeletVersions }): Finding => {
    const more = count > names.length ? ` and ${count - names.length} more` : '';
    return {
      check: 'unmanaged-nodes',
      severity: 'warning',
      subject: { kind: 'Nodes', name: provider },
      message: `${count} ${providerNames[provider]} ${count === 1 ? 'node is' : 'nodes are'} not upgraded by this plan (${kubeletVersions.join(', ')}): ${listNames(names)}${more}.`,
      remedy: remedies[provider],
      evidence: seenBy(observation, 'Kubernetes: nodes'),
    };
  });
