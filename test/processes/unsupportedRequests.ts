import { Agent, request } from 'undici';
import type { RunningSimulator } from '../../simulator/start.ts';

/**
 * The requests to the simulated Kubernetes API that were answered with 501, since what they ask for is not simulated:
 * the lines of its own metrics. The engine must need none of it.
 */
export async function answersOf501({ cluster, kubernetesUrl }: RunningSimulator): Promise<string[]> {
  const token = 'looks-at-metrics';
  cluster.addToken(token);
  const agent = new Agent({ connect: { ca: cluster.infrastructure.endpoint().certificateAuthorityPem } });
  try {
    const { body } = await request(`${kubernetesUrl}/metrics`, {
      dispatcher: agent,
      headers: { authorization: `Bearer ${token}` },
    });
    const lines = (await body.text())
      .split('\n')
      .filter((line) => line.startsWith('apiserver_request_total'));
    if (lines.length === 0) throw new Error('the metrics tell of no request');
    return lines.filter((line) => line.includes('code="501"'));
  } finally {
    await agent.destroy();
  }
}
