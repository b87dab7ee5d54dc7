import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** One address before several API servers, as the load balancer of a managed control plane is. */
export interface Endpoint {
  readonly port: number;
  /** Lets new connections go to an API server on this port of the loopback address, too. */
  add(port: number): void;
  /** No new connection goes there any more; those that are open stay. */
  drain(port: number): void;
  /** Ends what still goes there. */
  remove(port: number): void;
  close(): Promise<void>;
}

const loopback = '127.0.0.1';

/**
 * Passes TCP connections on, turn by turn. TLS ends at the API servers, so clients see their certificate. A connection
 * that one API server does not take goes to the next one before the client notices.
 *
 * @param port any free one unless given
 * @throws the listening error, `EADDRINUSE` for a port that is taken
 */
export async function startEndpoint(port = 0): Promise<Endpoint> {
  const backends: number[] = [];
  const open = new Map<Socket, number>();
  let turn = 0;

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    client.on('error', () => client.destroy());
    turn += 1;
    const first = turn % Math.max(1, backends.length);
    pass(client, [...backends.slice(first), ...backends.slice(0, first)]);
  });

  function pass(client: Socket, candidates: readonly number[]): void {
    const [backend, ...others] = candidates;
    if (backend === undefined) {
      client.destroy();
      return;
    }
    const upstream = connect({ host: loopback, port: backend, allowHalfOpen: true, noDelay: true });
    // Nothing of the client's has been read yet, so another one can take it.
    upstream.once('error', () => pass(client, others));
    upstream.once('connect', () => {
      if (client.destroyed) {
        upstream.destroy();
        return;
      }
      open.set(client, backend);
      upstream.removeAllListeners('error');
      upstream.on('error', () => client.destroy());
      client.once('close', () => {
        open.delete(client);
        upstream.destroy();
      });
      upstream.once('close', () => client.destroy());
      client.pipe(upstream);
      upstream.pipe(client);
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: loopback, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const leave = (backend: number): void => {
    const index = backends.indexOf(backend);
    if (index >= 0) backends.splice(index, 1);
  };
  return {
    port: (server.address() as AddressInfo).port,
    add: (backend) => {
      if (!backends.includes(backend)) backends.push(backend);
    },
    drain: leave,
    remove(backend) {
      leave(backend);
      for (const [client, to] of open) if (to === backend) client.destroy();
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const client of open.keys()) client.destroy();
      await closed;
    },
  };
}
