import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createCertificateAuthority } from '../../certificates/authority.ts';
import { KubernetesClient } from '../../lab/cluster/kubernetesClient.ts';

interface Scripted {
  code: number;
  message?: string;
}

const services = '/api/v1/namespaces/kube-system/services';
const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'kube-dns' } };
const taken =
  'Service "kube-dns" is invalid: spec.clusterIPs: Invalid value: ["172.20.0.10"]: failed to allocate IP 172.20.0.10: provided IP is already allocated';

describe("the lab's own client", () => {
  let server: Server | undefined;
  let client: KubernetesClient | undefined;

  afterEach(async () => {
    await client?.close();
    server?.close();
  });

  /** An API server that gives these answers in turn; resolves with what it was asked. */
  async function serve(answers: readonly Scripted[]): Promise<string[]> {
    const authority = await createCertificateAuthority();
    const { certificatePem, privateKeyPem } = await authority.issue(['127.0.0.1']);
    const asked: string[] = [];
    const started = createServer({ cert: certificatePem, key: privateKeyPem }, (request, response) => {
      const { code, message } = answers[asked.length] ?? { code: 500, message: 'nothing more was expected' };
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      request.resume();
      response.statusCode = code;
      response.end(JSON.stringify({ message }));
    });
    server = started;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    client = new KubernetesClient({
      url: `https://127.0.0.1:${(started.address() as AddressInfo).port}`,
      certificateAuthorityPem: authority.certificatePem,
      token: 'token',
    });
    return asked;
  }

  it.each<[string, Scripted]>([
    ['has no room', { code: 429 }],
    ['is about to stop', { code: 503 }],
    ['can not judge yet', { code: 403, message: 'forbidden: not yet ready to handle request' }],
    ['waits for etcd', { code: 500, message: 'etcdserver: request timed out' }],
    [
      'knows no addresses of Services yet',
      {
        code: 422,
        message: 'failed to allocate IP 172.20.0.10: the provided network does not match the current range',
      },
    ],
    [
      'does not give addresses yet',
      { code: 422, message: 'failed to allocate IP 172.20.0.10: allocator not ready' },
    ],
  ])('comes back to an API server that %s', async (_, answer) => {
    const asked = await serve([answer, { code: 201 }]);
    await client?.ensure(services, service);
    expect(asked).toEqual([`POST ${services}`, `POST ${services}`]);
  });

  it('leaves a Service as it is whose address is said to be taken because it is there', async () => {
    const asked = await serve([{ code: 422, message: taken }, { code: 200 }]);
    await client?.ensure(services, service);
    expect(asked).toEqual([`POST ${services}`, `GET ${services}/kube-dns`]);
  });

  it('tells of an address that is taken by another one', async () => {
    await serve([{ code: 422, message: taken }, { code: 404 }]);
    await expect(client?.ensure(services, service)).rejects.toMatchObject({ code: 422 });
  });

  it('takes a refusal for an answer', async () => {
    const asked = await serve([{ code: 403, message: 'forbidden' }]);
    await expect(client?.ensure(services, service)).rejects.toMatchObject({ code: 403 });
    expect(asked).toHaveLength(1);
  });
});
