import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { stringify } from 'yaml';
import type { KubernetesEndpoint } from '../../simulator/cluster/infrastructure.ts';
import { startSimulated } from './simulated.ts';
import type { Simulated } from './simulated.ts';

/** A kubeconfig whose context `admin` leads to a server. */
async function useKubeconfig(server: string, certificateAuthorityPem: string | undefined): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'config');
  const trust =
    certificateAuthorityPem === undefined
      ? { 'insecure-skip-tls-verify': true }
      : { 'certificate-authority-data': Buffer.from(certificateAuthorityPem).toString('base64') };
  await writeFile(
    file,
    stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server, ...trust } }],
      users: [{ name: 'u', user: { token: 'good' } }],
      contexts: [{ name: 'admin', context: { cluster: 'c', user: 'u' } }],
    }),
  );
  vi.stubEnv('KUBECONFIG', file);
}

function endpointOf({ simulator }: Simulated): KubernetesEndpoint {
  simulator.cluster.addToken('good');
  return simulator.cluster.infrastructure.endpoint();
}

const cluster = { name: 'demo', context: 'admin' };

describe('a context of the kubeconfig', () => {
  it('is taken when its certificate authority is the cluster’s, whatever its address', async () => {
    const simulated = await startSimulated();
    const { url, certificateAuthorityPem } = endpointOf(simulated);
    await useKubeconfig(url.replace('127.0.0.1', 'localhost'), certificateAuthorityPem);
    const { identity } = await simulated.run('identifyCluster', { cluster });
    expect(identity).toEqual(simulated.context.identity);
    const context = { ...simulated.context, cluster };
    await expect(simulated.run('takeBaseline', { context })).resolves.toMatchObject({ name: 'baseline' });
  });

  it('is taken when it checks no certificate but the cluster publishes its own', async () => {
    const simulated = await startSimulated();
    await useKubeconfig(endpointOf(simulated).url, undefined);
    await expect(simulated.run('identifyCluster', { cluster })).resolves.toMatchObject({ version: '1.31' });
  });

  it.each([true, false])(
    'is refused when it leads to another cluster (certificate checked: %s)',
    async (checked) => {
      const other = endpointOf(await startSimulated());
      const simulated = await startSimulated();
      await useKubeconfig(other.url, checked ? other.certificateAuthorityPem : undefined);
      const refusal = { type: 'WrongCluster', message: expect.stringMatching(/context "admin" leads to/) };
      await expect(simulated.run('identifyCluster', { cluster })).rejects.toMatchObject(refusal);
      const context = { ...simulated.context, cluster };
      await expect(simulated.run('takeBaseline', { context })).rejects.toMatchObject(refusal);
    },
  );
});
