import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRunning } from '../../lab/supervisor/processIdentity.ts';
import type { ProcessIdentity } from '../../lab/supervisor/processIdentity.ts';
import { launcher } from '../processes/workerProcess.ts';

interface Status {
  phase: string;
  eksUrl: string;
  kubernetesUrl: string;
  supervisor: ProcessIdentity;
  components: (ProcessIdentity & { name: string; port?: number })[];
}

describe('labs by command', () => {
  // One node, and nothing that runs on it.
  const scenario = join(import.meta.dirname, 'tools', 'crds.yaml');
  const first = `first-${randomUUID().slice(0, 8)}`;
  const second = `second-${randomUUID().slice(0, 8)}`;
  let home: string;

  beforeAll(async () => {
    // Labs of its own: none of the user's is seen or taken down.
    home = await mkdtemp(join(tmpdir(), 'stepladder-labs-'));
    await stepladder('lab', 'up', '--name', first, '--scenario', scenario);
    await stepladder('lab', 'up', '--name', second, '--scenario', scenario);
  }, 600_000);
  afterAll(async () => {
    await stepladder('lab', 'down', '--all');
    await rm(home, { recursive: true, force: true });
  }, 120_000);

  async function stepladder(...args: string[]): Promise<string> {
    const { stdout } = await execa(process.execPath, [launcher, ...args], {
      stdin: 'ignore',
      env: { XDG_DATA_HOME: home },
    });
    return stdout;
  }
  const statusOf = async (name: string) =>
    JSON.parse(await stepladder('lab', 'status', '--name', name, '-o', 'json')) as Status;

  it('run side by side, on ports and with processes of their own', async () => {
    const [one, other] = [await statusOf(first), await statusOf(second)];
    expect([one.phase, other.phase]).toEqual(['up', 'up']);
    const ports = [one, other].flatMap(portsOf);
    expect(new Set(ports).size).toBe(ports.length);
    expect(await open(ports)).toEqual(ports);
    // etcd, two API servers, controller-manager, scheduler and kwok, each.
    expect(one.components.map(({ name }) => name).sort()).toEqual(
      other.components.map(({ name }) => name).sort(),
    );
    expect(one.components).toHaveLength(6);
  });

  it('leave no process and no port when they are taken down after a crash, and others alone', async () => {
    const before = await statusOf(first);
    process.kill(before.supervisor.pid, 'SIGKILL');
    await expect.poll(async () => (await statusOf(first)).phase, { timeout: 90_000 }).toBe('crashed');

    await stepladder('lab', 'down', '--name', first);
    expect(await running(before.components)).toEqual([]);
    expect(await open(portsOf(before))).toEqual([]);
    expect(await readdir(join(home, 'stepladder', 'labs'))).toEqual([second]);
    const other = await statusOf(second);
    expect(other.phase).toBe('up');
    expect(await open(portsOf(other))).toEqual(portsOf(other));
  });

  it('leave no process and no port when they are taken down', async () => {
    const before = await statusOf(second);
    await stepladder('lab', 'down', '--name', second);
    expect(await running([before.supervisor, ...before.components])).toEqual([]);
    expect(await open(portsOf(before))).toEqual([]);
  });
});

function portsOf({ eksUrl, kubernetesUrl, components }: Status): number[] {
  const own = components.flatMap(({ port }) => (port === undefined ? [] : [port]));
  return [...new Set([Number(new URL(eksUrl).port), Number(new URL(kubernetesUrl).port), ...own])];
}

/** Those of the ports on which somebody listens. */
async function open(ports: readonly number[]): Promise<number[]> {
  const answers = await Promise.all(ports.map(listens));
  return ports.filter((_port, index) => answers[index]);
}

async function listens(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}

async function running(processes: readonly ProcessIdentity[]): Promise<ProcessIdentity[]> {
  const answers = await Promise.all(processes.map(isRunning));
  return processes.filter((_process, index) => answers[index]);
}
