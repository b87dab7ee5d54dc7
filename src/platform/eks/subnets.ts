import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { StepladderError } from '../../contract/errors.ts';
import type { ObservedSubnet } from '../../plan/observation.ts';
import type { EksConnection } from './connection.ts';

/** All tries of a question together may take this long. */
const deadlineMs = 16_000;
const maxAttempts = 5;
/** Before a cluster's name: the tag by which controllers tell whose load balancers may stand in a subnet. */
const clusterTag = 'kubernetes.io/cluster/';
/** Subnets asked for at a time. */
const batch = 100;

/**
 * DescribeSubnets of EC2: how many addresses are free, and which clusters they are for. Asked as the same identity and in the same region as EKS; the
 * endpoint is the SDK's (AWS_ENDPOINT_URL_EC2).
 *
 * @throws StepladderError `PlatformRefused` whatever goes wrong: no upgrade needs EC2's answer as such, and a network
 * may let no one through to it
 */
export async function describeSubnets(
  connection: EksConnection,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<ObservedSubnet[]> {
  if (ids.length === 0) return [];
  const { credentials } = connection.client.config;
  const client = new EC2Client({
    region: await connection.region(),
    credentials,
    maxAttempts,
    retryMode: 'standard',
    requestHandler: { connectionTimeout: 2_500, requestTimeout: 8_000, throwOnRequestTimeout: true },
    customUserAgent: 'stepladder',
  });
  const deadline = AbortSignal.timeout(deadlineMs);
  const abortSignal = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  try {
    const found: ObservedSubnet[] = [];
    for (let first = 0; first < ids.length; first += batch) {
      const asked = new DescribeSubnetsCommand({ SubnetIds: ids.slice(first, first + batch) });
      const { Subnets = [] } = await client.send(asked, { abortSignal });
      for (const { SubnetId, AvailabilityZone, AvailableIpAddressCount, Tags = [] } of Subnets) {
        if (SubnetId === undefined || AvailableIpAddressCount === undefined) continue;
        const clusters = Tags.flatMap(({ Key = '' }) =>
          Key.startsWith(clusterTag) ? [Key.slice(clusterTag.length)] : [],
        );
        found.push({
          id: SubnetId,
          ...(AvailabilityZone === undefined ? {} : { zone: AvailabilityZone }),
          freeAddresses: AvailableIpAddressCount,
          ...(clusters.length === 0 ? {} : { clusters }),
        });
      }
    }
    return found.sort((one, other) => (one.id < other.id ? -1 : 1));
  } catch (error) {
    signal?.throwIfAborted();
    throw refusal(error, deadline.aborted);
  } finally {
    client.destroy();
  }
}

function refusal(error: unknown, late: boolean): StepladderError {
  const name = error instanceof Error ? error.name : String(error);
  if (name === 'UnauthorizedOperation' || name === 'AccessDenied') {
    return new StepladderError(
      'PlatformRefused',
      "The worker's role may not ec2:DescribeSubnets: allow it that, as deploy/iam/policy.json does.",
      { reason: 'denied', action: 'ec2:DescribeSubnets' },
      { cause: error },
    );
  }
  return new StepladderError(
    'PlatformRefused',
    late
      ? `The EC2 API did not answer DescribeSubnets within ${deadlineMs / 1000} s: check the worker's network and proxy, and AWS_ENDPOINT_URL_EC2 if it is set.`
      : `The EC2 API did not answer DescribeSubnets: ${name}${error instanceof Error ? `: ${error.message}` : ''}.`,
    { action: 'ec2:DescribeSubnets' },
    { cause: error },
  );
}
