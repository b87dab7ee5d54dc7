import type { EksAccount } from './account.ts';
import type { Call } from './call.ts';
import { invalidParameter } from './errors.ts';
import type { EksService } from './service.ts';

/** Name of the cluster that a call is about, whether or not there is one; undefined for what is of no single one. */
export function clusterNamed({ path, body }: Call): string | undefined {
  const name = path['clusterName'] ?? path['name'] ?? clusterInArn(path['resourceArn']);
  if (name !== undefined) return name;
  // CreateCluster has it nowhere else.
  return typeof body['name'] === 'string' ? body['name'] : undefined;
}

/**
 * The cluster that a call is about.
 *
 * @throws EksError ResourceNotFoundException; by an ARN BadRequestException or NotFoundException
 */
export function clusterOf(account: EksAccount, call: Call): EksService {
  const { resourceArn } = call.path;
  if (resourceArn !== undefined) return account.findByArn(resourceArn);
  const name = clusterNamed(call);
  if (name === undefined) throw invalidParameter('The name of a cluster is required.');
  return account.find(name, call.region);
}

/** `arn:aws:eks:ap-northeast-1:111122223333:nodegroup/demo/blue/…` → `demo`. */
export function clusterInArn(arn: string | undefined): string | undefined {
  return /^arn:aws[a-z-]*:eks:[^:]*:\d*:[a-z-]+\/([^/]+)/.exec(arn ?? '')?.[1];
}
