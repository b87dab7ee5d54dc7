import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openBrowser } from '../../scripts/browser.ts';
import { connectNative, connectTemporal, explicitTemporal } from '../../src/temporal/connection.ts';
import type { TemporalClient } from '../../src/temporal/connection.ts';
import { createLogger } from '../../src/temporal/logger.ts';
import { installRuntime } from '../../src/temporal/runtime.ts';
import { bundleWorkflows } from '../../src/temporal/workflowBundle.ts';
import { startWorker } from '../../src/worker.ts';
import { openTemporalUi } from './temporalUi.ts';
import type { TemporalUi } from './temporalUi.ts';

/** What Stepladder expects of the Temporal UI, with the smallest workflow that has it all. */
describe("the Temporal UI's own forms", () => {
  const taskQueue = `ui-${randomUUID()}`;
  let ui: TemporalUi;
  let temporal: TemporalClient;
  /** What was opened, the first first. */
  const closers: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const browser = await openBrowser();
    closers.push(() => browser.close());
    const { address, uiUrl } = inject('temporal');
    const settings = explicitTemporal(address);
    const log = createLogger({ level: 'error' });
    installRuntime({ log });
    temporal = await connectTemporal(settings);
    closers.push(() => temporal.close());
    const connection = await connectNative(settings);
    closers.push(() => connection.close());
    const workflows = join(import.meta.dirname, '../temporal/listenerWorkflow.ts');
    const worker = await startWorker({
      connection,
      namespace: settings.namespace,
      taskQueue,
      activities: {},
      log,
      workflowBundle: { code: await bundleWorkflows(workflows, log) },
    });
    closers.push(() => worker.stop());
    ui = await openTemporalUi(browser, uiUrl);
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  it('start a workflow, send signals and updates with their descriptions in view, and show the details', async () => {
    const workflowId = randomUUID();
    await ui.startWorkflow({
      taskQueue,
      workflowType: 'listen',
      workflowId,
      input: { cluster: { name: 'demo' } },
    });
    const handle = temporal.client.workflow.getHandle(workflowId);
    expect((await handle.describe()).type).toBe('listen');

    const details = await ui.currentDetails(workflowId, 'Listening');
    expect(await details.locator('table').innerText()).toMatch(/plan\s+nobody/);

    const signal = await ui.sendSignal(workflowId, 'say', { by: 'on-call' });
    expect(signal.shown).toContain('Says something. Example:');
    const update = await ui.sendUpdate(workflowId, 'approve', { by: 'second-on-call' });
    expect(update.shown).toContain('Approves. Example:');
    expect(await handle.query('heard')).toEqual([{ by: 'on-call' }, 'second-on-call']);

    await ui.currentDetails(workflowId, 'Heard');
    await handle.signal('finish');
    await handle.result();
  });
});
