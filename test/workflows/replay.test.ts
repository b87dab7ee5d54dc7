import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataConverter } from '../../src/temporal/dataConverter.ts';
import { createLogger } from '../../src/temporal/logger.ts';
import { installRuntime } from '../../src/temporal/runtime.ts';
import { loadWorkflowBundle } from '../../src/temporal/workflowBundle.ts';

const folder = join(import.meta.dirname, '..', 'histories');
const recorded = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.json'),
);

interface Recorded {
  workflowId: string;
  history: { events: object[] };
}

const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recorded;

describe('upgrades that older code has begun', { timeout: 120_000 }, () => {
  let replays: ReturnType<typeof Worker.runReplayHistories>;
  const outcomes = new Map<string, Error | undefined>();
  beforeAll(async () => {
    const log = createLogger({ level: 'silent' });
    installRuntime({ log });
    const workflowBundle = await loadWorkflowBundle(log);
    // One worker for all: to set one up takes longer than to replay a history.
    replays = Worker.runReplayHistories({ workflowBundle, dataConverter }, toReplay(recorded));
  });
  afterAll(async () => {
    await replays.return?.(undefined);
  });

  /** They come in the order of their files. */
  async function outcomeOf(file: string): Promise<Error | undefined> {
    for (const next of recorded.slice(outcomes.size)) {
      if (outcomes.has(file)) break;
      const { done, value } = await replays.next();
      if (done === true) throw new Error(`the replay ended at ${next}`);
      outcomes.set(next, value.error);
    }
    return outcomes.get(file);
  }

  it('are recorded at each gate and question, and for each outcome', () => {
    expect(recorded.map((file) => basename(file, '.json'))).toEqual(expect.arrayContaining(wanted));
  });

  it.each(recorded)('are carried on by the code of today: %s', async (file) => {
    expect(await outcomeOf(file)).toBeUndefined();
  });

  it('tell nothing of the machine that recorded them', () => {
    for (const file of recorded) {
      const told: string[] = [];
      JSON.stringify(read(file), (key, value: unknown) => {
        if (typeof value === 'string')
          told.push(key === 'data' ? Buffer.from(value, 'base64').toString() : value);
        if (key === 'identity') expect(value, file).toBe('');
        return value;
      });
      expect(
        told.filter((text) => /\/(?:home|root|tmp|Users|usr|opt)\/|node_modules/.test(text)),
        file,
      ).toEqual([]);
    }
  });
});

function* toReplay(files: readonly string[]) {
  for (const file of files) {
    const { workflowId, history } = read(file);
    yield { workflowId, history: historyFromJSON(history) };
  }
}

const wanted = [
  ...['gate-plan-open', 'gate-hop-open', 'gate-workers-open', 'completed', 'rejected', 'failed', 'aborted'],
  ...['surge', 'in-place'].flatMap((strategy) =>
    ['completed', 'decision-open', 'forced', 'aborted'].flatMap((moment) => [
      `${strategy}-${moment}`,
      `${strategy}-${moment}-stage`,
    ]),
  ),
  ...['surge-gate-retire-open', 'surge-moved-back'],
  ...['tool-gate-plan-open', 'tool-completed', 'tool-taken-back', 'tool-waiting-for-git', 'tool-aborted'],
  ...['completed', 'gate-cutover-open', 'gate-retire-open', 'amid-steps', 'soaking', 'asked-again'].map(
    ofMigration,
  ),
  ...['sent-back-and-over-again', 'aborted', 'failed', 'returned-and-ended', 'blue-kept'].map(ofMigration),
  ...['kept-and-rolled-back', 'asked-for-weights', 'held-over-a-difference', 'rejected'].map(ofMigration),
];

function ofMigration(moment: string): string {
  return `migration-${moment}`;
}
