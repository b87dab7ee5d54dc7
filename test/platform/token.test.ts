import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeEksToken, stsHost } from '../../src/platform/eks/token.ts';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const now = new Date('2026-05-04T03:02:01Z');

function urlIn(token: string): URL {
  expect(token).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
  return new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString());
}

/** Signature version 4 worked out anew from what stands in the URL, by its public description. */
function signatureFor(url: URL, clusterName: string, secret: string): string {
  const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const headers = `host:${url.host}\nx-k8s-aws-id:${clusterName}\n`;
  const canonical = ['GET', '/', query, headers, 'host;x-k8s-aws-id', sha256('')].join('\n');
  const [, date = '', region = '', service = ''] = url.searchParams.get('X-Amz-Credential')!.split('/');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', url.searchParams.get('X-Amz-Date')!, scope, sha256(canonical)].join(
    '\n',
  );
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), 'aws4_request');
  return createHmac('sha256', key).update(toSign).digest('hex');
}

describe('the EKS token', () => {
  it('is a presigned question to STS about who calls, for this cluster alone', async () => {
    const { token } = await makeEksToken({ clusterName: 'demo', region: 'eu-west-1', credentials, now });
    const url = urlIn(token);
    expect(url.host).toBe('sts.eu-west-1.amazonaws.com');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      Action: 'GetCallerIdentity',
      Version: '2011-06-15',
      'X-Amz-Expires': '60',
      'X-Amz-Date': '20260504T030201Z',
      'X-Amz-Credential': 'AKIDEXAMPLE/20260504/eu-west-1/sts/aws4_request',
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    });
    expect(token).not.toContain(credentials.secretAccessKey);
  });

  it.each([undefined, 'a+session/token=='])(
    'carries a signature that STS works out too (session %s)',
    async (sessionToken) => {
      const { token } = await makeEksToken({
        clusterName: 'demo',
        region: 'ap-northeast-1',
        credentials: { ...credentials, ...(sessionToken === undefined ? {} : { sessionToken }) },
        now,
      });
      const url = urlIn(token);
      expect(url.searchParams.get('X-Amz-Security-Token')).toBe(sessionToken ?? null);
      const signature = url.searchParams.get('X-Amz-Signature');
      expect(signature).toBe(signatureFor(url, 'demo', credentials.secretAccessKey));
      expect(signature).not.toBe(signatureFor(url, 'other', credentials.secretAccessKey));
    },
  );

  it('is given up before its 15 minutes are over, and with its credentials', async () => {
    const long = await makeEksToken({ clusterName: 'demo', region: 'eu-west-1', credentials, now });
    expect(long.expiresAt.getTime() - now.getTime()).toBeLessThan(15 * 60_000);
    const expiration = new Date(now.getTime() + 60_000);
    const short = await makeEksToken({
      clusterName: 'demo',
      region: 'eu-west-1',
      credentials: { ...credentials, expiration },
      now,
    });
    expect(short.expiresAt).toEqual(expiration);
  });

  it.each([
    ['eu-central-1', 'sts.eu-central-1.amazonaws.com'],
    ['us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
    ['us-isob-east-1', 'sts.us-isob-east-1.sc2s.sgov.gov'],
  ])('asks the STS of %s at %s', (region, host) => {
    expect(stsHost(region)).toBe(host);
  });
});
