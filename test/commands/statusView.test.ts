import { describe, expect, it } from 'vitest';
import { statusView } from '../../src/commands/rendering/statusView.ts';
import { plain, styleOf } from '../../src/commands/rendering/style.ts';
import { at, digest, gate, hop, sighting, stage, status, workflowId } from './fixtures.ts';

const options = { style: plain, columns: 120, now: new Date(at('10:05:00')) };

describe('the view of an upgrade', () => {
  it('shows hops and stages with their state and how long they have taken', () => {
    const text = statusView(sighting(), options);
    expect(text).toContain('Cluster shop: 1.31 → 1.33');
    expect(text).toMatch(/1\.31 → 1\.32 +▶ +control-plane +4 min +control plane to 1\.32: EKS update 1f2e/);
    expect(text).toMatch(/· +workers blue/);
  });

  it('says for how long it runs and how much work is left by the estimates', () => {
    // 600 s less the 240 s that have passed, and the workers' 900 s.
    expect(statusView(sighting(), options)).toContain('upgrading, for 5 min, about 21 min of work left');
  });

  it('prefers what the stage told by its heartbeat, and shows its nodes', () => {
    const text = statusView(
      sighting({
        progress: [
          {
            workflowId: `${workflowId}/1.32/control-plane`,
            line: 'update InProgress, 480 probes, none failed',
            nodes: [
              { name: 'ip-1', kubeletVersion: 'v1.32.1', ready: true, schedulable: true },
              { name: 'ip-2', kubeletVersion: 'v1.31.4', ready: false, schedulable: false },
            ],
          },
        ],
      }),
      options,
    );
    expect(text).toContain('update InProgress, 480 probes');
    expect(text).not.toContain('EKS update 1f2e');
    expect(text).toContain('ip-2 v1.31.4 NotReady cordoned');
    expect(text.indexOf('ip-2')).toBeLessThan(text.indexOf('ip-1 '));
  });

  it('counts the nodes of a large group instead of listing them', () => {
    const nodes = Array.from({ length: 5000 }, (_, index) => ({
      name: `ip-${String(index).padStart(4, '0')}`,
      kubeletVersion: index < 3000 ? 'v1.32.1' : 'v1.31.4',
      ready: true,
      schedulable: true,
    }));
    const text = statusView(sighting({ progress: [{ workflowId: 'w', line: 'l', nodes }] }), options);
    expect(text).toContain('and 4992 others: 2992 at v1.32.1, 2000 at v1.31.4');
    expect(text.split('\n').length).toBeLessThan(40);
  });

  it('ends with the open gate: the command and the payload that answer it, and how long it stays open', () => {
    const text = statusView(
      sighting({ status: status({ phase: 'awaiting-approval', gates: [gate()], hops: [] }) }),
      options,
    );
    expect(text).toContain('1 h 55 min left');
    expect(text).toContain(`stepladder approve ${workflowId} --gate plan --digest 3f2a9c1e`);
    expect(text).toContain('{"gate":"plan","by":"your name","digest":"3f2a9c1e"}');
    expect(text).not.toContain(digest);
  });

  it('says what is waited for, since when, and until when at most', () => {
    const text = statusView(
      sighting({
        status: status({
          waits: [
            {
              kind: 'credentials',
              what: 'AWS refuses the credentials; renew them.',
              since: at('10:04:00'),
              until: at('11:00:00'),
              at: '1.32/control-plane',
            },
          ],
        }),
      }),
      options,
    );
    expect(text).toContain(
      'Waiting (1.32/control-plane), credentials, for 1 min, until 11:00:00 UTC (55 min left): AWS refuses the credentials',
    );
  });

  it('shows refused messages with the payload that would be right', () => {
    const refusals = [
      {
        at: at('10:03:00'),
        message: 'approve',
        by: 'on-call',
        reason: 'no gate is open',
        instead: '{"x":1}',
      },
    ];
    expect(statusView(sighting({ status: status({ refusals }) }), options)).toContain(
      'Refused at 10:03:00 UTC: approve by on-call: no gate is open. This would do: {"x":1}',
    );
  });

  it('goes on showing what it knew when no worker answers, and says so', () => {
    const text = statusView(sighting({ workerAnswers: false }), options);
    expect(text).toContain('No worker answers on task queue "stepladder"; still watching.');
    expect(text).toContain('control-plane');
  });

  it('tells a worker that fails from one that is not there', () => {
    const text = statusView(sighting({ workerAnswers: false, trouble: 'workflow task failed' }), options);
    expect(text).toContain("The worker can't carry this upgrade on (workflow task failed)");
    expect(text).not.toContain('No worker answers');
  });

  it('says how it ended and where the report is', () => {
    const text = statusView(
      sighting({
        status: status({ gates: [gate()] }),
        ending: { state: 'failed', message: 'An update failed.', report: 'k' },
      }),
      options,
    );
    expect(text).toContain('failed: An update failed.');
    expect(text).toContain(`stepladder report ${workflowId}`);
    expect(text).not.toContain('Waits for approval');
  });

  it('keeps its rows within the terminal', () => {
    const long = hop({
      stages: [stage({ state: 'running', startedAt: at('10:01:00'), detail: 'word '.repeat(100) })],
    });
    for (const line of statusView(sighting({ status: status({ hops: [long] }) }), options).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(120);
    }
  });

  it('has no escape sequences without colours, and some with them', () => {
    const escape = String.fromCharCode(27);
    expect(statusView(sighting(), options)).not.toContain(escape);
    expect(statusView(sighting(), { ...options, style: styleOf(true) })).toContain(escape);
  });
});
