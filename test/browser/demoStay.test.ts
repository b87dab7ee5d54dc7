import { execa } from 'execa';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { openBrowser } from '../../scripts/browser.ts';
import type { UpgradeStatus } from '../../src/contract/status.ts';
import { connectTemporal, explicitTemporal } from '../../src/temporal/connection.ts';
import type { TemporalClient } from '../../src/temporal/connection.ts';
import { openTemporalUi } from './temporalUi.ts';
import type { TemporalUi } from './temporalUi.ts';

/** A request that is written as people write it, but for its haste. */
const request = { cluster: { name: 'demo' }, targetVersion: '1.32', timing: { scale: 0.02 } };

/** `stepladder demo --stay` as a person runs it, used from the Temporal UI in a browser and from the Temporal CLI. */
describe('a demo that stays up', () => {
  let ui: TemporalUi;
  let temporal: TemporalClient;
  let address: string;
  const closers: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const root = join(import.meta.dirname, '..', '..');
    const demo = execa('node', ['bin/stepladder.js', 'demo', '--stay', '--speed', '600'], {
      cwd: root,
      env: { STEPLADDER_TEMPORAL_BINARY: inject('temporal').binary },
      all: true,
      reject: false,
    });
    closers.push(async () => {
      demo.kill('SIGINT');
      await demo;
    });
    let said = '';
    const [uiUrl, server] = await new Promise<[string, string]>((resolve, reject) => {
      demo.all.on('data', (data: Buffer) => {
        said += data.toString();
        const url = /Temporal UI: (http:\S+)/.exec(said)?.[1];
        const at = /--address (127\.0\.0\.1:\d+)/.exec(said)?.[1];
        if (url !== undefined && at !== undefined) resolve([url, at]);
      });
      demo.then(() => reject(new Error(`the demo ended:\n${said}`)), reject);
    });
    address = server;
    temporal = await connectTemporal(explicitTemporal(address));
    closers.push(() => temporal.close());
    const browser = await openBrowser();
    closers.push(() => browser.close());
    ui = await openTemporalUi(browser, uiUrl);
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  /** The first 8 characters of the open gate's digest, as the status shows them. */
  function openDigest(workflowId: string): Promise<string> {
    return vi.waitFor(
      async () => {
        const status = await temporal.client.workflow.getHandle(workflowId).query<UpgradeStatus>('status');
        const gate = status.gates.find(({ outcome }) => outcome === undefined);
        if (gate === undefined) throw new Error(`no gate is open: ${status.phase}`);
        return gate.digest.slice(0, 8);
      },
      { timeout: 300_000, interval: 300 },
    );
  }

  it("starts, refuses and approves an upgrade by the UI's own forms", async () => {
    const workflowId = 'from-the-ui';
    await ui.startWorkflow({
      taskQueue: 'stepladder',
      workflowType: 'upgradeCluster',
      workflowId,
      input: request,
    });
    const digest = await openDigest(workflowId);
    const details = await ui.currentDetails(workflowId, 'Asked of you');
    expect(await details.innerText()).toContain(digest);

    const form = await ui.sendSignal(workflowId, 'approve', {
      gate: 'plan',
      by: 'on-call',
      digest: '00000000',
    });
    expect(form.shown).toContain('Approves the gate that is open: plan,');
    const refused = await ui.currentDetails(workflowId, 'Messages that were refused');
    expect(await refused.innerText()).toContain('digest 00000000 is not of this opening');

    await ui.sendUpdate(workflowId, 'approve', { gate: 'plan', by: 'on-call', digest });
    const result: unknown = await temporal.client.workflow.getHandle(workflowId).result();
    expect(result).toMatchObject({ outcome: 'completed', version: '1.32' });
  });

  it('starts an upgrade by the Temporal CLI and approves it by its signal', async () => {
    const workflowId = 'from-the-cli';
    const cli = (...args: string[]) =>
      execa(inject('temporal').binary, [
        'workflow',
        ...args,
        '--address',
        address,
        '--workflow-id',
        workflowId,
      ]);
    const input = JSON.stringify({ ...request, targetVersion: '1.33' });
    await cli('start', '--type', 'upgradeCluster', '--task-queue', 'stepladder', '--input', input);
    const digest = await openDigest(workflowId);
    await cli(
      'signal',
      '--name',
      'approve',
      '--input',
      JSON.stringify({ gate: 'plan', by: 'on-call', digest }),
    );
    const result: unknown = await temporal.client.workflow.getHandle(workflowId).result();
    expect(result).toMatchObject({ outcome: 'completed', version: '1.33' });
  });
});
