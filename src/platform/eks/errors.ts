import { StepladderError } from '../../contract/errors.ts';

/** The services that are called, by the prefix of their permissions, as messages name them. */
export const serviceNames = {
  eks: 'EKS',
  autoscaling: 'EC2 Auto Scaling',
  elasticloadbalancing: 'Elastic Load Balancing',
  iam: 'IAM',
} as const;

/** A call to EKS or to what stands around it, for messages. */
export interface EksCall {
  /** `eks` unless given. */
  service?: keyof typeof serviceNames;
  /** Name of the operation, `UpdateNodegroupVersion`. */
  action: string;
  /** Absent where it is about nothing of a cluster's; then `of` says what it is about. */
  cluster?: string;
  /** What of the cluster it is about, `node group blue`; absent when it is about the cluster itself. */
  of?: string;
}

/** The SDK's variables that say where a service is. */
const endpointVariables = {
  eks: 'AWS_ENDPOINT_URL_EKS',
  autoscaling: 'AWS_ENDPOINT_URL_AUTO_SCALING',
  elasticloadbalancing: 'AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2',
  iam: 'AWS_ENDPOINT_URL_IAM',
} as const;

/** Error names by which AWS says that it does not know or does not accept who is calling. */
const credentialErrors = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'AuthFailure',
  'OptInRequired',
]);

const throttlingErrors = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
]);

/** Another change is under way, or is not seen everywhere yet: a moment later it is. */
const notYet = new Set([
  'ResourcePropagationDelayException',
  'ScalingActivityInProgressFault',
  'ConcurrentModificationException',
  'EntityTemporarilyUnmodifiableException',
]);

/** Refusals that sending the same again does not mend. */
const refusals = new Set([
  'InvalidStateException',
  'InvalidParameterException',
  'InvalidRequestException',
  'ResourceLimitExceededException',
  'UnsupportedAvailabilityZoneException',
  'ClientException',
  'ValidationException',
  'ValidationError',
  'BadRequestException',
  'LimitExceededException',
  'MalformedPolicyDocumentException',
]);

/**
 * Turns whatever a call to EKS (or to STS and the credential chain before it) threw into an error of ours that says
 * what happened and what to do. One that is ours already is handed back as it is; one that is nobody's known trouble
 * is handed back too, for the boundary to treat as unexpected.
 */
export function classifyEksError(error: unknown, call: EksCall): unknown {
  if (error instanceof StepladderError || !(error instanceof Error)) return error;
  const { name, status, code, words } = read(error);
  const subject = subjectOf(call);
  const asked = `${call.action} (${subject})`;
  const { service = 'eks' } = call;
  const serviceName = serviceNames[service];
  const details = { action: `${service}:${call.action}`, subject, code: name };
  const fail = (
    type: ConstructorParameters<typeof StepladderError>[0],
    message: string,
    more: Record<string, unknown> = {},
  ) => new StepladderError(type, message, { ...details, ...more });

  if (/region is missing/i.test(error.message)) {
    return fail(
      'InvalidInput',
      'No AWS region is known, and nothing was touched: set cluster.region in the request, or AWS_REGION (or a region in the AWS profile) for the worker.',
    );
  }
  if (name === 'AccessDenied' || name === 'AccessDeniedException' || name === 'ForbiddenException') {
    return fail(
      'CredentialsRefused',
      `AWS does not allow the worker's credentials to call ${asked}: ${words}. Allow them ${service}:${call.action} (or, when a role is assumed, sts:AssumeRole on it and in its trust policy).`,
      { reason: 'denied' },
    );
  }
  if (credentialErrors.has(name) || status === 401) {
    return fail(
      'CredentialsRefused',
      `${asked} could not be called because AWS credentials are missing, expired or not accepted: ${words}. Give the worker credentials (environment, profile, SSO login, instance or pod role) and check its clock.`,
      { reason: /expired/i.test(`${name} ${words}`) ? 'expired' : 'refused' },
    );
  }
  if (throttlingErrors.has(name) || status === 429) {
    return fail('Throttled', `AWS asks to slow down: ${asked} was throttled.`);
  }
  if (
    (/NotFound(Exception)?$/.test(name) && service === 'elasticloadbalancing') ||
    name === 'NoSuchEntityException'
  ) {
    return fail('PlatformRefused', `${serviceName} does not find ${subject}: ${words}.`, {
      reason: 'not-found',
    });
  }
  if (name === 'ResourceNotFoundException' || name === 'NotFoundException') {
    if (call.of === undefined || /^no cluster found/i.test(words)) {
      return fail(
        'ClusterNotFound',
        `EKS knows no cluster ${call.cluster ?? ''} for these credentials and this region: ${words}. Check cluster.name, cluster.region and cluster.roleArn.`,
      );
    }
    return fail('PlatformRefused', `EKS does not find ${subject}: ${words}.`, { reason: 'not-found' });
  }
  if (name === 'ResourceInUseException' && service === 'eks') {
    return fail('UpdateInProgress', `EKS is busy: ${asked} was refused: ${words}.`, {
      ...updateIdIn(words),
    });
  }
  if (notYet.has(name)) {
    return fail('ServerError', `${serviceName} has not caught up yet: ${asked}: ${words}.`);
  }
  if (refusals.has(name)) {
    return fail('PlatformRefused', `${serviceName} refused ${asked}: ${words}. ${advice(words)}`, {
      reason: 'refused',
    });
  }
  if (status !== undefined && status >= 500) {
    return fail('ServerError', `${serviceName} answered ${asked} with ${status} ${name}: ${words}.`);
  }
  if (status === 403) {
    return fail(
      'CredentialsRefused',
      `${asked} was answered with 403 ${name}: ${words}. Check the worker's credentials.`,
      {
        reason: 'refused',
      },
    );
  }
  if (isUnreachable(name, code, error)) {
    return fail(
      'Unreachable',
      `The ${serviceName} API could not be reached for ${asked}: ${code ?? name}: ${words}. Check the worker's network, proxy and DNS, the region, and ${endpointVariables[service]} if it is set.`,
    );
  }
  if (status !== undefined && status >= 400) {
    return fail('PlatformRefused', `${serviceName} refused ${asked} with ${status} ${name}: ${words}.`, {
      reason: 'refused',
    });
  }
  return error;
}

