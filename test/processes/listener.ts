import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A webhook as a chat has it: its address is a secret. */
export interface Webhook {
  url: string;
  /** What must not be seen anywhere. */
  secrets: string[];
  /** What it was sent, in order. */
  messages: { text: string }[];
  close(): Promise<void>;
}

/** Listens for messages, and takes them all. */
export async function startWebhook(): Promise<Webhook> {
  const messages: { text: string }[] = [];
  const path = `/services/${randomUUID()}`;
  const server = createHttpServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => (body += text));
    request.on('end', () => {
      const known = request.method === 'POST' && request.url === path;
      if (known) messages.push(JSON.parse(body) as { text: string });
      response.writeHead(known ? 200 : 404).end('ok');
    });
  });
  const port = await listen(server);
  const host = `127.0.0.1:${port}`;
  return {
    url: `http://${host}${path}`,
    secrets: [path, host],
    messages,
    async close() {
      server.closeAllConnections();
      await closed(server);
    },
  };
}

/** A port that takes connections and never says a word. */
export async function startSilence(): Promise<{ port: number; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // Whoever gives up may do so with a reset.
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  const port = await listen(server);
  return {
    port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await closed(server);
    },
  };
}

/** A port of this machine that nobody listens at: one that programs without special rights are not given. */
export const closedPort = 2;

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
