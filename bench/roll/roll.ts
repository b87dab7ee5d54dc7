// How long a roll takes: the same nodes drained by Stepladder as one wave, by `kubectl drain` one node at a time, by as
// many `kubectl drain` at once as there are nodes, and by Stepladder in its default waves, on one real control plane,
// each from the same starting state.
//
//   npm run bench:roll [-- --nodes 40 --pods 600 --deployments 30 --only stepladder]
import 'reflect-metadata';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Agent } from 'undici';
import { findKubectl } from '../../lab/binaries/index.ts';
import { KubernetesClient } from '../../lab/cluster/kubernetesClient.ts';
import type { KubernetesObject } from '../../lab/cluster/kubernetesClient.ts';
import { kubeconfigText } from '../../lab/controlPlane/credentials.ts';
import { startTemporaryLab } from '../../lab/temporaryLab.ts';
import { Clusters } from '../../src/activities/clusters.ts';
import { createActivities } from '../../src/activities/createActivities.ts';
import { openFolderStore } from '../../src/evidence/folderStore.ts';
import { connectKubernetes } from '../../src/kubernetes/connection.ts';
import { kubectl, stepladder } from './contestants.ts';
import type { Contestant } from './contestants.ts';
import { defaultWaves } from './defaultWaves.ts';
import { Observer, readCounters } from './observer.ts';
import { groups, rollScenario } from './scenario.ts';
import type { Group } from './scenario.ts';
import { tell } from './tell.ts';
import type { Round } from './tell.ts';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '40' },
    pods: { type: 'string', default: '600' },
    deployments: { type: 'string', default: '30' },
    only: { type: 'string' },
  },
});
const size = {
  nodes: Number(values.nodes),
  pods: Number(values.pods),
  deployments: Number(values.deployments),
};
const log = (line: string): void => console.error(line);

const folder = await mkdtemp(join(tmpdir(), 'stepladder-roll-'));
const cleanups: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
try {
  const scenario = rollScenario(size);
  const deployments = scenario.workloads.map(({ name }) => name);
  const program = await findKubectl({ log });
  const lab = await startTemporaryLab(scenario, log);
  cleanups.push(() => lab.close());
  const { kubernetesUrl: url, certificateAuthorityPem, adminToken: token } = lab;
  const client = new KubernetesClient({ url, certificateAuthorityPem, token });
  cleanups.push(() => client.close());
  const agent = new Agent({ connect: { ca: certificateAuthorityPem } });
  cleanups.push(() => agent.destroy());
  const admin = await connectKubernetes({ endpoint: url, certificateAuthorityPem, token: async () => token });
  cleanups.push(() => admin.close());
  const observer = await Observer.begin(admin, 'bench');
  cleanups.push(() => observer.end());

  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigText({ server: url, certificateAuthorityPem, token }));
  Object.assign(process.env, lab.environment);
  const clusters = new Clusters();
  cleanups.push(() => clusters.close());
  const activities = createActivities({ evidence: openFolderStore(join(folder, 'evidence')), clusters });
  const cluster = { name: scenario.cluster.name };
  const { identity } = await activities.identifyCluster({ cluster });
  const context = { cluster, identity, evidencePrefix: 'roll' };

  const contestants: Record<string, Contestant> = {
    stepladder: stepladder(activities, context),
    single: kubectl(program, kubeconfig, 1),
    parallel: kubectl(program, kubeconfig, size.nodes),
    waves: defaultWaves(activities, context),
  };
  const nodesOf = async (group: Group): Promise<string[]> =>
    (
      await client.list<KubernetesObject>(
        `/api/v1/nodes?labelSelector=eks.amazonaws.com%2Fnodegroup%3D${group}`,
      )
    ).map(({ metadata }) => metadata.name);
  /** Lets one group take Pods and the other not. */
  const open = async (taking: Group): Promise<void> => {
    for (const group of groups)
      for (const node of await nodesOf(group))
        await client.patch(`/api/v1/nodes/${node}`, {
          spec: { taints: null, unschedulable: group === taking ? null : true },
        });
  };

  const urls = lab
    .components()
    .flatMap(({ name, port }) =>
      name.startsWith('kube-apiserver') && port !== undefined ? [`https://127.0.0.1:${port}`] : [],
    );
  const rounds: Round[] = [];
  let from: Group = groups[0];
  for (const [key, contestant] of Object.entries(contestants)) {
    if (values.only !== undefined && values.only !== key) continue;
    const [left, right] = groups;
    const to: Group = from === left ? right : left;
    await open(to);
    await observer.settled(deployments, size.pods);
    const nodes = await nodesOf(from);
    if (observer.podsOn(nodes) !== size.pods) throw new Error(`not all Pods are on the ${from} group`);
    await contestant.prepare?.();
    observer.takeReplacements();
    log(`${contestant.name}: draining ${nodes.length} nodes with ${size.pods} Pods.`);
    const before = await readCounters({ urls, token, agent });
    const began = performance.now();
    await contestant.drain(from, nodes);
    const seconds = (performance.now() - began) / 1000;
    const after = await readCounters({ urls, token, agent });
    if (observer.podsOn(nodes) !== 0) throw new Error(`${contestant.name} has left Pods behind`);
    await observer.settled(deployments, size.pods);
    rounds.push({
      name: contestant.name,
      seconds,
      replacementsMs: observer.takeReplacements(),
      granted: after.granted - before.granted,
      refused: after.refused - before.refused,
      requests: after.requests - before.requests,
    });
    log(`${contestant.name}: ${seconds.toFixed(1)} s.`);
    from = to;
  }
  const load = loadavg()[0] ?? 0;
  console.log(tell(size, rounds, { cores: cpus().length, load }));
} finally {
  for (const clean of cleanups.reverse()) await clean();
}
