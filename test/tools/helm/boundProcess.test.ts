import { access, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runBound } from '../../../src/processes/boundProcess.ts';

const never = new AbortController().signal;
const environment = { PATH: process.env['PATH'] ?? '' };

describe('a program that is run to its end', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepladder-bound-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const sh = (script: string, signal = never) =>
    runBound('/bin/sh', {
      args: ['-c', script],
      environment,
      signal,
      privateFolder: join(folder, 'private'),
    });

  it('gives what it said, and its exit code', async () => {
    expect(await sh('echo out; echo err >&2; exit 3')).toEqual({
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('has nothing to read, and does not wait for that', async () => {
    expect((await sh('cat; echo done')).stdout).toBe('done\n');
  });

  it('keeps its private folder while we are there', async () => {
    await mkdir(join(folder, 'private'));
    await sh('true');
    await access(join(folder, 'private'));
  });

  it('is stopped, and its private folder removed, when we are killed', async () => {
    await mkdir(join(folder, 'private'));
    const child = `
      import { runBound } from ${JSON.stringify(join(import.meta.dirname, '../../../src/processes/boundProcess.ts'))};
      await runBound('/bin/sh', {
        args: ['-c', 'trap "echo stopped > stopped; exit 1" TERM; echo here > here; while :; do sleep 0.1; done'],
        environment: process.env,
        signal: new AbortController().signal,
        privateFolder: 'private',
      });`;
    const us = execa(process.execPath, ['--input-type=module', '-e', child], { cwd: folder, reject: false });
    await vi.waitFor(() => access(join(folder, 'here')), { timeout: 60_000 });
    us.kill('SIGKILL');
    await us;
    await vi.waitFor(() => expect(access(join(folder, 'private'))).rejects.toThrow(), { timeout: 60_000 });
    expect(await readFile(join(folder, 'stopped'), 'utf8')).toBe('stopped\n');
  });
});
