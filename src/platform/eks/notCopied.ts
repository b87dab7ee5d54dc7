import type { Cluster, IdentityProviderConfig, Nodegroup, PodIdentityAssociation } from '@aws-sdk/client-eks';
import type { ObservedSubnet } from '../../plan/observation.ts';
import type { ObservedBlueprint } from '../../plan/observedMigration.ts';
import { healthLines } from './health.ts';

export type NotCopied = ObservedBlueprint['notCopied'][number];

/** What EKS tells of a cluster that another one is to be made like. */
export interface BlueprintFacts {
  cluster: Cluster;
  nodeGroups: Nodegroup[];
  /** Only those whose Pods assume a role of another account from there on. */
  crossAccountIdentities: PodIdentityAssociation[];
  addons: { name: string; configurationValues?: string | undefined }[];
  fargateProfiles: string[];
  identityProviders: IdentityProviderConfig[];
  capabilities: string[];
  subnets: ObservedSubnet[];
}

const existing = 'Make the new cluster by other means, and name it in migration.green with "existing": true.';

/** What another cluster does not get, or gets otherwise than the first: each is told before anything is created. */
export function notCopied(facts: BlueprintFacts): NotCopied[] {
  return [
    ...ofCluster(facts.cluster),
    ...ofNetwork(facts.cluster),
    ...ofSubnets(facts),
    ...ofAccess(facts),
    ...facts.nodeGroups.flatMap(ofNodeGroup),
    ...facts.addons.flatMap((addon) => ofAddon(addon, facts.cluster.name ?? '')),
    ...ofParts(facts),
  ];
}

function ofCluster(cluster: Cluster): NotCopied[] {
  const found: NotCopied[] = [];
  if (cluster.connectorConfig !== undefined) {
    found.push({
      severity: 'blocker',
      what: 'a cluster that is connected to EKS',
      why: 'EKS does not run it, so it can not make another one like it',
      remedy: existing,
    });
  }
  if (cluster.outpostConfig !== undefined) {
    found.push({
      severity: 'blocker',
      what: 'a local cluster on an Outpost',
      why: 'its control plane stands on machines of your own, which a second one would need as well',
      remedy: existing,
    });
  }
  if (cluster.deletionProtection === true) {
    found.push({
      severity: 'warning',
      what: 'deletion protection',
      why: 'the new cluster is made without it, so that it can be removed again when the migration fails',
      remedy:
        'Turn it on after the migration: aws eks update-cluster-config --name … --deletion-protection. Before the old cluster is deleted, turn it off there.',
    });
  }
  const issues = healthLines(cluster.health?.issues);
  if (issues.length > 0) {
    found.push({
      severity: 'warning',
      what: 'what ails the cluster',
      why: `EKS says of it: ${issues.join('; ')}. A cluster that is made like it may have the same`,
      remedy: 'Mend it first.',
    });
  }
  if (cluster.computeConfig?.enabled === true) {
    found.push({
      severity: 'info',
      what: 'nodes of EKS Auto Mode',
      why: 'the new cluster has Auto Mode as well, and gets such nodes as its Pods need them',
      remedy: 'Nothing has to be done. NodePools and NodeClasses of your own are copied as resources.',
    });
  }
  if (cluster.remoteNetworkConfig !== undefined) {
    found.push({
      severity: 'warning',
      what: 'hybrid nodes',
      why: 'the new cluster knows their networks, and a machine of your own is a node of one cluster only',
      remedy: 'Have machines join the new cluster with nodeadm, and give the Pods that need them a place.',
    });
  }
  return found;
}

function ofNetwork({ resourcesVpcConfig }: Cluster): NotCopied[] {
  const group = resourcesVpcConfig?.clusterSecurityGroupId;
  if (group === undefined) return [];
  return [
    {
      severity: 'warning',
      what: `the cluster security group ${group}`,
      why: 'EKS makes one of its own for each cluster, so that whatever lets nodes and Pods in by this one (databases, caches) does not let in those of the new cluster',
      remedy: `Look for rules that name it (aws ec2 describe-security-group-rules --filters Name=referenced-group-id… or describe-security-groups --filters Name=ip-permission.group-id,Values=${group}), and give the new cluster's the same once it is there.`,
    },
  ];
}

/** Controllers pass over a subnet that bears the tags of other clusters and not their own's. */
function ofSubnets({ cluster, subnets }: BlueprintFacts): NotCopied[] {
  const { name = '' } = cluster;
  const only = subnets.filter(({ clusters = [] }) => clusters.length === 1 && clusters[0] === name);
  if (only.length === 0) return [];
  return [
    {
      severity: 'warning',
      what: `the tag kubernetes.io/cluster/${name} of subnets ${only.map(({ id }) => id).join(', ')}`,
      why: 'controllers on the new cluster take no subnet for its load balancers that is tagged for another cluster only; the AWS Load Balancer Controller says that it finds no subnets',
      remedy:
        'Tag them for the new cluster as well before the migration: kubernetes.io/cluster/<its name>=shared.',
    },
  ];
}

