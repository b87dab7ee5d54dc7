// How long it takes to copy a cluster's objects to another one, and to see that nothing is left to copy: real control planes
// of 1.31 and 1.33, by Stepladder and by `kubectl get | kubectl apply`, each to a new cluster; or Stepladder alone, between
// simulated ones.
//
//   npm run bench:copying [-- --objects 1000 --only stepladder]
//   npm run bench:copying -- --simulator
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findKubectl } from '../../lab/binaries/index.ts';
import { bringManifests } from '../../src/kubernetes/copying/bringManifests.ts';
import { CopyAccount } from '../../src/kubernetes/copying/copyAccount.ts';
import { byKubectl } from './byKubectl.ts';
import { byStepladder } from './byStepladder.ts';
import type { Run } from './byStepladder.ts';
import { makeCluster } from './clusters.ts';
import { onLab, onSimulator } from './grounds.ts';
import type { Grounds } from './grounds.ts';
import { mixOf, objectsOf } from './objects.ts';
import { tell } from './tell.ts';

const { values } = parseArgs({
  options: {
    objects: { type: 'string', default: '1000' },
    only: { type: 'string' },
    simulator: { type: 'boolean', default: false },
  },
});
const log = (line: string): void => console.error(line);

const grounds = values.simulator ? await onSimulator() : await onLab(log);
try {
  await furnish(grounds);
  const runs: Run[] = [];
  if (values.only !== 'kubectl') runs.push(...(await stepladder(grounds)));
  if (values.only !== 'stepladder' && grounds.kubeconfig !== undefined)
    runs.push(...(await kubectl(grounds, grounds.kubeconfig)));
  console.log(tell(runs, { cores: cpus().length, load: loadavg()[0] ?? 0 }));
} finally {
  await grounds.close();
}

async function furnish({ blue }: Grounds): Promise<void> {
  const mix = mixOf(Number(values.objects));
  const counts = Object.entries(mix).map(([kind, count]) => `${count} ${kind}`);
  log(`Making ${counts.join(', ')}.`);
  const account = new CopyAccount();
  await bringManifests(objectsOf(mix), { green: blue, singletons: [], madeBy: 'bench', account });
  const [refused] = account.record().refused;
  if (refused !== undefined) throw new Error(`blue refuses ${refused.object}: ${refused.why}`);
}

async function stepladder(where: Grounds): Promise<Run[]> {
  const green = await makeCluster(where, 'green-1');
  const runs = await byStepladder({ blue: where.blue, green: green.connection });
  await green.remove();
  return runs;
}

async function kubectl(where: Grounds, kubeconfig: string): Promise<Run[]> {
  const program = await findKubectl({ log });
  const green = await makeCluster(where, 'green-2');
  const folder = await mkdtemp(join(tmpdir(), 'stepladder-copying-'));
  try {
    const kubeconfigs = { blue: join(folder, 'blue'), green: join(folder, 'green') };
    await writeFile(kubeconfigs.blue, kubeconfig, { mode: 0o600 });
    await writeFile(kubeconfigs.green, await green.kubeconfig(), { mode: 0o600 });
    return await byKubectl(program, kubeconfigs);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await green.remove();
  }
}
