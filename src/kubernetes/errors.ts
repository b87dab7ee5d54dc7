import { StepladderError } from '../contract/errors.ts';

/** An answer of the Kubernetes API other than 2xx, with what its Status object says. */
export class KubernetesStatusError extends Error {
  /** HTTP code. */
  readonly code: number;
  /** Kubernetes' reason, e.g. `Forbidden`, `Expired`; empty when the answer was not a Status object. */
  readonly reason: string;
  /** From the Retry-After header. */
  readonly retryAfterSeconds: number | undefined;
  /** What the Status object gives as causes, e.g. `DisruptionBudget`, `NamespaceTerminating`. */
  readonly causes: readonly StatusCause[];

  constructor(
    code: number,
    reason: string,
    message: string,
    retryAfterSeconds?: number,
    causes: readonly StatusCause[] = [],
  ) {
    super(message);
    this.name = 'KubernetesStatusError';
    this.code = code;
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
    this.causes = causes;
  }

  hasCause(reason: string): boolean {
    return this.causes.some((cause) => cause.reason === reason);
  }
}

export interface StatusCause {
  reason: string;
  message: string;
}

/** The answer of the Kubernetes API behind an error; undefined when there was none. */
export function statusBehind(error: unknown): KubernetesStatusError | undefined {
  if (error instanceof KubernetesStatusError) return error;
  return error instanceof StepladderError && error.cause instanceof KubernetesStatusError
    ? error.cause
    : undefined;
}

/**
 * Reads an answer that was not a success.
 *
 * @param code HTTP code
 * @param body the answer's text; a Status object, or whatever a proxy in between wrote
 * @param retryAfter value of the Retry-After header, if any
 */
export function readStatus(
  code: number,
  body: string,
  retryAfter: string | undefined,
): KubernetesStatusError {
  const status = parseObject(body);
  const message = typeof status['message'] === 'string' ? status['message'] : body.trim().slice(0, 200);
  const reason = typeof status['reason'] === 'string' ? status['reason'] : '';
  const seconds = Number(retryAfter);
  return new KubernetesStatusError(
    code,
    reason,
    message === '' ? `HTTP ${code}` : message,
    retryAfter !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined,
    causesOf(status['details']),
  );
}

function causesOf(details: unknown): StatusCause[] {
  if (typeof details !== 'object' || details === null || !('causes' in details)) return [];
  if (!Array.isArray(details.causes)) return [];
  return details.causes.map((cause: unknown) => ({
    reason: textAt(cause, 'reason'),
    message: textAt(cause, 'message'),
  }));
}

function textAt(value: unknown, field: string): string {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;
  return typeof found === 'string' ? found : '';
}

/**
 * Gives whatever went wrong in a call of the Kubernetes API one of our names. A StepladderError stays as it is. A
 * call that its own caller has aborted is not an error of the API and must not be brought here.
 *
 * @param error what was thrown: by undici, by `@kubernetes/client-node`, or by Node's TLS and sockets
 * @param what what was being done, to follow "could not", e.g. `list deployments.apps`
 */
export function classifyKubernetesError(error: unknown, what: string): StepladderError {
  if (error instanceof StepladderError) return error;
  const status = asStatus(error);
  if (status !== undefined) return classifyStatus(status, what, error);
  const code = networkCode(error);
  if (code !== undefined) {
    return new StepladderError(
      'Unreachable',
      `Could not ${what}: the Kubernetes API ${networkTrouble(code)} (${code}). ${networkRemedy(code)}`,
      { code },
      { cause: error },
    );
  }
  return new StepladderError('InternalError', `Could not ${what}: ${messageOf(error)}`, {}, { cause: error });
}

/** True for what goes away by itself, so that the same read may be sent again: see `networkCode` for the network's. */
export function isTransient(error: unknown): boolean {
  const status = asStatus(error);
  if (status !== undefined) return status.code === 408 || status.code === 429 || status.code >= 500;
  const code = networkCode(error);
  return code !== undefined && !isCertificateCode(code);
}

/**
 * The code of a connection that failed: Node's (`ECONNRESET`, `ENOTFOUND` …), OpenSSL's for certificates, or undici's;
 * undefined when the error is of another kind. `fetch` and proxies hide it one or more causes down.
 */
export function networkCode(error: unknown): string | undefined {
  for (
    let each: unknown = error, depth = 0;
    each instanceof Error && depth < 5;
    each = each.cause, depth += 1
  ) {
    // Both happy-eyeballs connections failed: the first says why.
    if (each instanceof AggregateError && each.errors.length > 0) return networkCode(each.errors[0]);
    if (each.name === 'TimeoutError') return 'ETIMEDOUT';
    const code = 'code' in each && typeof each.code === 'string' ? each.code : undefined;
    if (code !== undefined && (socketCodes.has(code) || isCertificateCode(code))) return code;
  }
  return undefined;
}

