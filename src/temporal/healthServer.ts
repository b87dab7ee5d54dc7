import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loopback } from '../processes/ports.ts';

export interface HealthReport {
  healthy: boolean;
  /** What is shown to whoever asks; plain JSON. */
  details: Record<string, unknown>;
}

export interface HealthServer {
  /** Where it answers, e.g. `http://127.0.0.1:9090/healthz`. */
  url: string;
  close(): Promise<void>;
}

/**
 * Serves `/healthz`: 200 or 503, with the report as JSON.
 *
 * @param port 0 is any free port
 */
export async function startHealthServer(
  report: () => HealthReport,
  port: number,
  host: string = loopback,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    if (request.url !== '/healthz') {
      response.writeHead(404).end();
      return;
    }
    const { healthy, details } = report();
    response.writeHead(healthy ? 200 : 503, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify({ healthy, ...details })}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, resolve);
  });
  // An address by number, because it listens on a TCP port.
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host}:${address.port}/healthz`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
