import { createServer, request } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** Stands between a worker and the EKS API. */
export interface Between {
  url: string;
  /** Resolves when the answer was swallowed. */
  swallowed: Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Passes everything on, but the first answer to a change of the control plane's version reaches nobody: EKS has
 * applied the change, and whoever sent it does not know.
 *
 * @param onAnswer called when EKS has answered, before the connection breaks
 */
export async function swallowAnswer(upstream: string, onAnswer: () => Promise<void>): Promise<Between> {
  const { promise: swallowed, resolve } = Promise.withResolvers<unknown>();
  let done = false;
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = '/' } = incoming;
    const isChange = method === 'POST' && /^\/clusters\/[^/]+\/updates$/.test(url);
    const passed = request(new URL(url, upstream), { method, headers }, (answer) => {
      if (isChange && !done) {
        done = true;
        void onAnswer().then(() => {
          incoming.socket.destroy();
          resolve(undefined);
        });
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => incoming.socket.destroy());
    incoming.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    swallowed,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
