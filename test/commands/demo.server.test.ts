import { execa } from 'execa';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const launcher = fileURLToPath(new URL('../../bin/stepladder.js', import.meta.url));

/** The demo gets a folder for temporary files of its own, in which nothing may be left. */
let folder: string;
let running: ReturnType<typeof demo> | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepladder-test-'));
  await mkdir(join(folder, 'tmp'));
});
afterEach(async () => {
  running?.kill('SIGKILL');
  await running;
  await rm(folder, { recursive: true, force: true });
});

/** Starts the demo with an environment that would lead it to real places if it used any of it. */
function demo(...args: string[]) {
  const options = {
    reject: false,
    stdin: 'ignore',
    env: {
      TMPDIR: join(folder, 'tmp'),
      TEMPORAL_ADDRESS: '192.0.2.1:7233',
      TEMPORAL_NAMESPACE: 'prod',
      AWS_PROFILE: 'prod',
      AWS_ENDPOINT_URL: 'http://192.0.2.1',
      KUBECONFIG: '/no/such/config',
    },
  } as const;
  const child = execa(process.execPath, [launcher, 'demo', ...args], options);
  running = child;
  return child;
}

async function left(): Promise<string[]> {
  // node leaves its compile cache where it is told to; everything else would be ours.
  return (await readdir(join(folder, 'tmp'))).filter((name) => name.startsWith('stepladder-'));
}

/** Whether a process is there that has this folder in its command line. */
async function processesOf(place: string): Promise<string[]> {
  const { stdout } = await execa('ps', ['-eo', 'args']);
  return stdout.split('\n').filter((line) => line.includes(place));
}

describe('stepladder demo', () => {
  it('upgrades its own cluster, approves by itself in a pipe, and ends with the report', async () => {
    const { exitCode, stdout, stderr } = await demo('--speed', '240');
    expect(stderr).toContain('The demo approves the plan by itself');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^# Upgrade of cluster demo: 1\.31 → 1\.33: completed\n/);
    expect(stdout).toContain('| the plan | 1 |');
    expect(stdout).toContain('**not upgraded**');
    expect(await left()).toEqual([]);
    expect(await processesOf(folder)).toEqual([]);
  });

  it('moves its cluster to a new one over three minors, under load all the while, and no request fails', async () => {
    const { exitCode, stdout, stderr } = await demo('--strategy', 'blue-green');
    for (const gate of ['the plan', 'the cutover', 'the deletion of the old cluster'])
      expect(stderr).toContain(`The demo approves ${gate} by itself`);
    expect(stderr).toMatch(
      /all the while: [\d,]+ requests, 0 failed; answered by demo [\d,]+, by demo-green [\d,]+\./,
    );
    expect(stdout).toMatch(/^# Migration of cluster demo to demo-green: 1\.31 → 1\.34: completed\n/);
    expect(exitCode).toBe(0);
    expect(await left()).toEqual([]);
    expect(await processesOf(folder)).toEqual([]);
  });

  it('with --stay starts nothing, and clears everything away when it is told to stop', async () => {
    const child = demo('--stay');
    await new Promise<void>((resolve, reject) => {
      let seen = '';
      child.stdout.on('data', (chunk: unknown) => {
        seen += String(chunk);
        if (seen.includes('Ctrl-C ends everything')) resolve();
      });
      child.then(({ stderr }) => reject(new Error(`the demo ended:\n${stderr}`)), reject);
    });
    expect((await processesOf(folder)).length).toBeGreaterThan(0);
    child.kill('SIGTERM');
    const { exitCode } = await child;
    expect(exitCode).toBe(0);
    expect(await left()).toEqual([]);
    expect(await processesOf(folder)).toEqual([]);
  });

  it('fails in words for a scenario that is none, before anything is started', async () => {
    const { exitCode, stdout, stderr } = await demo('--scenario', launcher);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('is not a scenario');
    expect(stderr).not.toContain('    at ');
    expect(await left()).toEqual([]);
  });
});
