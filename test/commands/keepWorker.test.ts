import { describe, expect, it } from 'vitest';
import { keepWorker } from '../../src/commands/demo/keepWorker.ts';
import { startOwnedProcess } from '../../src/processes/ownedProcess.ts';

/** A process that ends only when it is told to, and says so when it is up. */
async function sleeper() {
  const sleeping = startOwnedProcess('/bin/sh', ['-c', 'echo up $$; exec sleep 60'], process.env);
  const line = await sleeping.waitForLine(/^up/);
  return { sleeping, pid: Number(line.split(' ')[1]) };
}

describe('the worker of the demo', () => {
  it('is followed by another when it is killed, and not when it is told to stop', async () => {
    const started: Awaited<ReturnType<typeof sleeper>>[] = [];
    const lines: string[] = [];
    let restarted: () => void;
    const second = new Promise<void>((resolve) => (restarted = resolve));
    const start = async () => {
      const one = await sleeper();
      if (started.push(one) === 2) restarted();
      return one.sleeping;
    };
    const kept = await keepWorker(start, (line) => lines.push(line));
    process.kill(started[0]!.pid, 'SIGKILL');
    await second;
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('the upgrade goes on where it was');
    await kept.stop();
    expect(started).toHaveLength(2);
    expect(started[1]!.sleeping.isRunning()).toBe(false);
  });

  it('is given up when it can’t stay alive, with its last words', async () => {
    let starts = 0;
    const start = async () => {
      starts += 1;
      return startOwnedProcess('/bin/sh', ['-c', 'echo no configuration; exit 3'], process.env);
    };
    const kept = await keepWorker(start, () => undefined);
    await expect(kept.failed).rejects.toThrow(/ended with exit code 3\. Its last words:\n +no configuration/);
    expect(starts).toBe(5);
  });
});