const socketCodes = new Map<string, string>([
  ['ECONNREFUSED', 'refuses the connection'],
  ['ECONNRESET', 'broke the connection off'],
  ['ECONNABORTED', 'broke the connection off'],
  ['EPIPE', 'broke the connection off'],
  ['UND_ERR_SOCKET', 'broke the connection off'],
  ['HPE_INVALID_CONSTANT', 'answers with something that is not HTTP'],
  ['EPROTO', 'does not speak TLS as expected'],
  ['ENOTFOUND', 'has an address that the name server does not know'],
  ['EAI_AGAIN', 'has an address that the name server could not look up just now'],
  ['EHOSTUNREACH', 'has an address that no route leads to'],
  ['ENETUNREACH', 'has an address that no route leads to'],
  ['ENETDOWN', 'has an address that no route leads to'],
  ['EADDRNOTAVAIL', 'has an address that no route leads to'],
  ['ETIMEDOUT', 'did not answer in time'],
  ['UND_ERR_CONNECT_TIMEOUT', 'did not answer in time'],
  ['UND_ERR_HEADERS_TIMEOUT', 'did not answer in time'],
  ['UND_ERR_BODY_TIMEOUT', 'did not answer in time'],
  ['UND_ERR_PRX_TLS', 'could not be reached through its proxy'],
  ['UND_ERR_PRX_CONN', 'could not be reached through its proxy'],
]);

/** OpenSSL's verification errors as Node names them, and Node's own for a name that does not fit. */
function isCertificateCode(code: string): boolean {
  return /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|INVALID_CA)/.test(
    code,
  );
}

function networkTrouble(code: string): string {
  return isCertificateCode(code)
    ? 'has a certificate that is not the expected one'
    : (socketCodes.get(code) ?? 'could not be reached');
}

function networkRemedy(code: string): string {
  if (isCertificateCode(code)) {
    return "Check that the endpoint and certificate authority are this cluster's and that nothing on the way ends TLS.";
  }
  return "Check the route from the worker to the cluster's endpoint (private endpoint, security groups, VPN, proxy).";
}

function classifyStatus(status: KubernetesStatusError, what: string, cause: unknown): StepladderError {
  const details: Record<string, unknown> = { code: status.code, reason: status.reason };
  const fail = (
    type: 'CredentialsRefused' | 'Throttled' | 'ServerError' | 'InternalError',
    message: string,
  ): StepladderError => new StepladderError(type, `Could not ${what}: ${message}`, details, { cause });
  if (status.code === 401) {
    return fail(
      'CredentialsRefused',
      "the Kubernetes API does not accept the worker's credentials (401). Check that they are current and that the cluster knows their identity (on EKS: an access entry, or aws-auth).",
    );
  }
  if (status.code === 403) {
    const permission = missingPermission(status.message);
    if (permission !== undefined) details['permission'] = permission;
    return fail(
      'CredentialsRefused',
      permission === undefined
        ? `the Kubernetes API forbids it (403: ${status.message}). Grant the worker's identity what it says.`
        : `the worker's identity may not ${permission} (403). Grant it that by RBAC or, on EKS, by an access policy.`,
    );
  }
  if (status.retryAfterSeconds !== undefined) details['retryAfterSeconds'] = status.retryAfterSeconds;
  if (status.code === 429) {
    return fail('Throttled', `the Kubernetes API has too many requests (429: ${status.message}).`);
  }
  if (status.code >= 500) {
    return fail('ServerError', `the Kubernetes API failed (${status.code}: ${status.message}).`);
  }
  return fail('InternalError', `the Kubernetes API answered ${status.code}: ${status.message}`);
}

/** `list deployments.apps` out of the message of a Forbidden. */
function missingPermission(message: string): string | undefined {
  const resource = /cannot (\S+) resource "([^"]+)"(?: in API group "([^"]*)")?/.exec(message);
  if (resource !== null) {
    const [, verb, name, group] = resource;
    return `${verb ?? ''} ${name ?? ''}${group === undefined || group === '' ? '' : `.${group}`}`;
  }
  const path = /cannot (\S+) path "([^"]+)"/.exec(message);
  return path === null ? undefined : `${path[1] ?? ''} ${path[2] ?? ''}`;
}

/** Our own status error, or the ApiException of `@kubernetes/client-node`, told by its shape. */
function asStatus(error: unknown): KubernetesStatusError | undefined {
  if (error instanceof KubernetesStatusError) return error;
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') return undefined;
  if (!('body' in error)) return undefined;
  const body = typeof error.body === 'string' ? error.body : JSON.stringify(error.body ?? '');
  const headers: unknown = 'headers' in error ? error.headers : undefined;
  const retryAfter =
    typeof headers === 'object' && headers !== null && 'retry-after' in headers
      ? String(headers['retry-after'])
      : undefined;
  return readStatus(error.code, body, retryAfter);
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
