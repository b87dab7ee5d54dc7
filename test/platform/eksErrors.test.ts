import { describe, expect, it } from 'vitest';
import { StepladderError } from '../../src/contract/errors.ts';
import { classifyEksError } from '../../src/platform/eks/errors.ts';

function awsError(name: string, httpStatusCode: number | undefined, message: string): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

function systemError(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

const call = { action: 'UpdateNodegroupVersion', cluster: 'demo', of: 'node group blue' };

const cases: [string, Error, string, RegExp][] = [
  [
    'no credentials',
    awsError('CredentialsProviderError', undefined, 'Could not load credentials from any providers'),
    'CredentialsRefused',
    /Give the worker credentials/,
  ],
  [
    'an expired token',
    awsError('ExpiredTokenException', 403, 'The security token included in the request is expired'),
    'CredentialsRefused',
    /expired/,
  ],
  [
    'an unknown key',
    awsError('UnrecognizedClientException', 403, 'The security token included in the request is invalid.'),
    'CredentialsRefused',
    /not accepted/,
  ],
  [
    'a permission that is missing',
    awsError(
      'AccessDeniedException',
      403,
      'User: arn:aws:iam::1:user/x is not authorized to perform: eks:UpdateNodegroupVersion',
    ),
    'CredentialsRefused',
    /Allow them eks:UpdateNodegroupVersion/,
  ],
  [
    'a role that can not be assumed',
    awsError('AccessDenied', 403, 'User: x is not authorized to perform: sts:AssumeRole'),
    'CredentialsRefused',
    /sts:AssumeRole/,
  ],
  ['a 401 of a name that nobody knows', awsError('Odd', 401, 'no'), 'CredentialsRefused', /no/],
  ['throttling', awsError('ThrottlingException', 429, 'Rate exceeded'), 'Throttled', /slow down/],
  ['429 of another name', awsError('TooMany', 429, 'Rate exceeded'), 'Throttled', /slow down/],
  [
    'a cluster that is not there',
    awsError('ResourceNotFoundException', 404, 'No cluster found for name: demo.'),
    'ClusterNotFound',
    /cluster\.region/,
  ],
  [
    'a node group that is not there',
    awsError('ResourceNotFoundException', 404, 'No node group found for name: blue.'),
    'PlatformRefused',
    /does not find node group blue/,
  ],
  [
    'an update in progress',
    awsError(
      'ResourceInUseException',
      409,
      'Cannot VersionUpdate because cluster demo currently has update 0f8fad5b-d9cb-469f-a165-70867728950e in progress',
    ),
    'UpdateInProgress',
    /busy/,
  ],
  [
    'insights',
    awsError('InvalidStateException', 400, 'Upgrade readiness issues detected'),
    'PlatformRefused',
    /overrideInsights/,
  ],
  [
    'skipping a version',
    awsError(
      'InvalidParameterException',
      400,
      'Unsupported Kubernetes minor version update from 1.31 to 1.33',
    ),
    'PlatformRefused',
    /from 1\.31 to 1\.33/,
  ],
  [
    'an own image',
    awsError('InvalidRequestException', 400, 'You cannot specify the field version when using a custom AMI'),
    'PlatformRefused',
    /workers\.skip/,
  ],
  [
    'a limit',
    awsError('ResourceLimitExceededException', 400, 'limit of nodes exceeded'),
    'PlatformRefused',
    /raise the limit/,
  ],
  ['500', awsError('ServerException', 500, 'oops'), 'ServerError', /500/],
  ['503', awsError('ServiceUnavailableException', 503, 'oops'), 'ServerError', /503/],
  ['another 4xx', awsError('Teapot', 418, 'short and stout'), 'PlatformRefused', /418/],
  [
    'a refused connection',
    systemError('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'),
    'Unreachable',
    /AWS_ENDPOINT_URL_EKS/,
  ],
  [
    'a name that is not known',
    systemError('ENOTFOUND', 'getaddrinfo ENOTFOUND eks.mars-1.amazonaws.com'),
    'Unreachable',
    /DNS/,
  ],
  ['a reset', systemError('ECONNRESET', 'socket hang up'), 'Unreachable', /reached/],
  [
    'both address families refused',
    new AggregateError([systemError('ECONNREFUSED'), systemError('ECONNREFUSED')], ''),
    'Unreachable',
    /reached/,
  ],
  [
    'a certificate',
    systemError('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'),
    'Unreachable',
    /reached/,
  ],
  [
    'a time-out',
    Object.assign(new Error('Connection timed out after 2500 ms'), { name: 'TimeoutError' }),
    'Unreachable',
    /timed out/,
  ],
  [
    'a cause below',
    new Error('fetch failed', { cause: systemError('EHOSTUNREACH') }),
    'Unreachable',
    /EHOSTUNREACH/,
  ],
  ['a missing region', new Error('Region is missing'), 'InvalidInput', /cluster\.region/],
];

describe('what EKS calls fail with', () => {
  it.each(cases)('%s', (_what, error, type, message) => {
    const classified = classifyEksError(error, call);
    expect(classified).toBeInstanceOf(StepladderError);
    expect(classified).toMatchObject({ type, message: expect.stringMatching(message) });
  });

  it('tells a missing permission from credentials that are not accepted', () => {
    const denied = classifyEksError(awsError('AccessDeniedException', 403, 'not authorized'), call);
    const expired = classifyEksError(awsError('ExpiredTokenException', 403, 'expired'), call);
    expect(denied).toMatchObject({ details: { reason: 'denied', action: 'eks:UpdateNodegroupVersion' } });
    expect(expired).toMatchObject({ details: { reason: 'expired' } });
  });

  it('finds the ID of the update that EKS is busy with', () => {
    const error = awsError(
      'ResourceInUseException',
      409,
      'Cannot VersionUpdate because cluster demo currently has update 0f8fad5b-d9cb-469f-a165-70867728950e in progress',
    );
    expect(classifyEksError(error, call)).toMatchObject({
      details: { updateId: '0f8fad5b-d9cb-469f-a165-70867728950e' },
    });
  });

  it.each<[string, number, string, RegExp]>([
    ['RuleNotFoundException', 400, 'PlatformRefused', /Balancing does not find listener rule x: no\./],
    ['ResourceInUseException', 400, 'PlatformRefused', /Balancing refused ModifyRule \(listener rule x\)/],
    ['PriorRequestNotCompleteException', 429, 'Throttled', /slow down/],
    ['ServiceUnavailable', 503, 'ServerError', /Balancing answered ModifyRule/],
    ['AccessDenied', 403, 'CredentialsRefused', /Allow them elasticloadbalancing:ModifyRule/],
    ['TimeoutError', 0, 'Unreachable', /AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2/],
  ])('of Elastic Load Balancing: %s', (name, status, type, message) => {
    const error = awsError(name, status || undefined, 'no');
    const asked = { service: 'elasticloadbalancing' as const, action: 'ModifyRule', of: 'listener rule x' };
    expect(classifyEksError(error, asked)).toMatchObject({ type, message: expect.stringMatching(message) });
  });

  it.each<[string, number, string, RegExp]>([
    ['NoSuchEntityException', 404, 'PlatformRefused', /IAM does not find role r: no\./],
    ['LimitExceededException', 409, 'PlatformRefused', /IAM refused UpdateAssumeRolePolicy \(role r\)/],
    ['MalformedPolicyDocumentException', 400, 'PlatformRefused', /IAM refused/],
    ['ConcurrentModificationException', 409, 'ServerError', /IAM has not caught up yet/],
    ['ServiceFailureException', 500, 'ServerError', /IAM answered/],
    ['AccessDenied', 403, 'CredentialsRefused', /Allow them iam:UpdateAssumeRolePolicy/],
    ['TimeoutError', 0, 'Unreachable', /AWS_ENDPOINT_URL_IAM/],
  ])('of IAM: %s', (name, status, type, message) => {
    const error = awsError(name, status || undefined, 'no');
    const asked = { service: 'iam' as const, action: 'UpdateAssumeRolePolicy', of: 'role r' };
    expect(classifyEksError(error, asked)).toMatchObject({ type, message: expect.stringMatching(message) });
  });

  it('leaves what it does not know, and what is ours already, as it is', () => {
    const mistake = new TypeError('x is not a function');
    expect(classifyEksError(mistake, call)).toBe(mistake);
    const ours = new StepladderError('WrongCluster', 'no');
    expect(classifyEksError(ours, call)).toBe(ours);
  });
});
