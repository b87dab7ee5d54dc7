import { join } from 'node:path';
import { startTemporaryLab } from '../../lab/temporaryLab.ts';
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
  const lab = await startTemporaryLab(loadScenario(scenarioFile));
  return {
    url: lab.kubernetesUrl,
    certificateAuthorityPem: lab.certificateAuthorityPem,
    token: lab.adminToken,
    upgrade: (to) => lab.controlPlane.upgrade(to, new AbortController().signal),
    close: () => lab.close(),
  };
}
