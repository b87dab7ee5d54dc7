import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TargetAddress } from './records.ts';

/** The header by which an answer says which cluster it comes from. */
export const clusterHeader = 'x-stand-in-cluster';

export interface PodStandInsOptions {
  cluster: string;
  /** Asked with each request: of the cluster, `1.33`. */
  version: () => string;
  /** Asked with each request: how many Pods behind are Ready. With none of them, 503 is answered. */
  readyPods: () => number;
  /** Asked with each request that a Pod is Ready for: the status to answer with, 200 unless given. */
  status?: (path: string) => number;
  /** Waited for before a request is answered. */
  beforeAnswer?: () => Promise<void>;
  /** `127.0.0.1` unless given. */
  host?: string;
}

/** What stands for the Pods of one cluster. */
export interface PodStandIns {
  /** To be registered as a target. */
  address: TargetAddress;
  url: string;
  /** Answers what was asked already, then ends. */
  close(): Promise<void>;
}

/** Starts an HTTP server in the place of a cluster's Pods: it says whose it is, as long as one of them is Ready. */
export async function startPodStandIns(options: PodStandInsOptions): Promise<PodStandIns> {
  const { host = '127.0.0.1', beforeAnswer } = options;
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    void (beforeAnswer?.() ?? Promise.resolve()).then(
      () => answer(response, path, options),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: { id: host, port },
    url: `http://${host}:${port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await closed;
    },
  };
}

function answer(
  response: ServerResponse,
  path: string,
  { cluster, version, readyPods, status }: PodStandInsOptions,
): void {
  const ready = readyPods();
  const code = ready > 0 ? (status?.(path) ?? 200) : 503;
  response
    .writeHead(code, { 'content-type': 'application/json', [clusterHeader]: cluster })
    .end(`${JSON.stringify({ cluster, version: version(), readyPods: ready })}\n`);
}
