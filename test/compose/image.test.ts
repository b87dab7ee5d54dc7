import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');
const read = (name: string): Promise<string> => readFile(join(root, name), 'utf8');

describe('the image', () => {
  it('is built with every room that the build reads, in its context and in the image', async () => {
    const { include } = z
      .object({ include: z.array(z.string()) })
      .parse(JSON.parse(await read('tsconfig.build.json')));
    const data = /for \(const room of \[(.*?)\]\)/.exec(await read('scripts/copy-data.ts'))?.[1] ?? '';
    const rooms = new Set([
      ...include.map((path) => path.split('/')[0] ?? path),
      ...[...data.matchAll(/'(.+?)'/g)].map(([, room]) => room ?? ''),
    ]);
    expect(rooms.size).toBeGreaterThan(5);

    const context = (await read('.dockerignore')).split('\n');
    const copied = (await read('Dockerfile')).split('\n');
    for (const room of rooms) {
      expect(context).toContain(`!${room}`);
      expect(copied).toContain(`COPY ${room} ${room}`);
    }
  });
});
