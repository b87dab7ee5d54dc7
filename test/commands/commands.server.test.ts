import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { sendAnswer } from '../../src/commands/messages/sendAnswer.ts';
import { sendRemark } from '../../src/commands/messages/sendRemark.ts';
import { runCommandLine } from '../../src/commands/program.ts';
import { openFolderStore } from '../../src/evidence/folderStore.ts';
import type { Activities } from '../../src/activities/types.ts';
import type { UpgradeStatus } from '../../src/contract/status.ts';
import { failWith } from '../workflows/failWith.ts';
import { useWorkbench } from '../workflows/server.ts';
import { fakeTerminal } from './fakeTerminal.ts';
import type { FakeTerminalOptions } from './fakeTerminal.ts';
import { report } from './fixtures.ts';

const workbench = useWorkbench();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepladder-test-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  vi.stubEnv('TEMPORAL_ADDRESS', inject('temporal').address);
  vi.stubEnv('TEMPORAL_CONFIG_FILE', join(folder, 'none.toml'));
});
afterEach(() => vi.unstubAllEnvs());

async function run(args: string[], options?: FakeTerminalOptions) {
  const terminal = fakeTerminal(options);
  const code = await runCommandLine(args, terminal);
  return { code, out: terminal.out.join('\n'), err: terminal.err.join('\n'), questions: terminal.questions };
}

/** A workflow that no worker will take. */
async function unattended(): Promise<string> {
  const workflowId = `unattended-${randomUUID()}`;
  await workbench().client.workflow.start('upgradeCluster', {
    workflowId,
    taskQueue: `nobody-${randomUUID()}`,
    args: [{ cluster: { name: 'x' }, targetVersion: '1.33' }],
  });
  return workflowId;
}

describe('start', () => {
  /** An upgrade under the ID that `start` gives, with what starts it again. */
  async function under(activities: Partial<Activities> = {}) {
    const cluster = `c-${randomUUID().slice(0, 8)}`;
    const workflowId = `upgrade-${cluster}-1.32`;
    const upgrade = await workbench().start({ cluster, workflowId, activities });
    const { taskQueue } = await upgrade.handle.describe();
    const args = ['start', '--cluster', cluster, '--target', '1.32', '--task-queue', taskQueue];
    return { upgrade, workflowId, args };
  }

  it('refuses a second upgrade of the same, and names the first', async () => {
    const { upgrade, workflowId, args } = await under();
    await upgrade.gate('plan');
    const { code, out, err } = await run(args);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain(`is running already: ${workflowId}. Nothing was started.`);
  });

  it('starts an upgrade under an ID of its own, and shows what is asked', async () => {
    const { upgrade, workflowId, args } = await under();
    await upgrade.handle.executeUpdate('reject', { args: [await upgrade.answer('plan')] });
    await upgrade.handle.result().catch(() => undefined);
    const { code, out, err } = await run(args);
    expect(code).toBe(0);
    expect(out).toBe(workflowId);
    expect(err).toContain(`stepladder watch ${workflowId}`);
    expect(err).toContain('Waits for approval of the plan');
    expect(err).not.toContain('No worker');
  });

  it('says that nobody polls the task queue', async () => {
    const cluster = `c-${randomUUID().slice(0, 8)}`;
    const queue = `nobody-${cluster}`;
    const args = ['start', '--cluster', cluster, '--target', '1.33', '--task-queue', queue, '-o', 'json'];
    const { code, out, err } = await run(args);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ workflowId: `upgrade-${cluster}-1.33`, taskQueue: queue });
    expect(err).toContain(`No worker seems to poll task queue "${queue}"`);
  });

  it('fails when it is refused at once', async () => {
    const { upgrade, args } = await under({
      identifyCluster: async () => failWith('ClusterNotFound', 'There is no cluster x.'),
    });
    await upgrade.handle.result().catch(() => undefined);
    const { code, err } = await run(args);
    expect(code).toBe(1);
    expect(err).toContain('failed: There is no cluster x.');
  });
});

