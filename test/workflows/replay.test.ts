import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { dataConverter } from '../../src/temporal/dataConverter.ts';
import { createLogger } from '../../src/temporal/logger.ts';
import { installRuntime } from '../../src/temporal/runtime.ts';
import { loadWorkflowBundle } from '../../src/temporal/workflowBundle.ts';

const folder = join(import.meta.dirname, '..', 'histories');
const recorded = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.json'),
);

describe('upgrades that older code has begun', () => {
  let workflowBundle: WorkflowBundleOption;
  beforeAll(async () => {
    const log = createLogger({ level: 'silent' });
    installRuntime({ log });
    workflowBundle = await loadWorkflowBundle(log);
  });

  it('are recorded at each gate and for each outcome', () => {
    expect(recorded.map((file) => basename(file, '.json'))).toEqual(
      expect.arrayContaining([
        'gate-plan-open',
        'gate-hop-open',
        'gate-workers-open',
        'completed',
        'rejected',
        'failed',
        'aborted',
      ]),
    );
  });

  it.each(recorded)('are carried on by the code of today: %s', async (file) => {
    const { workflowId, history } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      workflowId: string;
      history: unknown;
    };
    await Worker.runReplayHistory({ workflowBundle, dataConverter }, historyFromJSON(history), workflowId);
  });
});
