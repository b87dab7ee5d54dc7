import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { BearerToken } from '../platform.ts';

/** The credentials that a token is signed with. */
export interface SigningCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

/** EKS takes a token for 15 minutes after it was signed; ours are given up well before that. Milliseconds. */
const tokenLifetime = 12 * 60_000;

/**
 * Makes the bearer token that an EKS cluster's API takes: a presigned GetCallerIdentity request of STS, which the
 * cluster sends there itself to learn who is calling. Nothing is sent from here.
 *
 * @param input.region the cluster's region; the token is signed for the STS of that region
 * @param input.now the time of signing, by default the present
 * @returns the token, which expires with its credentials if they expire earlier
 */
export async function makeEksToken(input: {
  clusterName: string;
  region: string;
  credentials: SigningCredentials;
  now?: Date;
}): Promise<BearerToken> {
  const { clusterName, region, credentials, now = new Date() } = input;
  const host = stsHost(region);
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Sha256 });
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname: host,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      // The cluster's name is signed along, so that the token is of no use at another cluster.
      headers: { host, 'x-k8s-aws-id': clusterName },
    },
    { expiresIn: 60, signingDate: now },
  );
  const query = new URLSearchParams(
    Object.entries(signed.query ?? {}).map(([key, value]): [string, string] => [key, String(value)]),
  );
  // URLSearchParams writes a space as "+", which a signature over "%20" does not survive.
  const url = `https://${host}/?${query.toString().replaceAll('+', '%20')}`;
  const latest = now.getTime() + tokenLifetime;
  const expiresAt = Math.min(latest, credentials.expiration?.getTime() ?? latest);
  return {
    token: `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`,
    expiresAt: new Date(expiresAt),
  };
}

/** The regional STS endpoint, by the partition that the region is in. */
export function stsHost(region: string): string {
  const suffix = partitionSuffixes.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'amazonaws.com';
  return `sts.${region}.${suffix}`;
}

/** DNS suffixes of AWS's partitions by the beginning of their regions' names; all others share the first partition's. */
const partitionSuffixes: readonly [string, string][] = [
  ['cn-', 'amazonaws.com.cn'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
  ['eusc-', 'amazonaws.eu'],
];
