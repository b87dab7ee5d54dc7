import { GetRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { StepladderError } from '../../../contract/errors.ts';
import type { IamConnection } from './iamConnection.ts';
import { roleName } from './oidcProvider.ts';
import { readTrustPolicy } from './trustPolicy.ts';
import type { TrustPolicy } from './trustPolicy.ts';

/**
 * The trust policy of a role as it is now.
 *
 * @throws StepladderError `PlatformRefused` with the reason `not-found` for a role that is not there, also where there is
 * another one of its name; as every call to AWS
 */
export async function trustPolicyOf(
  connection: IamConnection,
  arn: string,
  signal?: AbortSignal,
): Promise<TrustPolicy> {
  const { Role: role } = await connection.call('GetRole', `role ${arn}`, signal, (client, options) =>
    client.send(new GetRoleCommand({ RoleName: roleName(arn) }), options),
  );
  // Names are unique in an account, paths are not part of them.
  if (role?.Arn !== arn) {
    throw new StepladderError(
      'PlatformRefused',
      `IAM has no role ${arn}: the one of that name is ${role?.Arn ?? 'not told'}.`,
      { reason: 'not-found', role: arn },
    );
  }
  const policy = readTrustPolicy(role.AssumeRolePolicyDocument ?? '');
  if (policy === undefined) {
    throw new StepladderError(
      'PlatformRefused',
      `The trust policy of role ${arn} is not one that can be read: look at it (aws iam get-role --role-name ${roleName(arn)}).`,
      { reason: 'unreadable', role: arn },
    );
  }
  return policy;
}

/** Gives a role another trust policy; whatever it had is gone. Throws as every call to AWS. */
export async function writeTrustPolicy(
  connection: IamConnection,
  arn: string,
  policy: TrustPolicy,
  signal?: AbortSignal,
): Promise<void> {
  await connection.call('UpdateAssumeRolePolicy', `role ${arn}`, signal, (client, options) =>
    client.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: roleName(arn), PolicyDocument: JSON.stringify(policy) }),
      options,
    ),
  );
}