function subjectOf({ cluster, of }: EksCall): string {
  if (of === undefined) return `cluster ${cluster ?? ''}`;
  return cluster === undefined ? of : `${of} of cluster ${cluster}`;
}

function read(error: Error): { name: string; status?: number; code?: string; words: string } {
  const metadata: unknown = Reflect.get(error, '$metadata');
  const response: unknown = Reflect.get(error, '$response');
  const status = numberIn(metadata, 'httpStatusCode') ?? numberIn(response, 'statusCode');
  const code = codeOf(error);
  // Words of AWS only: one line, no more than a person reads.
  const words = (error.message === '' ? error.name : error.message)
    .split('\n', 1)
    .join('')
    .slice(0, 500)
    .replace(/[.\s]+$/, '');
  return {
    name: error.name,
    words,
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
  };
}

function numberIn(holder: unknown, key: string): number | undefined {
  if (typeof holder !== 'object' || holder === null) return undefined;
  const value: unknown = Reflect.get(holder, key);
  return typeof value === 'number' ? value : undefined;
}

/** The code of a system error, of the error itself or of what caused it. */
function codeOf(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const code: unknown = Reflect.get(at, 'code');
    if (typeof code === 'string') return code;
    if (at instanceof AggregateError) {
      const inner = at.errors.map(codeOf).find((found) => found !== undefined);
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}

function isUnreachable(name: string, code: string | undefined, error: Error): boolean {
  if (
    code !== undefined &&
    /^(E[A-Z]+|UND_ERR_\w+|ERR_(TLS|SSL|SOCKET|STREAM)\w*|.*CERT.*|UNABLE_TO_\w+)$/.test(code)
  ) {
    return true;
  }
  if (name === 'TimeoutError' || name === 'NetworkingError') return true;
  // What answered was not EKS: a proxy's page, say. The SDK could not make sense of it.
  return /socket hang up|network|getaddrinfo|deserialization error/i.test(error.message);
}

/** The update that EKS names in `… currently has update ID in progress`. */
function updateIdIn(words: string): { updateId?: string } {
  const id = /update\s+([0-9a-f]{8}-[0-9a-f-]{27})/i.exec(words)?.[1];
  return id === undefined ? {} : { updateId: id };
}

function advice(words: string): string {
  if (/min size|minSize|minimum capacity/i.test(words)) {
    return "Lower the node group's least size first, and start again.";
  }
  if (/insight|readiness/i.test(words)) {
    return "Mend what EKS's upgrade insights name (an insight looks back 30 days, so a mended use may still stand there), or set controlPlane.overrideInsights and approve the new plan.";
  }
  if (/ami|launch template|releaseVersion|image/i.test(words)) {
    return 'A node group whose launch template brings its own image is updated through that template, outside Stepladder: name the group in workers.skip.';
  }
  if (/limit|quota/i.test(words))
    return 'Ask AWS to raise the limit, or free what is not needed, and start again.';
  return 'Mend what EKS names, then start again: what is done already is not done twice.';
}
