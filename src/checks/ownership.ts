import type { Plan } from '../contract/plan.ts';
import type { OwnershipHint } from '../contract/report.ts';
import type { Observation } from '../plan/observation.ts';
import { compareNames } from '../plan/order.ts';

export { unmanagedNodes } from './unmanagedNodes.ts';

type Owner = OwnershipHint['owner'];

/** Something that the plan changes, and the version that it has in the end. */
type Changed =
  | { kind: 'cluster'; name: string; version: string }
  | { kind: 'node group'; name: string; version: string }
  | { kind: 'add-on'; name: string; version: string };

/**
 * Who else believes to own what the plan changes, by the tags that infrastructure tools leave, and what to change
 * there so that their next run does not take it back or fail on it.
 */
export function ownershipHints(observation: Observation, plan: Plan): OwnershipHint[] {
  return changedBy(plan).flatMap((changed) =>
    ownersByTags(tagsOf(observation, changed)).map(({ owner, evidence }) => ({
      resource: `${changed.kind} ${changed.name}`,
      owner,
      evidence,
      advice: advice[owner](changed),
    })),
  );
}

function changedBy(plan: Plan): Changed[] {
  const changed = new Map<string, Changed>();
  const change = (item: Changed) => changed.set(`${item.kind}/${item.name}`, item);
  for (const stage of plan.hops.flatMap((hop) => hop.stages)) {
    if (stage.stage === 'control-plane')
      change({ kind: 'cluster', name: plan.cluster.name, version: stage.to });
    if (stage.stage === 'workers') change({ kind: 'node group', name: stage.nodeGroup, version: stage.to });
    if (stage.stage === 'add-ons') {
      for (const addon of stage.addons) change({ kind: 'add-on', name: addon.name, version: addon.to });
    }
  }
  return [...changed.values()];
}

function tagsOf(observation: Observation, { kind, name }: Changed): Record<string, string> {
  if (kind === 'cluster') return observation.cluster.tags;
  const owners = kind === 'node group' ? observation.nodeGroups : observation.addons;
  return owners.find((each) => each.name === name)?.tags ?? {};
}

/** Keys under which people write what manages a resource. */
const managerKeys =
  /^(managed[-_ ]?by|provisioned[-_ ]?by|created[-_ ]?by|provisioner|iac|iac[-_ ]?tool|tool)$/i;

/** Which tool left which tags; those that write CloudFormation stacks come before it, because they own its stacks. */
const signs: { owner: Owner; key: RegExp; manager: RegExp }[] = [
  {
    owner: 'Terraform',
    key: /^(terraform|tofu|opentofu|terragrunt)\b/i,
    manager: /terraform|tofu|terragrunt/i,
  },
  { owner: 'Pulumi', key: /^pulumi\b/i, manager: /pulumi/i },
  { owner: 'Crossplane', key: /^crossplane-(kind|name|providerconfig)$/i, manager: /crossplane/i },
  {
    owner: 'eksctl',
    key: /^(alpha\.eksctl\.io\/|eksctl\.cluster\.k8s\.io\/|eksctl\.io\/)/i,
    manager: /eksctl/i,
  },
  { owner: 'CDK', key: /^(aws-cdk|cdk):/i, manager: /\bcdk\b/i },
  { owner: 'CloudFormation', key: /^aws:cloudformation:/i, manager: /cloudformation/i },
];

const throughCloudFormation: readonly Owner[] = ['eksctl', 'CDK'];

function ownersByTags(tags: Record<string, string>): { owner: Owner; evidence: string }[] {
  const entries = Object.entries(tags).sort(([left], [right]) => compareNames(left, right));
  const owners = signs.flatMap(({ owner, key, manager }) => {
    const tag = entries.find(
      ([name, value]) =>
        (key.test(name) && !/^(false|no|0)$/i.test(value)) || (managerKeys.test(name) && manager.test(value)),
    );
    return tag === undefined ? [] : [{ owner, evidence: `${tag[0]}=${tag[1]}` }];
  });
  const viaStack = owners.some(({ owner }) => throughCloudFormation.includes(owner));
  return owners.filter(({ owner }) => owner !== 'CloudFormation' || !viaStack);
}

const advice: Record<Owner, (changed: Changed) => string> = {
  Terraform: ({ kind, name, version }) =>
    ({
      cluster: `Set aws_eks_cluster.version to "${version}" for ${name} (kubernetes_version or cluster_version where the terraform-aws-modules/eks module is used).`,
      'node group': `Set aws_eks_node_group.version to "${version}" for ${name}, and release_version, if it is set, to one of ${version}.`,
      'add-on': `Set aws_eks_addon.addon_version to "${version}" for ${name}.`,
    })[kind],
  CloudFormation: ({ kind, name, version }) =>
    ({
      cluster: `Set Version of the AWS::EKS::Cluster ${name} to "${version}" in the stack's template.`,
      'node group': `Set Version of the AWS::EKS::Nodegroup ${name} to "${version}" in the stack's template, and ReleaseVersion, if it is set, to one of ${version}.`,
      'add-on': `Set AddonVersion of the AWS::EKS::Addon ${name} to "${version}" in the stack's template.`,
    })[kind],
  eksctl: ({ kind, name, version }) =>
    ({
      cluster: `Set metadata.version to "${version}" in the ClusterConfig of ${name}.`,
      'node group': `Set metadata.version to "${version}" in the ClusterConfig, and releaseVersion of managedNodeGroups entry ${name}, if it is set, to one of ${version}.`,
      'add-on': `Set version of the addons entry ${name} to "${version}" in the ClusterConfig.`,
    })[kind],
  CDK: ({ kind, name, version }) =>
    ({
      cluster: `Set version of the Cluster construct for ${name} to KubernetesVersion.of('${version}').`,
      'node group': `Set releaseVersion of the Nodegroup construct for ${name}, if it is set, to one of ${version} (version, where it is a CfnNodegroup).`,
      'add-on': `Set addonVersion of the Addon or CfnAddon construct for ${name} to "${version}".`,
    })[kind],
  Pulumi: ({ kind, name, version }) =>
    ({
      cluster: `Set version of the aws.eks.Cluster ${name} to "${version}".`,
      'node group': `Set version of the aws.eks.NodeGroup ${name} to "${version}", and releaseVersion, if it is set, to one of ${version}.`,
      'add-on': `Set addonVersion of the aws.eks.Addon ${name} to "${version}".`,
    })[kind],
  Crossplane: ({ kind, name, version }) =>
    ({
      cluster: `Set spec.forProvider.version of the Cluster ${name} to "${version}": its controller reconciles all the time, so do it before the upgrade or pause it.`,
      'node group': `Set spec.forProvider.version of the NodeGroup ${name} to "${version}": its controller reconciles all the time, so do it before the upgrade or pause it.`,
      'add-on': `Set spec.forProvider.addonVersion of the Addon ${name} to "${version}": its controller reconciles all the time, so do it before the upgrade or pause it.`,
    })[kind],
};
