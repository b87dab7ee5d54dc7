import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { errorRetry } from '../../src/contract/errors.ts';
import { parseDecision, parseGateAnswer, parseRemark } from '../../src/contract/messages.ts';
import { readRequest } from '../../src/contract/request.ts';
import type { Phase, WaitKind } from '../../src/contract/status.ts';

const runbook = await readFile(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const headings = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, text]) => text ?? '');

const payloads = new Map<string, (payload: unknown) => { ok: boolean }>([
  ['approve', parseGateAnswer],
  ['reject', parseGateAnswer],
  ['decide', parseDecision],
]);

/** Records, so that a new kind can't be forgotten here: it would not compile. */
const waitKinds: Record<WaitKind, true> = {
  gate: true,
  window: true,
  pause: true,
  credentials: true,
  connection: true,
  'update-in-progress': true,
  'slow-update': true,
  retry: true,
  workloads: true,
  nodes: true,
  drain: true,
  guard: true,
  git: true,
  decision: true,
  green: true,
  soak: true,
  'keep-old': true,
};
const phases: Record<Phase, true> = {
  starting: true,
  planning: true,
  'awaiting-approval': true,
  upgrading: true,
  aborting: true,
  completed: true,
  failed: true,
  rejected: true,
  aborted: true,
};

describe('docs/runbook.md', () => {
  it.each(Object.keys(waitKinds))('says what to do about the wait %s', (kind) => {
    expect(headings).toContain(`Waiting: \`${kind}\``);
  });

  it.each(Object.keys(errorRetry))('says what to do about the error %s', (name) => {
    expect(headings).toContain(`\`${name}\``);
  });

  it('has no heading for a wait or an error that does not exist', () => {
    const waits = headings.flatMap((heading) => /^Waiting: `(.+)`$/.exec(heading)?.[1] ?? []);
    const errors = headings.flatMap((heading) => /^`(.+)`$/.exec(heading)?.[1] ?? []);
    expect(waits.sort()).toEqual(Object.keys(waitKinds).sort());
    expect(errors.sort()).toEqual(Object.keys(errorRetry).sort());
  });

  it.each(Object.keys(phases))('says what phase %s means', (phase) => {
    expect(runbook).toMatch(new RegExp(`^\\| \`${phase}\` +\\| \\S`, 'm'));
  });

  it('has commands whose payloads are read as they stand', () => {
    const commands = [...runbook.matchAll(/--name (\w+) --input '(\{.*?\})'/g)];
    expect(commands.length).toBeGreaterThanOrEqual(3);
    for (const [, name, payload] of commands) {
      const read = payloads.get(name ?? '') ?? parseRemark;
      expect(read(JSON.parse(payload ?? '')), payload).toMatchObject({ ok: true });
    }
    const start = /--type upgradeCluster[\s\S]*?--input '(\{.*?\})'\n/.exec(runbook)?.[1];
    expect(() => readRequest('upgradeCluster', JSON.parse(start ?? ''))).not.toThrow();
  });

  it('has links within itself that lead somewhere', () => {
    const anchors = headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const [, anchor] of runbook.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
  });
});
