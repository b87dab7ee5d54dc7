import type { Issuer } from './greenTrust.ts';

/**
 * How an OIDC issuer of a cluster is called in IAM (docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html):
 * by its URL without the scheme, in the provider's ARN as in the keys of conditions.
 */

/** `oidc.eks.<region>.amazonaws.com/id/<id>` of `https://oidc.eks.…/id/<id>`. */
export function issuerName(url: string): string {
  return url.replace(/^https:\/\//i, '').replace(/\/+$/, '');
}

/** An issuer as trust policies name it, in the account and partition of another ARN. */
export function issuerOf(url: string, sibling: string): Issuer {
  const name = issuerName(url);
  return { name, providerArn: providerArn(name, sibling) };
}

/** The ARN of an issuer's provider in the account and partition of another ARN: a cluster's, or a role's. */
export function providerArn(issuer: string, sibling: string): string {
  const { partition, account } = partsOf(sibling);
  return `arn:${partition}:iam::${account}:oidc-provider/${issuer}`;
}

/** The 12 digits in an ARN. */
export function accountOf(arn: string): string {
  return partsOf(arn).account;
}

/** The ARN of another cluster of the same account and region. */
export function siblingCluster(arn: string, name: string): string {
  return arn.replace(/cluster\/.*$/, `cluster/${name}`);
}

/** A role's name, which calls want: the ARN has its path before it. */
export function roleName(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function partsOf(arn: string): { partition: string; account: string } {
  const [, partition = 'aws', , , account = ''] = arn.split(':');
  return { partition, account };
}