function ofAccess({ cluster, crossAccountIdentities }: BlueprintFacts): NotCopied[] {
  const found: NotCopied[] = [
    {
      severity: 'info',
      what: 'who administers the new cluster',
      why: "the worker's own identity does, because it brings resources of all kinds there; EKS makes an access entry for it",
      remedy: 'Take the entry away after the migration, if it is not to stay.',
    },
  ];
  if (cluster.accessConfig?.authenticationMode === 'CONFIG_MAP') {
    found.push({
      severity: 'warning',
      what: 'the authentication mode CONFIG_MAP',
      why: 'the new cluster is made with API_AND_CONFIG_MAP, because in CONFIG_MAP nobody can be let in before there is a ConfigMap',
      remedy: 'Nothing has to be done for the mode; see what is said of aws-auth.',
    });
  }
  for (const { namespace, serviceAccount, targetRoleArn } of crossAccountIdentities) {
    found.push({
      severity: 'warning',
      what: `the role ${targetRoleArn ?? ''} of another account, for Pods of ${namespace ?? ''}/${serviceAccount ?? ''}`,
      why: 'the new association has an external ID of its own, and its session tags name the new cluster; a trust policy that asks for the old ones refuses it',
      remedy:
        "Allow both in that role's trust policy, or leave the condition out until the migration is over.",
    });
  }
  return found;
}

function ofNodeGroup(group: Nodegroup): NotCopied[] {
  const { nodegroupName: name = '', status, capacityType, launchTemplate, amiType } = group;
  const found: NotCopied[] = [];
  const issues = healthLines(group.health?.issues);
  if (status === 'DEGRADED' || status === 'CREATE_FAILED' || issues.length > 0) {
    found.push({
      severity: 'warning',
      what: `what ails node group ${name}`,
      why: `it is ${status ?? 'UNKNOWN'}${issues.length === 0 ? '' : ` (${issues.join('; ')})`}, and a group that is made like it may fail likewise`,
      remedy: 'Mend it first.',
    });
  }
  if (capacityType === 'CAPACITY_BLOCK') {
    found.push({
      severity: 'warning',
      what: `the capacity block of node group ${name}`,
      why: 'a block has so many instances and no more: those that the old group holds the new one can not get',
      remedy:
        'Reserve a second block and name it in a launch template version, or make the group smaller first.',
    });
  }
  if (launchTemplate !== undefined && amiType !== 'CUSTOM') {
    found.push({
      severity: 'warning',
      what: `what the launch template ${launchTemplate.name ?? launchTemplate.id ?? ''} of node group ${name} says of this cluster`,
      why: 'nodes of the new cluster start from it too: with security groups or user data that name the old cluster they can not join',
      remedy:
        'Look at it. If it names the old cluster\'s security group, name, endpoint or certificate, make the new cluster yourself and use it with "existing": true.',
    });
  }
  return found;
}

function ofAddon(
  { name, configurationValues = '' }: BlueprintFacts['addons'][number],
  clusterName: string,
): NotCopied[] {
  const words = configurationValues.split(/[^A-Za-z0-9_-]+/);
  if (!words.includes(clusterName)) return [];
  return [
    {
      severity: 'warning',
      what: `the configuration of add-on ${name}`,
      why: `it names cluster ${clusterName}, and is copied word for word`,
      remedy:
        'Change it on the new cluster, or leave the name out on the old one first, if the add-on can find it.',
    },
  ];
}

function ofParts({ fargateProfiles, identityProviders, capabilities }: BlueprintFacts): NotCopied[] {
  return [
    ...(fargateProfiles.length === 0
      ? []
      : [
          {
            severity: 'blocker' as const,
            what: `Fargate ${fargateProfiles.length === 1 ? 'profile' : 'profiles'} ${fargateProfiles.join(', ')}`,
            why: 'Pods that they select would have no place on the new cluster',
            remedy: `Have these Pods run on nodes, and delete the profiles; or else: ${existing}`,
          },
        ]),
    ...identityProviders.map(({ type, name }): NotCopied => ({
      severity: 'warning',
      what: `identity provider ${name ?? ''} (${type ?? 'unknown'})`,
      why: 'who signs in by it can not sign in to the new cluster',
      remedy:
        'Associate it with the new cluster once that is there: aws eks associate-identity-provider-config.',
    })),
    ...capabilities.map((capability): NotCopied => ({
      severity: 'blocker',
      what: `EKS capability ${capability}`,
      why: 'EKS runs it outside the cluster; the new cluster would lack it, and two of them would work on the same things',
      remedy: `Take it off (aws eks delete-capability), or else: ${existing}`,
    })),
  ];
}
