import { createServer } from 'node:net';

/** All that the embedded server offers stays on this machine. */
export const loopback = '127.0.0.1';

/** A port that was asked for is in use. */
export class PortTaken extends Error {
  constructor(port: number, what: string) {
    super(
      `Port ${port} on ${loopback}, wanted for ${what}, is in use. Stop what uses it, or choose another port (or none: a free one is then found).`,
    );
    this.name = 'PortTaken';
  }
}

/** Whether nobody listens on a port of the loopback address. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await listenOnce(port)) !== undefined;
}

/** Any free port of the loopback address. */
export async function findFreePort(): Promise<number> {
  const port = await listenOnce(0);
  if (port === undefined) throw new Error(`No free port is left on ${loopback}.`);
  return port;
}

/** The port that was listened on for a moment; undefined when it is in use. */
function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host: loopback, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : undefined);
      });
    });
  });
}