describe('status', () => {
  it('shows where the upgrade stands, found by its cluster', async () => {
    const upgrade = await workbench().start();
    await upgrade.gate('plan');
    await vi.waitFor(
      async () => {
        const { code, out } = await run(['status', '--cluster', upgrade.cluster]);
        expect(code).toBe(0);
        expect(out).toContain(`stepladder approve ${upgrade.handle.workflowId} --gate plan --digest`);
      },
      { timeout: 300_000, interval: 200 },
    );
    const { out } = await run(['status', upgrade.handle.workflowId, '-o', 'json']);
    const { status } = JSON.parse(out) as { status: UpgradeStatus };
    expect(status).toMatchObject({
      schema: 1,
      phase: 'awaiting-approval',
      cluster: { name: upgrade.cluster },
    });
  });

  it('fails without a worker, and says what to do', async () => {
    const { code, err } = await run(['status', await unattended()]);
    expect(code).toBe(1);
    expect(err).toContain('start a worker');
  });

  it('fails for a workflow that is not there', async () => {
    const { code, err } = await run(['status', 'no-such-workflow']);
    expect(code).toBe(1);
    expect(err).toContain('There is no workflow "no-such-workflow"');
  });

  it('fails in words when the server can’t be reached', async () => {
    vi.stubEnv('TEMPORAL_ADDRESS', '127.0.0.1:1');
    const { code, err } = await run(['status', 'x']);
    expect(code).toBe(1);
    expect(err).toContain("The Temporal server at 127.0.0.1:1 (from TEMPORAL_ADDRESS) can't be reached");
    expect(err).not.toContain('    at ');
  });
});

describe('watch', () => {
  it('follows an upgrade to its end, and ends well when the target was reached', async () => {
    const upgrade = await workbench().start();
    const id = upgrade.handle.workflowId;
    const watching = run(['watch', id]);
    const { digest } = await upgrade.answer('plan');
    const approval = await run(['approve', id, '--gate', 'plan', '--digest', digest, '--comment', 'go']);
    expect(approval).toMatchObject({ code: 0, out: 'Approved by on-call.' });
    const { code, out } = await watching;
    expect(out).toContain('completed: ');
    expect(out).toMatch(/1\.31 → 1\.32 control-plane: done/);
    expect(code).toBe(0);
    const ended = await run(['approve', id, '--gate', 'plan', '--digest', digest]);
    expect(ended.code).toBe(1);
    expect(ended.err).toContain(`No workflow "${id}" is running`);
  });

  it('prints one JSON object a line, and fails when the upgrade does', async () => {
    const upgrade = await workbench().start();
    const watching = run(['watch', upgrade.handle.workflowId, '-o', 'json']);
    const { digest } = await upgrade.answer('plan');
    await run(['reject', upgrade.handle.workflowId, '--gate', 'plan', '--digest', digest]);
    const { code, out } = await watching;
    const lines = out.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toMatchObject({ ending: { state: 'failed', type: 'Rejected' } });
    expect(code).toBe(1);
  });
});

