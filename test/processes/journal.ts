import { readFile } from 'node:fs/promises';
import type { MutationRecord } from '../../eks-api/index.ts';

/** The simulator's own log, as the file has it. */
export async function readJournal(file: string): Promise<MutationRecord[]> {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as MutationRecord);
}

/** What changed the cluster, one line each, in order: `UpdateClusterVersion cluster/shop 1.32`. */
export function applied(journal: readonly MutationRecord[]): string[] {
  return journal.filter(({ outcome }) => outcome === 'applied').map(describeMutation);
}

/**
 * What speaks against each change having been applied once, one line each: the same change applied again, and one
 * that was sent again under another token than the first time. Only for upgrades in which no change is meant twice.
 */
export function repetitions(journal: readonly MutationRecord[]): string[] {
  const first = new Map<string, MutationRecord>();
  const problems: string[] = [];
  for (const record of journal) {
    if (record.outcome === 'refused') continue;
    const change = describeMutation(record);
    const before = first.get(change);
    if (record.outcome === 'applied') {
      if (before !== undefined) problems.push(`${change} was applied twice, the second time at ${record.at}`);
      first.set(change, record);
    } else if (
      record.clientRequestToken === undefined ||
      record.clientRequestToken !== before?.clientRequestToken
    ) {
      problems.push(`${change} was sent again at ${record.at} under another token than before`);
    }
  }
  return problems;
}

function describeMutation({ operation, resource, parameters }: MutationRecord): string {
  const { version, addonVersion, updateConfig, tags, tagKeys } = parameters;
  const target = [version, addonVersion].find((value) => typeof value === 'string');
  const rest = [updateConfig, tags, tagKeys].filter((value) => value !== undefined);
  return [
    operation,
    resource,
    ...(typeof target === 'string' ? [target] : []),
    ...rest.map((value) => JSON.stringify(value)),
  ].join(' ');
}

/** All that an upgrade of the demo's cluster from 1.31 to 1.33 changes, in order. */
export function wholeUpgrade(cluster: string): string[] {
  return [...hopTo132(cluster), ...hopTo133(cluster)];
}

/** The first hop alone: the other add-ons' versions are good for 1.32 as well. */
export function hopTo132(cluster: string): string[] {
  return [
    `UpdateClusterVersion cluster/${cluster} 1.32`,
    `UpdateAddon cluster/${cluster}/add-on/kube-proxy v1.32.0-eksbuild.2`,
    `UpdateNodegroupVersion cluster/${cluster}/node-group/general 1.32`,
    `UpdateNodegroupVersion cluster/${cluster}/node-group/platform 1.32`,
  ];
}

function hopTo133(cluster: string): string[] {
  return [
    `UpdateClusterVersion cluster/${cluster} 1.33`,
    `UpdateAddon cluster/${cluster}/add-on/coredns v1.12.1-eksbuild.2`,
    `UpdateAddon cluster/${cluster}/add-on/kube-proxy v1.33.0-eksbuild.2`,
    `UpdateAddon cluster/${cluster}/add-on/vpc-cni v1.19.5-eksbuild.1`,
    `UpdateAddon cluster/${cluster}/add-on/aws-ebs-csi-driver v1.44.0-eksbuild.1`,
    `UpdateNodegroupVersion cluster/${cluster}/node-group/general 1.33`,
    `UpdateNodegroupVersion cluster/${cluster}/node-group/platform 1.33`,
  ];
}
