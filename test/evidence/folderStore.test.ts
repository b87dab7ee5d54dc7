import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evidenceFolder, openFolderStore } from '../../src/evidence/folderStore.ts';
import { keyOfPath, pathOfKey } from '../../src/evidence/keyPath.ts';
import type { EvidenceStore } from '../../src/evidence/store.ts';

let parent: string;
let folder: string;
let store: EvidenceStore;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'evidence-'));
  folder = join(parent, 'store');
  store = openFolderStore(folder);
});

afterEach(() => rm(parent, { recursive: true, force: true }));

async function* lines(...entries: unknown[]): AsyncGenerator {
  yield* entries;
}

async function collect(entries: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}

describe('the evidence folder', () => {
  it('gives back what was written', async () => {
    const reference = await store.write('plan', 'demo/upgrade-1/run/plan', { hops: [1, 2] }, 2);
    expect(reference).toMatchObject({ name: 'plan', key: 'demo/upgrade-1/run/plan', count: 2 });
    expect(await store.read(reference)).toEqual({ hops: [1, 2] });
    expect(await store.read({ key: reference.key })).toEqual({ hops: [1, 2] });
  });

  it('gives lines back in their order and counts them, also many', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => ({ name: `object-${index}`, text: 'å\n"' }));
    const reference = await store.writeLines('inventory', 'demo/inventory', lines(...many));
    expect(reference.count).toBe(20_000);
    expect(await collect(store.readLines(reference))).toEqual(many);
  });

  it('can hold a value and lines under one key, and keys below a key', async () => {
    await store.write('a', 'demo/a', 1, 1);
    await store.writeLines('a', 'demo/a', lines(2));
    await store.write('b', 'demo/a/b', 3, 1);
    await store.write('c', 'demo/a.json/c', 4, 1);
    expect(await store.read({ key: 'demo/a' })).toBe(1);
    expect(await collect(store.readLines({ key: 'demo/a' }))).toEqual([2]);
    expect(await store.read({ key: 'demo/a/b' })).toBe(3);
    expect(await store.read({ key: 'demo/a.json/c' })).toBe(4);
  });

  it('notices bytes that were changed', async () => {
    const value = await store.write('plan', 'plan', { a: 1 }, 1);
    await writeFile(join(folder, 'plan.json'), '{"a":2}\n');
    await expect(store.read(value)).rejects.toMatchObject({
      type: 'InternalError',
      message: /is not what was written/,
    });
    const written = await store.writeLines('list', 'list', lines(1, 2));
    await writeFile(join(folder, 'list.jsonl'), '1\n3\n');
    await expect(collect(store.readLines(written))).rejects.toThrow(/is not what was written/);
  });

  it('says what to do when something is not there', async () => {
    await expect(store.read({ key: 'demo/nothing' })).rejects.toMatchObject({
      type: 'InternalError',
      message: /demo\/nothing is not in .*STEPLADDER_EVIDENCE/,
    });
    await expect(collect(store.readLines({ key: 'demo/nothing' }))).rejects.toThrow(/STEPLADDER_EVIDENCE/);
  });

  it('keeps what was there when writing breaks off, and leaves nothing half written', async () => {
    await store.writeLines('list', 'list', lines(1, 2));
    async function* breaking(): AsyncGenerator {
      yield 3;
      throw new Error('the line went dead');
    }
    await expect(store.writeLines('list', 'list', breaking())).rejects.toThrow('the line went dead');
    expect(await collect(store.readLines({ key: 'list' }))).toEqual([1, 2]);
    expect(await readdir(folder)).toEqual(['list.jsonl']);
  });

  it('replaces an entry whole', async () => {
    await store.write('a', 'a', { long: 'x'.repeat(1000) }, 1);
    await store.write('a', 'a', {}, 0);
    expect(await readFile(join(folder, 'a.json'), 'utf8')).toBe('{}\n');
  });

  it('is closed to others', async () => {
    await store.write('a', 'demo/a', 1, 1);
    expect((await stat(join(folder, 'demo'))).mode & 0o777).toBe(0o700);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, 'demo', 'a.json'))).mode & 0o777).toBe(0o600);
  });

  it('names a disk that refuses as something to mend, not as a mistake of ours', async () => {
    await writeFile(join(parent, 'file'), '');
    const onAFile = openFolderStore(join(parent, 'file'));
    await expect(onAFile.write('a', 'a', 1, 1)).rejects.toMatchObject({
      type: 'ServerError',
      message: /can't be written to .*file/,
    });
  });

  it('lists keys by their beginning, in order, and nothing when there is no folder yet', async () => {
    expect(await store.list('')).toEqual([]);
    await store.write('b', 'demo/up grade:1/b', 1, 1);
    await store.writeLines('a', 'demo/up grade:1/a', lines(1));
    await store.write('c', 'other/c', 1, 1);
    expect(await store.list('demo/up grade:1/')).toEqual(['demo/up grade:1/a', 'demo/up grade:1/b']);
    expect(await store.list('')).toHaveLength(3);
  });
});

describe('keys and paths', () => {
  const keys = [
    'demo/upgrade/run/plan',
    'a:b/c*d',
    'a%3Ab/c',
    'arn:aws:eks:eu-west-1:1:cluster/demo',
    'ü/日本/~x~',
    '.hidden/..x',
    `${'l'.repeat(900)}/${':'.repeat(300)}`,
    'x.json/y.jsonl',
    "quote's (all) of!them",
  ];

  it.each(keys)('leads from %s to a path and back', (key) => {
    const path = pathOfKey(key);
    expect(keyOfPath(path)).toBe(key);
    for (const name of path) expect(name).toMatch(/^[A-Za-z0-9_%-][A-Za-z0-9._%-]{0,199}~?$/);
  });

  it('never brings two keys to one path', () => {
    const paths = keys.map((key) => pathOfKey(key).join('/'));
    expect(new Set(paths).size).toBe(keys.length);
  });

  it.each(['../etc', 'a/../b', 'a//b', '', '/a', 'a/', './a'])('refuses %j', (key) => {
    expect(() => pathOfKey(key)).toThrow(/can't be a key/);
  });
});

describe('where the folder is', () => {
  it('is what STEPLADDER_EVIDENCE says', () => {
    expect(evidenceFolder({ STEPLADDER_EVIDENCE: '/srv/evidence' })).toBe('/srv/evidence');
  });
  it('is in the user data folder otherwise', () => {
    expect(evidenceFolder({})).toMatch(/stepladder.evidence$/);
    expect(evidenceFolder({ STEPLADDER_EVIDENCE: '' })).toMatch(/stepladder.evidence$/);
  });
});
