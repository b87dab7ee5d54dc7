import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openEksPlatform } from '../../src/platform/eks/eksPlatform.ts';

const cluster = { name: 'demo', region: 'eu-west-1' };
let folder: string;
let server: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aws-'));
  for (const name of [
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'AWS_PROFILE',
    'AWS_REGION',
  ]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function listen(listener: RequestListener): Promise<void> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL_EKS', `http://127.0.0.1:${(listening.address() as AddressInfo).port}`);
}

async function credentials(accessKeyId: string): Promise<void> {
  await writeFile(
    join(folder, 'credentials'),
    `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = secret\n`,
  );
}

const description = JSON.stringify({
  cluster: { name: 'demo', arn: 'arn:aws:eks:eu-west-1:1:cluster/demo', version: '1.31', status: 'ACTIVE' },
});

describe('the line to EKS', () => {
  it('takes credentials that were renewed in the file after AWS has refused the old ones', async () => {
    await listen((request, response) => {
      if (request.headers.authorization?.includes('Credential=NEWKEY/') === true) {
        response.end(description);
        return;
      }
      response.writeHead(403, { 'x-amzn-errortype': 'ExpiredTokenException' });
      response.end(JSON.stringify({ message: 'The security token included in the request is expired' }));
    });
    await credentials('OLDKEY');
    const platform = openEksPlatform(cluster);
    await expect(platform.describeCluster()).rejects.toMatchObject({ type: 'CredentialsRefused' });
    await credentials('NEWKEY');
    await expect(platform.describeCluster()).resolves.toMatchObject({ version: '1.31', region: 'eu-west-1' });
    const { token } = await platform.kubernetesToken();
    expect(Buffer.from(token.slice(11), 'base64url').toString()).toContain('NEWKEY');
  });

  it('makes each token with the credentials of the moment', async () => {
    await listen((_request, response) => response.end(description));
    const platform = openEksPlatform(cluster);
    for (const key of ['FIRSTKEY', 'SECONDKEY']) {
      await credentials(key);
      const { token } = await platform.kubernetesToken();
      expect(Buffer.from(token.slice(11), 'base64url').toString()).toContain(`Credential=${key}`);
    }
  });

  it('says that credentials are missing, and what to do', async () => {
    await listen((_request, response) => response.end(description));
    await expect(openEksPlatform(cluster).describeCluster()).rejects.toMatchObject({
      type: 'CredentialsRefused',
      message: expect.stringMatching(/Give the worker credentials/),
    });
    await expect(openEksPlatform(cluster).kubernetesToken()).rejects.toMatchObject({
      type: 'CredentialsRefused',
    });
  });

  it('says which setting gives the region', async () => {
    await listen((_request, response) => response.end(description));
    await credentials('KEY');
    await expect(openEksPlatform({ name: 'demo' }).describeCluster()).rejects.toMatchObject({
      type: 'InvalidInput',
      message: expect.stringMatching(/cluster\.region.*AWS_REGION/),
    });
  });

  it('gets over some server errors, throttles and resets', async () => {
    let calls = 0;
    await listen((_request, response) => {
      calls += 1;
      if (calls === 1) response.writeHead(500, { 'x-amzn-errortype': 'ServerException' }).end('{}');
      else if (calls === 2) response.writeHead(429, { 'x-amzn-errortype': 'ThrottlingException' }).end('{}');
      else if (calls === 3) response.destroy();
      else response.end(description);
    });
    await credentials('KEY');
    await expect(openEksPlatform(cluster).describeCluster()).resolves.toMatchObject({ status: 'ACTIVE' });
    expect(calls).toBe(4);
  });

  it('gives an endpoint up that refuses connections', async () => {
    // A port that nobody gets unless he asks for it.
    vi.stubEnv('AWS_ENDPOINT_URL_EKS', 'http://127.0.0.1:1');
    await credentials('KEY');
    await expect(openEksPlatform(cluster).describeCluster()).rejects.toMatchObject({
      type: 'Unreachable',
      message: expect.stringMatching(/ECONNREFUSED.*AWS_ENDPOINT_URL_EKS/),
    });
  });

  it('gives an endpoint up that takes connections and never answers', async () => {
    await listen(() => undefined);
    await credentials('KEY');
    const platform = openEksPlatform(cluster, { requestTimeoutMs: 100, maxAttempts: 2 });
    await expect(platform.describeCluster()).rejects.toMatchObject({ type: 'Unreachable' });
  });

  it('takes a page of a proxy for no answer of EKS', async () => {
    await listen((_request, response) => response.writeHead(200).end('<html>Please log in</html>'));
    await credentials('KEY');
    await expect(openEksPlatform(cluster, { maxAttempts: 1 }).describeCluster()).rejects.toMatchObject({
      type: 'Unreachable',
    });
  });

  it('ends a call with the reason of the signal that was aborted', async () => {
    const controller = new AbortController();
    await listen(() => controller.abort(new Error('the night is over')));
    await credentials('KEY');
    const call = openEksPlatform(cluster).describeCluster(controller.signal);
    await expect(call).rejects.toThrow('the night is over');
  });
});
