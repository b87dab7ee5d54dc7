import type { Issuer } from '../../../src/platform/eks/roles/greenTrust.ts';
import type { TrustPolicy } from '../../../src/platform/eks/roles/trustPolicy.ts';

const issuer = (id: string): Issuer => {
  const name = `oidc.eks.eu-west-1.amazonaws.com/id/${id}`;
  return { name, providerArn: `arn:aws:iam::111122223333:oidc-provider/${name}` };
};

export const blue = issuer('BLUE0000000000000000000000000000');
export const green = issuer('GREEN000000000000000000000000000');
export const other = issuer('OTHER000000000000000000000000000');
export const sid = 'StepladderGreen0a1b2c3d';

/** The statement that AWS's documentation gives for a service account's role. */
export function usual({ name, providerArn }: Issuer, account = 'shop:orders') {
  return {
    Effect: 'Allow',
    Principal: { Federated: providerArn },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${name}:sub`]: `system:serviceaccount:${account}`,
        [`${name}:aud`]: 'sts.amazonaws.com',
      },
    },
  };
}

/** For Pods on EC2, or whatever has nothing to do with a cluster. */
export const ec2 = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };

export const policy = (...statements: object[]): TrustPolicy =>
  ({ Version: '2012-10-17', Statement: statements }) as unknown as TrustPolicy;
