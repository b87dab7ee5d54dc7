import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { runCommandLine } from '../../src/commands/program.ts';
import { fakeWorkers, planOf, replacedStage } from '../workflows/fakeWorkers.ts';
import { useWorkbench } from '../workflows/server.ts';
import { fakeTerminal } from './fakeTerminal.ts';
import type { FakeTerminalOptions } from './fakeTerminal.ts';

const workbench = useWorkbench();

beforeEach(() => {
  vi.stubEnv('TEMPORAL_ADDRESS', inject('temporal').address);
  vi.stubEnv('TEMPORAL_CONFIG_FILE', '/nowhere/none.toml');
});
afterEach(() => vi.unstubAllEnvs());

async function run(args: string[], options?: FakeTerminalOptions) {
  const terminal = fakeTerminal(options);
  const code = await runCommandLine(args, terminal);
  return { code, out: terminal.out.join('\n'), err: terminal.err.join('\n'), questions: terminal.questions };
}

describe('decide', () => {
  it('shows what is asked, refuses what does not fit, and sends what a person says', async () => {
    const workers = fakeWorkers(2);
    for (const pod of workers.pods.slice(0, 1)) pod.bound = true;
    const upgrade = await workbench().start({
      plan: planOf(replacedStage('surge')),
      activities: workers.activities,
    });
    await upgrade.approve('plan');
    const { digest } = await upgrade.question();
    const id = upgrade.handle.workflowId;

    const piped = await run(['decide', id]);
    expect(piped.code).toBe(2);
    expect(piped.err).toContain(`stepladder decide ${id} --decision wait --digest ${digest.slice(0, 8)}`);
    expect(piped.err).toMatch(/ {2}wait +wait on, .*\n {2}restart +roll the owner/);
    expect(piped.err).toContain('shop/web-0a');

    const wrong = await run(['decide', id, '--decision', 'back', '--digest', digest.slice(0, 8)]);
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('"back" is no answer to this question');

    const left = await run(['decide', id], { answers: ['maybe', ''] });
    expect(left.code).toBe(1);
    expect(left.err).toContain('Nothing was sent.');

    const said = await run(['decide', id, '--pod', 'shop/web-0a'], { answers: ['force'] });
    expect(said).toMatchObject({ code: 0, out: 'Decided by on-call: force.' });
    await upgrade.gate('retire');

    const back = await run(['rollback', id, '--comment', 'latency']);
    expect(back).toMatchObject({ code: 0, out: 'rollback: Pods are moved back to the old nodes.' });
    await upgrade.handle.result().catch(() => undefined);
    expect([...workers.groups.keys()]).toEqual(['blue']);
  });

  it('says so when nothing is asked', async () => {
    const upgrade = await workbench().start();
    await upgrade.gate('plan');
    const { code, err } = await run(['decide', upgrade.handle.workflowId], { answers: [] });
    expect(code).toBe(1);
    expect(err).toContain('asks for no decision, but for approval of the plan: stepladder approve');
    const refused = await run(['rollback', upgrade.handle.workflowId]);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.err).toContain('Refused: no workers are being replaced now');
    await upgrade.handle.terminate();
  });
});
