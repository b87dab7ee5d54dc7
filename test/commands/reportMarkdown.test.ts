import { describe, expect, it } from 'vitest';
import { reportMarkdown } from '../../src/commands/rendering/reportMarkdown.ts';
import { at, hop, report, status } from './fixtures.ts';

const markdown = reportMarkdown(report());

/** The text under one heading. */
function under(heading: string, text = markdown): string {
  return text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
}

describe('a report as Markdown', () => {
  it('begins with how it ended', () => {
    expect(markdown.startsWith('# Upgrade of cluster shop: 1.31 → 1.32: completed\n')).toBe(true);
    expect(markdown).toContain('Cluster shop is at 1.32.');
    expect(markdown).toContain('| took | 1 h |');
  });

  it('lists every stage with its state and duration', () => {
    expect(under('What was done')).toMatch(/\| 1\.31 → 1\.32 \| control-plane \| done \| \S+ \| 10 min \|/);
  });

  it('tells measured downtime, and the time in which nobody measured as not known', () => {
    const text = under("The API server during its control plane's upgrade");
    expect(text).toContain('Downtime measured: **1.5 s**');
    expect(text).toContain('For 12 s nobody was probing');
    expect(text).toContain('| 1.31 → 1.32 | 1200 | 3 | 1.5 s | 1.5 s | 12 s |');
  });

  it('does not claim a downtime that nobody measured', () => {
    const text = reportMarkdown(report({ status: status({ hops: [hop()] }), downtimeSeconds: 0 }));
    expect(text).toContain('Nothing was measured');
    expect(text).not.toContain('Downtime measured');
  });

  it('names missing objects', () => {
    const text = under('Objects before and after');
    expect(text).toContain('340 objects compared, 2 are gone as the new version wants it, **1 missing**:');
    expect(text).toContain('  - ConfigMap shop/settings');
  });

  it('tells what was broken before from what is broken at the end', () => {
    const text = under('Workloads');
    expect(text).toContain('- Deployment shop/loyalty-beta: 0 of 1 Pods Ready');
    expect(text).toContain('Broken at the end, and well before: none.');
  });

  it('does not say that workloads are well when nobody looked again', () => {
    const text = reportMarkdown(report({ status: status({ hops: [hop()] }) }));
    expect(under('Workloads', text)).toContain('They were not looked at again');
    expect(text).not.toContain('well before: none');
  });

  it('says who approved what and when, with the digest and the comment', () => {
    const text = under('Approvals');
    expect(text).toContain('| the plan | 1 | `3f2a9c1e` |');
    expect(text).toContain(
      `| the plan | 2 | \`77aa55cc\` | ${at('10:00:05')} | approved | on-call | ${at('10:00:50')} | go \\| now |`,
    );
  });

  it('tells actions, refusals, overrides, what was put back, and notes', () => {
    expect(under('Pauses, resumptions, aborts, rollbacks')).toContain(
      '| pause | second-on-call | lunch | no new change |',
    );
    expect(under('Messages that were refused')).toContain(
      '`approve` by on-call: digest is of an earlier opening',
    );
    expect(under('Overridden by the request')).toContain('`insights/Insight/7f3c`: no reason was given.');
    expect(under('Changed for the upgrade’s sake')).toContain('update settings of node group blue: put back');
    expect(under('Notes')).toContain('(1.32 control-plane): two probes were late');
  });

  it('names unmanaged nodes as not upgraded', () => {
    expect(under('Nodes that were not upgraded')).toContain('3 Karpenter nodes at v1.31.4-eks-aeac579');
    expect(under('Nodes that were not upgraded')).toContain('and 2 more');
    expect(under('Nodes that were not upgraded')).toContain('**not upgraded**');
  });

  it('says who else owns what was changed, and what to change there', () => {
    expect(under('Who else owns what was changed')).toContain(
      'cluster shop: Terraform (`terraform=true`). Set cluster\\_version to 1.32.',
    );
  });

  it('lists findings, worst first, with where they were seen', () => {
    const text = under('Findings of the plan');
    expect(text.indexOf('**Blockers**')).toBeGreaterThan(0);
    expect(text.indexOf('**Blockers**')).toBeLessThan(text.indexOf('**Warnings**'));
    expect(text).toContain(`seen in Kubernetes API at ${at('10:00:01')}`);
  });

  it('says of what was overridden why, what it stands for, and who has approved it with which words', () => {
    const overrideReasons = { 'insights/Insight/7f3c': 'the client was upgraded on Monday' };
    const text = reportMarkdown(report({ overrideReasons }));
    const part = text.slice(text.indexOf('## Overridden by the request'));
    expect(part).toContain('`insights/Insight/7f3c`: the client was upgraded on Monday');
    expect(part).toContain('**blocker** A removed API is in use.');
    expect(part).toMatch(/Approved by \S+.* at 20/);
  });

  it('puts what was not put back at the top', () => {
    const compensation = {
      undo: 'restoreUpdateSettings',
      args: {},
      what: 'update settings of node group blue',
      recordedAt: at('10:12:00'),
      state: 'failed',
    } as const;
    const text = reportMarkdown(report({ status: status({ compensations: [compensation] }) }));
    expect(text.indexOf('Not put back, see to it')).toBeGreaterThan(0);
    expect(text.indexOf('Not put back, see to it')).toBeLessThan(text.indexOf('## What was done'));
  });

  it('shows what people and clusters have written, and lets none of it be Markdown', () => {
    const text = reportMarkdown(
      report({ brokenBefore: ['Deployment shop/x: <img src=x> [a](http://b) | c\n# d'] }),
    );
    expect(text).toContain('\\<img src=x\\> \\[a\\](http://b) \\| c # d');
  });

  it('is complete for an upgrade that ended before there was a plan', () => {
    const text = reportMarkdown(
      report({ status: status({ hops: [], gates: [], phase: 'failed' }), unmanagedNodes: [], ownership: [] }),
    );
    expect(text).toContain('Nothing: it ended before there was a plan.');
    expect(text).not.toContain('undefined');
  });
});
