import { EksError } from './errors.ts';

/** The access policies that EKS has for Kubernetes' own roles and its add-ons, as far as they matter here. */
const names = [
  'AmazonEKSAdminPolicy',
  'AmazonEKSAdminViewPolicy',
  'AmazonEKSAutoNodePolicy',
  'AmazonEKSClusterAdminPolicy',
  'AmazonEKSEditPolicy',
  'AmazonEKSSecretReaderPolicy',
  'AmazonEKSViewPolicy',
];

const arnOf = (name: string): string => `arn:aws:eks::aws:cluster-access-policy/${name}`;

/** Everything, in the whole cluster. */
export const clusterAdminPolicy = arnOf('AmazonEKSClusterAdminPolicy');

/** All of them, by name. */
export const accessPolicies = names.map((name) => ({ name, arn: arnOf(name) }));

/** @throws EksError InvalidParameterException */
export function refuseUnknownPolicy(arn: string, clusterName: string): void {
  if (accessPolicies.some((policy) => policy.arn === arn)) return;
  throw new EksError('InvalidParameterException', `The policyArn ${arn} is invalid: no such policy.`, {
    clusterName,
  });
}
