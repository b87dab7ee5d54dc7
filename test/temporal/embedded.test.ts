import { execa } from 'execa';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { searchAttributeNames } from '../../src/contract/searchAttributes.ts';
import { startEmbeddedServer } from '../../src/temporal/embedded.ts';
import type { EmbeddedServerOptions } from '../../src/temporal/embedded.ts';
import { findFreePort } from '../../src/processes/ports.ts';

async function start(options: Partial<EmbeddedServerOptions> = {}) {
  const server = await startEmbeddedServer({
    binary: inject('temporal').binary,
    log: () => undefined,
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Resolves when nobody listens on a port any more. */
async function portToClose(port: number): Promise<void> {
  while (await isOpen(port)) await sleep(100);
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // A server that is ending refuses the connection, or resets it.
    socket.on('error', () => resolve(false));
  });
}

describe('the embedded Temporal server', () => {
  it('knows our search attributes and shows its UI as soon as it is there', async () => {
    const { address, uiUrl, databaseFile } = await start({ port: 0, uiPort: 0 });
    const { stdout } = await execa(inject('temporal').binary, [
      ...['operator', 'search-attribute', 'list', '--address', address],
    ]);
    for (const name of searchAttributeNames) expect(stdout).toMatch(new RegExp(`${name}\\s+Keyword`));
    expect((await fetch(`${uiUrl}/namespaces/default/workflows`)).status).toBe(200);
    await expect(access(databaseFile)).resolves.toBeUndefined();
  });

  it('runs beside another one, each with ports and a database of its own', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(new Set([one.address, one.uiUrl, other.address, other.uiUrl]).size).toBe(4);
    expect(one.databaseFile).not.toBe(other.databaseFile);
  });

  it('refuses a port that is taken, by its number', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(start({ port })).rejects.toThrow(
      `Port ${port} on 127.0.0.1, wanted for the Temporal server, is in use`,
    );
    await expect(start({ port: 0, uiPort: port })).rejects.toThrow(
      `Port ${port} on 127.0.0.1, wanted for the Temporal UI`,
    );
  });

  it('uses the port that it is given', async () => {
    for (;;) {
      const port = await findFreePort();
      try {
        const { address } = await start({ port });
        expect(address).toBe(`127.0.0.1:${port}`);
        return;
      } catch (error) {
        // Another program has taken it in the meantime.
        if (!(error instanceof Error) || !error.message.includes('in use')) throw error;
      }
    }
  });

  it('starts with an empty database in the folder it is given, and leaves it there', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'stepladder-data-'));
    onTestFinished(() => rm(dataFolder, { recursive: true, force: true }));
    const first = await start({ dataFolder, port: 0, uiPort: 0 });
    await first.close();
    const second = await start({ dataFolder, port: 0, uiPort: 0 });
    expect(first.databaseFile.startsWith(dataFolder)).toBe(true);
    expect(second.databaseFile).not.toBe(first.databaseFile);
    await expect(access(first.databaseFile)).resolves.toBeUndefined();
  });

  it('is gone once it is closed, and its temporary data with it', async () => {
    const server = await start({ port: 0, uiPort: 0 });
    await server.close();
    await portToClose(Number(server.address.split(':')[1]));
    await expect(access(server.databaseFile)).rejects.toThrow('ENOENT');
    expect(await server.ended).toMatch(/^The embedded Temporal server ended/);
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'does not outlive a process ended by %s',
    async (signal) => {
      const owner = spawn(process.execPath, [join(import.meta.dirname, 'serverOwner.ts')], {
        env: { ...process.env, STEPLADDER_TEMPORAL_BINARY: inject('temporal').binary },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(() => void owner.kill('SIGKILL'));
      const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
      const [address = '', databaseFile = ''] = line.split(' ');
      await expect(access(databaseFile)).resolves.toBeUndefined();
      owner.kill(signal);
      await portToClose(Number(address.split(':')[1]));
      while (await exists(databaseFile)) await sleep(100);
    },
  );

  it('tells the last words of a server that does not start', async () => {
    await expect(start({ binary: '/bin/false', port: 0 })).rejects.toThrow(
      /\(\/bin\/false\) did not start: .*ended with exit code 1/,
    );
  });
});
