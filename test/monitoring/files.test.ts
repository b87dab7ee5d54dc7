import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readPath } from '../../src/monitoring/files.ts';
import type { Wanted } from '../../src/monitoring/documents.ts';
import { told } from './contents.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepladder-monitoring-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const rules = (alert: string) => `groups: [{name: g, rules: [{alert: ${alert}, expr: x}]}]`;
const dashboard = (title: string) =>
  JSON.stringify({ title, panels: [{ title: 'P', targets: [{ expr: 'x' }] }] });

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

function read(path: string, wanted: Wanted = 'rules') {
  return readPath(join(folder, path), wanted, {});
}

it('reads all files of a folder and of those in it, in the order of their names', async () => {
  await write({
    'b.yaml': rules('B'),
    'a/c.yml': rules('C'),
    'd.rules': rules('D'),
    'e.json': JSON.stringify({ groups: [{ name: 'g', rules: [{ alert: 'E', expr: 'x' }] }] }),
    'notes.md': rules('not'),
    '.git/f.yaml': rules('not'),
    'node_modules/g.yaml': rules('not'),
    'deployment.yaml': 'kind: Deployment',
    'dashboard.json': dashboard('D'),
  });
  const result = await read('.');
  expect(told(result.contents)).toEqual(['alert g/C: x', 'alert g/B: x', 'alert g/D: x', 'alert g/E: x']);
  expect(result).toMatchObject({ state: 'complete', contents: { count: 4, problems: [] } });
  expect(result.contents.expressions[0]?.place.source).toBe(join(folder, 'a/c.yml'));
  expect(told((await read('.', 'dashboards')).contents)).toEqual(['panel D/P: x']);
});

it('reads a file that is named whatever its name', async () => {
  await write({ 'alerts.txt': `\uFEFF${rules('A')}` });
  expect(told((await read('alerts.txt')).contents)).toEqual(['alert g/A: x']);
});

it('follows links to files and folders, as mounted ConfigMaps have them, but no loop', async () => {
  await write({ '..2026/a.yaml': rules('A'), 'real/b.yaml': rules('B') });
  await symlink('..2026', join(folder, '..data'));
  await symlink('..data/a.yaml', join(folder, 'a.yaml'));
  await symlink('.', join(folder, 'loop'));
  await symlink('../real', join(folder, 'real/again'));
  await symlink('nowhere', join(folder, 'broken.yaml'));
  expect(told((await read('.')).contents)).toEqual(['alert g/A: x', 'alert g/B: x']);
});

it('tells what is not there', async () => {
  expect(await read('missing')).toMatchObject({ state: 'failed', why: 'there is no such file or folder' });
});

it.each(['empty', 'other'])(
  'is not clear about a folder that holds nothing to look at (%s)',
  async (which) => {
    await mkdir(join(folder, 'empty'));
    await write({ 'other/pod.yaml': 'kind: Pod' });
    expect(await read(which)).toMatchObject({ state: 'partial', why: 'no rules were found in it' });
  },
);

it('tells which file can not be parsed, and reads the others', async () => {
  await write({
    'a.yaml': 'groups: [',
    'b.yaml': rules('B'),
    'c.yaml': `groups: ${'x'.repeat(17 * 1024 * 1024)}`,
  });
  const { contents, state } = await read('.');
  expect(told(contents)).toEqual(['alert g/B: x']);
  expect(state).toBe('complete');
  expect(contents.problems).toEqual([
    { source: join(folder, 'a.yaml'), problem: expect.stringMatching(/^line 1: it is no YAML/) },
    { source: join(folder, 'c.yaml'), problem: 'it is larger than 16 MB' },
  ]);
});

it('ends when it is told to', async () => {
  await write({ 'a.yaml': rules('A') });
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(readPath(folder, 'rules', { signal })).rejects.toThrow('enough');
});