describe('approve', () => {
  it('is refused with the reason for another digest, and nothing is approved', async () => {
    const upgrade = await workbench().start();
    await upgrade.gate('plan');
    const id = upgrade.handle.workflowId;
    const { code, err } = await run(['approve', id, '--gate', 'plan', '--digest', '00000000']);
    expect(code).toBe(1);
    expect(err).toContain('Refused: digest 00000000 is not of this opening');
    expect((await upgrade.status()).phase).toBe('awaiting-approval');
  });

  it('shows what is asked on a terminal, and sends nothing without a yes', async () => {
    const upgrade = await workbench().start();
    const { gates } = await upgrade.gate('plan');
    const id = upgrade.handle.workflowId;
    const no = await run(['approve', id], { answers: [''] });
    expect(no.code).toBe(1);
    expect(no.err).toContain(gates[0]?.shown[0]);
    expect(no.questions).toEqual(['Approve the plan? [y/N] ']);
    expect((await upgrade.status()).phase).toBe('awaiting-approval');
    const yes = await run(['approve', id, '--by', 'second-on-call'], { answers: ['y'] });
    expect(yes).toMatchObject({ code: 0, out: 'Approved by second-on-call.' });
  });

  it('demands the digest where nobody can be asked, and shows it', async () => {
    const upgrade = await workbench().start();
    const { digest } = await upgrade.answer('plan');
    const { code, err } = await run(['approve', upgrade.handle.workflowId]);
    expect(code).toBe(2);
    expect(err).toContain(`--digest ${digest}`);
  });

  it('refuses a name that is not one, before anything is sent', async () => {
    const args = [
      'approve',
      await unattended(),
      '--gate',
      'plan',
      '--digest',
      '3f2a9c1e',
      '--by',
      'your name',
    ];
    const { code, err } = await run(args);
    expect(code).toBe(2);
    expect(err).toContain('"by" must be your own name');
  });

  it('becomes a signal when no worker takes the update in time', async () => {
    const { client } = workbench();
    const id = await unattended();
    const answer = { gate: 'plan', by: 'on-call', digest: '3f2a9c1e' } as const;
    const sent = await sendAnswer(client, id, 'approve', answer, 500);
    expect(sent.how).toBe('stored');
    expect(sent.message).toContain('sent as a signal');
    const { events } = await client.workflow.getHandle(id).fetchHistory();
    const signals = events?.flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => signal ?? []);
    expect(signals?.map(({ signalName }) => signalName)).toEqual(['approve']);
  });
});

describe('pause and resume', () => {
  it('tell what they brought about', async () => {
    const upgrade = await workbench().start();
    await upgrade.gate('plan');
    const paused = await run(['pause', upgrade.handle.workflowId, '--comment', 'lunch']);
    expect(paused.code).toBe(0);
    expect(paused.out).toContain('no new change starts');
    expect((await upgrade.status()).actions[0]).toMatchObject({ by: 'on-call', comment: 'lunch' });
    expect((await run(['resume', upgrade.handle.workflowId])).out).toContain('the upgrade goes on');
  });

  it('say that the server keeps them when there is no worker', async () => {
    const sent = await sendRemark(workbench().client, await unattended(), 'pause', { by: 'on-call' }, 300);
    expect(sent.how).toBe('stored');
  });
});

describe('abort', () => {
  it('ends an upgrade, which watch tells as one that did not reach its target', async () => {
    const upgrade = await workbench().start();
    await upgrade.gate('plan');
    const id = upgrade.handle.workflowId;
    const watching = run(['watch', id]);
    const aborted = await run(['abort', id]);
    expect(aborted.code).toBe(0);
    expect(aborted.out).toContain('abort: ');
    const cancelling = upgrade.handle.cancel();
    const { code, out } = await watching;
    await cancelling.catch(() => undefined);
    expect(code).toBe(1);
    expect(out).toContain('aborted: ');
  });
});

describe('report', () => {
  it('finds the report of an ended upgrade by the key that the server knows', async () => {
    const upgrade = await workbench().start();
    await upgrade.approve('plan');
    const { report: key } = (await upgrade.handle.result()) as { report: string };
    const args = ['report', upgrade.handle.workflowId, '--evidence', folder];
    const elsewhere = await run(args);
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.err).toContain(`is not in the evidence folder ${folder}`);
    await openFolderStore(folder).write('report', key, report(), 1);
    const { code, out } = await run(args);
    expect(code).toBe(0);
    expect(out).toContain('# Upgrade of cluster shop');
  });

  it('says that it is written at the end', async () => {
    const upgrade = await workbench().start();
    await upgrade.gate('plan');
    const { code, err } = await run(['report', upgrade.handle.workflowId, '--evidence', folder]);
    expect(code).toBe(1);
    expect(err).toContain('has not ended; the report is written then');
  });
});
