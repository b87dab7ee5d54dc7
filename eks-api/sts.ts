import { randomBytes } from 'node:crypto';
import type { AccessKey, AccessKeys } from './accessKeys.ts';
import { EksError } from './errors.ts';
import { queryResponse } from './queryProtocol.ts';

/** XML namespace of STS's answers. */
export const stsNamespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** What the STS beside EKS needs to know. */
export interface StsOptions {
  account: string;
  keys: AccessKeys;
  /** ARNs of the roles that may be assumed; every role of the account unless given. */
  assumableRoles?: readonly string[] | undefined;
}

/**
 * The two operations of STS (query protocol: a form in, XML out) that are of use with EKS.
 *
 * @param form the request's body
 * @returns the answer's body
 * @throws EksError AccessDeniedException for a role that can't be assumed, InvalidParameterException
 */
export function answerSts(form: URLSearchParams, caller: AccessKey, options: StsOptions): string {
  switch (form.get('Action')) {
    case 'GetCallerIdentity':
      return queryResponse(stsNamespace, 'GetCallerIdentity', {
        Arn: caller.principalArn,
        UserId: caller.accessKeyId,
        Account: options.account,
      });
    case 'AssumeRole':
      return assumeRole(form, caller, options);
    default:
      throw new EksError(
        'InvalidRequestException',
        `STS has no ${form.get('Action') ?? 'such action'} here.`,
      );
  }
}

function assumeRole(form: URLSearchParams, caller: AccessKey, options: StsOptions): string {
  const role = form.get('RoleArn') ?? '';
  const session = form.get('RoleSessionName') ?? '';
  const name = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/.exec(role);
  if (name === null || session === '') {
    throw new EksError('InvalidParameterException', 'RoleArn and RoleSessionName must be given.');
  }
  const allowed = options.assumableRoles?.includes(role) ?? name[1] === options.account;
  if (!allowed) {
    throw new EksError(
      'AccessDeniedException',
      `User: ${caller.principalArn} is not authorized to perform: sts:AssumeRole on resource: ${role}`,
    );
  }
  const seconds = Number(form.get('DurationSeconds') ?? 3600);
  const key = {
    accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(60).toString('base64'),
    expiresAt: new Date(Date.now() + seconds * 1000),
    principalArn: `arn:aws:sts::${options.account}:assumed-role/${name[2] ?? ''}/${session}`,
  };
  options.keys.add(key);
  return queryResponse(stsNamespace, 'AssumeRole', {
    Credentials: {
      AccessKeyId: key.accessKeyId,
      SecretAccessKey: key.secretAccessKey,
      SessionToken: key.sessionToken,
      Expiration: key.expiresAt.toISOString(),
    },
    AssumedRoleUser: { Arn: key.principalArn, AssumedRoleId: `AROA${key.accessKeyId.slice(4)}:${session}` },
  });
}
