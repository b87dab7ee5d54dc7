import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../eks-api/clusterToken.ts';
import { simulatedCredentials } from '../../simulator/cluster/credentials.ts';

const now = new Date('2026-05-01T12:00:00Z');

function token(
  changes: Record<string, string | undefined> = {},
  host = 'sts.ap-northeast-1.amazonaws.com',
): string {
  const query = new URLSearchParams();
  const parameters: Record<string, string | undefined> = {
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${simulatedCredentials.accessKeyId}/20260501/ap-northeast-1/sts/aws4_request`,
    'X-Amz-Date': '20260501T115000Z',
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    'X-Amz-Signature': 'a'.repeat(64),
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value);
  return `k8s-aws-v1.${Buffer.from(`https://${host}/?${query.toString()}`).toString('base64url')}`;
}
const known = { credentials: [simulatedCredentials], staticTokens: ['fixed'] };

describe('a bearer token', () => {
  test.each([
    ['a fixed one', 'fixed'],
    ['one of EKS, ten minutes old', token()],
    ['one that was just signed', token({ 'X-Amz-Date': '20260501T120000Z' })],
  ])('may come in: %s', (_what, given) => expect(refusalOf(given, known, now)).toBeUndefined());

  test.each([
    ['anything', 'anything', 'neither an EKS token'],
    ['nothing', '', 'neither an EKS token'],
    ['not a URL', 'k8s-aws-v1.bm90LWEtdXJs', 'does not hold a URL'],
    ['another host', token({}, 'example.com'), 'not one of STS'],
    ['another action', token({ Action: 'AssumeRole' }), 'not one of STS'],
    [
      'another access key',
      token({ 'X-Amz-Credential': 'AKIAOTHER/20260501/x/sts/aws4_request' }),
      'access key is not known',
    ],
    ['no cluster in it', token({ 'X-Amz-SignedHeaders': 'host' }), 'x-k8s-aws-id'],
    ['no signature', token({ 'X-Amz-Signature': undefined }), 'not signed'],
    ['no date', token({ 'X-Amz-Date': undefined }), 'X-Amz-Date'],
    ['fifteen minutes old', token({ 'X-Amz-Date': '20260501T114500Z' }), 'expired'],
    ['from the future', token({ 'X-Amz-Date': '20260501T120600Z' }), 'in the future'],
  ])('is refused: %s', (_what, given, reason) => expect(refusalOf(given, known, now)).toContain(reason));
});
