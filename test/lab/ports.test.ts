import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { holdPort } from '../../lab/controlPlane/ports.ts';

/** Linux gives outgoing connections ports from here on, unless it is told otherwise. */
const firstOfOutgoing = 32_768;

it('holds ports that no outgoing connection gets, each for one program', async () => {
  const held = await Promise.all(Array.from({ length: 50 }, () => holdPort()));
  expect(new Set(held.map(({ port }) => port)).size).toBe(held.length);
  for (const { port } of held) expect(port).toBeLessThan(firstOfOutgoing);
  for (const { release } of held) release();
});

it('holds a port on which a program can listen', async () => {
  const { port, release } = await holdPort();
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  } finally {
    server.close();
    release();
  }
});
