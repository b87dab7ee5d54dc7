import { describe, expect, it } from 'vitest';
import type { UpgradeStatus } from '../../src/contract/status.ts';
import { statusChanges } from '../../src/commands/rendering/statusChanges.ts';
import { at, gate, hop, sighting, stage, status, workflowId } from './fixtures.ts';

const first = sighting();

function after(change: Partial<UpgradeStatus>) {
  return statusChanges(first, sighting({ at: at('10:06:00'), status: status(change) }));
}

describe('the lines of a watch in a pipe', () => {
  it('are none when nothing has changed', () => {
    expect(statusChanges(first, sighting({ at: at('10:07:00') }))).toEqual([]);
  });

  it('each begin with the moment of the look', () => {
    const lines = statusChanges(undefined, first);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line.startsWith('2026-03-02T10:05:00.000Z ')).toBe(true);
    expect(lines.join('\n')).toContain('shop 1.31 → 1.33: upgrading');
    expect(lines.join('\n')).toContain('1.31 → 1.32 control-plane: running');
  });

  it('say when a stage ends, and how long it took', () => {
    const [control, ...rest] = hop().stages;
    const done = { ...control, stage: 'control-plane', state: 'done', endedAt: at('10:06:00') } as const;
    expect(after({ hops: [hop({ stages: [done, ...rest] })] })).toEqual([
      '2026-03-02T10:06:00.000Z 1.31 → 1.32 control-plane: done after 5 min',
    ]);
  });

  it('tell two node groups of one hop apart', () => {
    const [control, blue, end] = hop().stages;
    const green = stage({
      stage: 'workers',
      nodeGroup: 'green',
      state: 'running',
      startedAt: at('10:06:00'),
    });
    const lines = after({ hops: [hop({ stages: [control!, blue!, green, end!] })] });
    expect(lines).toEqual(['2026-03-02T10:06:00.000Z 1.31 → 1.32 workers green: running']);
  });

  it('show a gate with what answers it when it opens, and who answered when it closes', () => {
    const opened = sighting({ status: status({ gates: [gate()] }) });
    expect(statusChanges(first, opened).join('\n')).toContain(
      `stepladder approve ${workflowId} --gate plan --digest 3f2a9c1e`,
    );
    expect(statusChanges(opened, first)).toEqual(['2026-03-02T10:05:00.000Z the plan: approved by on-call']);
  });

  it('say when a wait begins and when it is over', () => {
    const wait = { kind: 'window', what: 'The window opens at ten.', since: at('10:05:30') } as const;
    const waiting = sighting({ status: status({ waits: [wait] }) });
    expect(statusChanges(first, waiting)[0]).toContain('waiting: window: The window opens at ten.');
    expect(statusChanges(waiting, first)[0]).toContain('no longer waiting: window');
  });

  it('repeat a wait that ended and began again', () => {
    const wait = { kind: 'retry', what: 'Again soon.', since: at('10:05:30') } as const;
    const once = sighting({ status: status({ waits: [wait] }) });
    const again = sighting({ status: status({ waits: [{ ...wait, since: at('10:06:30') }] }) });
    expect(statusChanges(once, again).join('\n')).toContain('waiting: retry: Again soon.');
  });

  it('tell refusals, actions and notes once', () => {
    const note = { at: at('10:06:00'), text: 'two probes were late' };
    const noted = sighting({ status: status({ notes: [note] }) });
    expect(statusChanges(first, noted).join('\n')).toContain('note: two probes were late');
    expect(statusChanges(noted, noted)).toEqual([]);
    const action = {
      at: at('10:06:00'),
      action: 'pause',
      by: 'second-on-call',
      effect: 'no new change starts',
    } as const;
    expect(after({ actions: [action] })[0]).toContain('pause by second-on-call: no new change starts');
    const refusal = { at: at('10:06:00'), message: 'reject', reason: 'no gate is open' };
    expect(after({ refusals: [refusal] })[0]).toContain('refused: reject: no gate is open');
  });

  it('say once that no worker answers, and once that one does again', () => {
    const gone = sighting({ workerAnswers: false });
    expect(statusChanges(first, gone).join('\n')).toContain('No worker answers');
    expect(statusChanges(gone, gone)).toEqual([]);
    expect(statusChanges(gone, first)).toEqual(['2026-03-02T10:05:00.000Z A worker answers again.']);
  });

  it('tell what a stage heartbeats, when it changes', () => {
    const progress = (line: string) =>
      sighting({ progress: [{ workflowId: `${workflowId}/1.32/workers/blue`, line, nodes: [] }] });
    expect(statusChanges(first, progress('1 of 3 nodes'))).toEqual([
      '2026-03-02T10:05:00.000Z 1.32/workers/blue: 1 of 3 nodes',
    ]);
    expect(statusChanges(progress('1 of 3 nodes'), progress('1 of 3 nodes'))).toEqual([]);
  });

  it('end with the outcome', () => {
    const ended = sighting({ ending: { state: 'completed', message: 'Cluster shop is at 1.33.' } });
    expect(statusChanges(first, ended)).toEqual([
      '2026-03-02T10:05:00.000Z completed: Cluster shop is at 1.33.',
    ]);
  });
});
