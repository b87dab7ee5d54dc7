import { Agent, request } from 'undici';
import type { LabComponent } from './engine/labStage.ts';
import { eventually } from '../processes/patience.ts';

/** What is needed to ask each API server of a cluster by itself, past the address that they share. */
export interface ApiServers {
  /** Parts that run, of which the API servers are taken. */
  components: readonly Pick<LabComponent, 'name' | 'version' | 'port'>[];
  certificateAuthorityPem: string;
  token: string;
}

/**
 * Resolves when each API server answers 200 at each path. Each learns by itself of a kind that was defined, and behind
 * one address nobody knows which of them answers next.
 *
 * @param paths of lists: `/apis/argoproj.io/v1alpha1/applications`
 */
export async function servedByEach(
  { components, certificateAuthorityPem, token }: ApiServers,
  ...paths: string[]
): Promise<void> {
  const agent = new Agent({ connect: { ca: certificateAuthorityPem } });
  const servers = components.filter(({ name }) => name === 'kube-apiserver');
  if (servers.length === 0) throw new Error('no API server runs');
  try {
    for (const { version, port } of servers) {
      for (const path of paths) {
        const url = `https://127.0.0.1:${port ?? 0}${path}`;
        await eventually(`${path} served by each API server ${version}`, async () => {
          const { statusCode, body } = await request(url, {
            dispatcher: agent,
            headers: { authorization: `Bearer ${token}` },
          });
          await body.dump();
          return statusCode === 200;
        });
      }
    }
  } finally {
    await agent.close();
  }
}
