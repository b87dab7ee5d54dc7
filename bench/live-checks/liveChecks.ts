/**
 * Looks for the use of removed APIs in 10,000 objects of a real API server, and prints the time and the most memory that
 * it took: `npm run bench:live-checks`. A lab is brought up for it and taken down again.
 */
import { join } from 'node:path';
import { CoreV1Api } from '@kubernetes/client-node';
import { execa } from 'execa';
import { observeLiveApiUses } from '../../src/kubernetes/apiUses/index.ts';
import { connectKubernetes } from '../../src/kubernetes/connection.ts';
import type { ApiLifecycleTable } from '../../src/checks/removedApis/types.ts';
import { kubernetesLifecycles } from '../../src/checks/removedApis/kubernetesLifecycles.ts';

const objects = 10_000;
const atATime = 16;
const root = join(import.meta.dirname, '..', '..');
const launcher = join(root, 'bin', 'stepladder.js');
const name = 'bench-live-checks';

/** ConfigMaps are never removed: a table that says so makes the check look at each of them. */
const table: ApiLifecycleTable = {
  name: 'bench',
  sources: [],
  lifecycles: [{ group: '', version: 'v1beta1', kind: 'ConfigMap', removed: '1.32' }],
};

async function lab(...args: string[]): Promise<string> {
  const { stdout } = await execa(process.execPath, [launcher, 'lab', ...args, '--name', name]);
  return stdout;
}

function configMap(index: number): object {
  // As a manifest that was applied leaves it: about 4 KB, every hundredth in the removed version.
  const data = { settings: 'x'.repeat(2_000) };
  const apiVersion = index % 100 === 0 ? 'v1beta1' : 'v1';
  const metadata = { name: `settings-${index}`, namespace: 'default' };
  const applied = JSON.stringify({ apiVersion, kind: 'ConfigMap', metadata, data });
  return {
    metadata: { ...metadata, annotations: { 'kubectl.kubernetes.io/last-applied-configuration': applied } },
    data,
  };
}

await lab('up', '--scenario', join(root, 'test', 'lab', 'removedApi.yaml'));
try {
  const { kubeconfig } = JSON.parse(await lab('status', '-o', 'json')) as { kubeconfig: string };
  process.env['KUBECONFIG'] = kubeconfig;
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const connection = await connectKubernetes({ context: config.getCurrentContext() });
  const core = connection.makeApiClient(CoreV1Api);
  let next = 0;
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (let index = next++; index < objects; index = next++) {
        await core.createNamespacedConfigMap({ namespace: 'default', body: configMap(index) });
      }
    }),
  );
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
  const began = performance.now();
  const { uses, coverage } = await observeLiveApiUses(connection, {
    tables: [kubernetesLifecycles, table],
    from: '1.31',
    to: '1.32',
    now: new Date(),
  });
  const seconds = (performance.now() - began) / 1000;
  clearInterval(watch);
  await connection.close();
  const looked = coverage.find(({ source }) => source === 'last-applied')?.count ?? 0;
  process.stdout.write(
    `${looked} objects in ${seconds.toFixed(1)} s, ${uses.length} uses, at most ${Math.round(most / 1e6)} MB resident\n`,
  );
} finally {
  await lab('down');
}
