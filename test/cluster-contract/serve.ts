import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findControlPlaneBinaries, findEtcd, findKwok } from '../../lab/binaries/index.ts';
import { startLab } from '../../lab/start.ts';
import { loadScenario } from '../../scenario/scenario.ts';
import { startSimulator } from '../../simulator/start.ts';
import type { ServedCluster } from './contractCluster.ts';

const scenarioFile = join(import.meta.dirname, 'cluster.yaml');

/** The contract's cluster, simulated. */
export async function serveSimulated(): Promise<ServedCluster> {
  const token = 'contract';
  const scenario = loadScenario(scenarioFile);
  const simulator = await startSimulator({ scenario: { ...scenario, tokens: [token] } });
  return {
    url: simulator.kubernetesUrl,
    certificateAuthorityPem: simulator.cluster.infrastructure.endpoint().certificateAuthorityPem,
    token,
    upgrade: (to) => simulator.cluster.infrastructure.upgradeControlPlane(to, new AbortController().signal),
    close: () => simulator.close(),
  };
}

/** The contract's cluster, of real programs. */
export async function serveReal(): Promise<ServedCluster> {
  const log = (): void => undefined;
  const lab = await startLab({
    scenario: loadScenario(scenarioFile),
    folder: await mkdtemp(join(tmpdir(), 'stepladder-contract-')),
    binaries: {
      controlPlane: (minor) => findControlPlaneBinaries(minor, { log }),
      etcd: await findEtcd({ log }),
      kwok: await findKwok({ log }),
    },
    log,
  });
  return {
    url: lab.kubernetesUrl,
    certificateAuthorityPem: lab.certificateAuthorityPem,
    token: lab.adminToken,
    upgrade: (to) => lab.controlPlane.upgrade(to, new AbortController().signal),
    close: () => lab.close(),
  };
}
