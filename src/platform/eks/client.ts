import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EKSClient } from '@aws-sdk/client-eks';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { ClusterReference } from '../../contract/request.ts';

/** Whose cluster, as whom: what an EKS client depends on. */
export type EksAccess = Pick<ClusterReference, 'region' | 'roleArn' | 'externalId'>;

/** How a client behaves on a bad line. */
export interface EksClientOptions {
  /** How often a call is tried in all; the pauses between grow to a few seconds. */
  maxAttempts: number;
  connectionTimeoutMs: number;
  requestTimeoutMs: number;
}

/** An endpoint that can't be connected to is given up within about 15 seconds. */
const defaults: EksClientOptions = { maxAttempts: 5, connectionTimeoutMs: 2_500, requestTimeoutMs: 8_000 };

/**
 * Makes a client of the EKS API with the SDK's default credential chain, or as a role on top of it. Endpoint, region,
 * proxy and profile come as the SDK reads them (AWS_ENDPOINT_URL_EKS, AWS_REGION, AWS_PROFILE …).
 *
 * Credentials are read anew by each client and not from what the process has read of the AWS files before, so that a
 * new client sees credentials that somebody has renewed.
 */
export function createEksClient(access: EksAccess, options: Partial<EksClientOptions> = {}): EKSClient {
  return new EKSClient(clientSettings(access, options));
}

/** A client of the EC2 Auto Scaling API, with the same credentials and manners (AWS_ENDPOINT_URL_AUTO_SCALING). */
export function createAutoScalingClient(
  access: EksAccess,
  options: Partial<EksClientOptions> = {},
): AutoScalingClient {
  return new AutoScalingClient(clientSettings(access, options));
}

/**
 * A client of Elastic Load Balancing, with the same credentials and manners
 * (AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2).
 */
export function createLoadBalancingClient(
  access: EksAccess,
  options: Partial<EksClientOptions> = {},
): ElasticLoadBalancingV2Client {
  return new ElasticLoadBalancingV2Client(clientSettings(access, options));
}

/** A client of IAM, with the same credentials and manners (AWS_ENDPOINT_URL_IAM). */
export function createIamClient(access: EksAccess, options: Partial<EksClientOptions> = {}): IAMClient {
  return new IAMClient(clientSettings(access, options));
}

function clientSettings(access: EksAccess, options: Partial<EksClientOptions>) {
  const { maxAttempts, connectionTimeoutMs, requestTimeoutMs } = { ...defaults, ...options };
  const requestHandler = {
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: requestTimeoutMs,
    throwOnRequestTimeout: true,
  };
  const region = access.region === undefined ? {} : { region: access.region };
  const own = fromNodeProviderChain({ ignoreCache: true, clientConfig: { ...region } });
  const credentials =
    access.roleArn === undefined
      ? own
      : fromTemporaryCredentials({
          masterCredentials: own,
          params: {
            RoleArn: access.roleArn,
            RoleSessionName: 'stepladder',
            ...(access.externalId === undefined ? {} : { ExternalId: access.externalId }),
          },
          clientConfig: { ...region, requestHandler, maxAttempts },
        });
  return {
    ...region,
    credentials,
    maxAttempts,
    retryMode: 'standard',
    requestHandler,
    customUserAgent: 'stepladder',
  };
}
