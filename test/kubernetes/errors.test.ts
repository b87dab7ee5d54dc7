import { describe, expect, test } from 'vitest';
import { StepladderError } from '../../src/contract/errors.ts';
import { classifyKubernetesError, isTransient, readStatus } from '../../src/kubernetes/errors.ts';

const forbidden =
  'deployments.apps is forbidden: User "arn:aws:sts::1:assumed-role/x" cannot list resource "deployments" in API group "apps" at the cluster scope';

function withCode(code: string): Error {
  return Object.assign(new Error(`it failed: ${code}`), { code });
}

describe('what went wrong gets one of our names', () => {
  test.each([
    [401, 'Unauthorized', 'CredentialsRefused', 'does not accept'],
    [403, forbidden, 'CredentialsRefused', 'may not list deployments.apps'],
    [
      403,
      'nodes is forbidden: User "x" cannot list resource "nodes" in API group "" at the cluster scope',
      'CredentialsRefused',
      'may not list nodes (403)',
    ],
    [
      403,
      'forbidden: User "system:anonymous" cannot get path "/readyz"',
      'CredentialsRefused',
      'may not get /readyz',
    ],
    [429, 'too many requests', 'Throttled', '429'],
    [500, 'etcdserver: request timed out', 'ServerError', 'request timed out'],
    [503, 'service unavailable', 'ServerError', '503'],
    [404, 'deployments.apps "web" not found', 'InternalError', 'deployments.apps "web" not found'],
    [422, 'is invalid', 'InternalError', '422: is invalid'],
  ])('HTTP %i (%s) is %s', (code, message, type, text) => {
    const error = classifyKubernetesError(
      readStatus(code, JSON.stringify({ message }), undefined),
      'list things',
    );
    expect(error.type).toBe(type);
    expect(error.message).toContain('Could not list things');
    expect(error.message).toContain(text);
  });

  test.each([
    ['ECONNREFUSED', 'refuses the connection'],
    ['ECONNRESET', 'broke the connection off'],
    ['UND_ERR_SOCKET', 'broke the connection off'],
    ['ENOTFOUND', 'name server'],
    ['EAI_AGAIN', 'name server'],
    ['ETIMEDOUT', 'in time'],
    ['UND_ERR_CONNECT_TIMEOUT', 'in time'],
    ['UND_ERR_HEADERS_TIMEOUT', 'in time'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
    ['CERT_HAS_EXPIRED', 'certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
  ])('%s is Unreachable', (code, text) => {
    const error = classifyKubernetesError(withCode(code), 'list things');
    expect(error.type).toBe('Unreachable');
    expect(error.message).toContain(text);
  });

  test('the code is found under fetch, under an aggregate of addresses, and as a time limit', () => {
    const hidden = new TypeError('fetch failed', { cause: withCode('ECONNREFUSED') });
    expect(classifyKubernetesError(hidden, 'x').type).toBe('Unreachable');
    const both = new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')]);
    expect(classifyKubernetesError(both, 'x').message).toContain('ECONNREFUSED');
    expect(classifyKubernetesError(new DOMException('late', 'TimeoutError'), 'x').type).toBe('Unreachable');
  });

  test("the client library's ApiException is read like an answer of our own", () => {
    const exception = Object.assign(new Error('HTTP-Code: 429'), {
      code: 429,
      body: '{"message":"slow down"}',
      headers: { 'retry-after': '3' },
    });
    const error = classifyKubernetesError(exception, 'evict web');
    expect(error.type).toBe('Throttled');
    expect(error.details).toMatchObject({ retryAfterSeconds: 3 });
  });

  test('one that has a name already keeps it, and anything else is internal', () => {
    const named = new StepladderError('CredentialsRefused', 'no profile');
    expect(classifyKubernetesError(named, 'x')).toBe(named);
    expect(classifyKubernetesError(new Error('what?'), 'x').type).toBe('InternalError');
    expect(classifyKubernetesError('what?', 'x').type).toBe('InternalError');
  });

  test("an answer that is no Status keeps the beginning of its text, and 403's permission goes into the details", () => {
    expect(readStatus(502, '<html>bad gateway</html>', undefined).message).toContain('bad gateway');
    expect(readStatus(500, '', undefined).message).toBe('HTTP 500');
    const error = classifyKubernetesError(
      readStatus(403, JSON.stringify({ message: forbidden }), undefined),
      'x',
    );
    expect(error.details['permission']).toBe('list deployments.apps');
  });
});

test.each([
  [readStatus(429, '', '1'), true],
  [readStatus(500, '', undefined), true],
  [readStatus(503, '', undefined), true],
  [readStatus(401, '', undefined), false],
  [readStatus(403, '', undefined), false],
  [readStatus(404, '', undefined), false],
  [readStatus(410, '', undefined), false],
  [withCode('ECONNRESET'), true],
  [withCode('ENOTFOUND'), true],
  [withCode('CERT_HAS_EXPIRED'), false],
  [new StepladderError('CredentialsRefused', 'no'), false],
  [new SyntaxError('bad JSON'), false],
])('%s passes by itself: %s', (error, transient) => {
  expect(isTransient(error)).toBe(transient);
});
