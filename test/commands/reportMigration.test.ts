import { describe, expect, it } from 'vitest';
import { reportMarkdown } from '../../src/commands/rendering/reportMarkdown.ts';
import type { MigrationStatus } from '../../src/contract/migration.ts';
import type { GateRecord } from '../../src/contract/status.ts';
import { at, gate, migrating, migration, report } from './fixtures.ts';

const approved = gate({
  gate: 'cutover',
  hop: '1.34',
  outcome: 'approved',
  by: 'on-call',
  comment: 'go | now',
  answeredAt: at('10:02:50'),
});
const retired = gate({
  gate: 'retire',
  hop: '1.34',
  outcome: 'approved',
  by: 'second-on-call',
  answeredAt: at('10:35:00'),
});

function markdown(change: Partial<MigrationStatus> = {}, gates: GateRecord[] = [approved]): string {
  return reportMarkdown(
    report({
      status: migrating({ phase: 'completed', endedAt: at('11:00:00'), gates, migration: migration(change) }),
    }),
  );
}

/** The text under one heading. */
function under(heading: string, text: string): string {
  return text.split(`\n## ${heading}\n\n`)[1]?.split('\n\n## ')[0] ?? '';
}

describe('the report of a migration', () => {
  it('begins with both clusters', () => {
    expect(markdown()).toMatch(/^# Migration of cluster shop to shop-1-34: 1\.31 → 1\.34: completed\n/);
  });

  it('says what was copied and compared, each difference with its reason', () => {
    const text = markdown({
      copied: { applied: 118, unchanged: 2, leftOut: 40, refusedCount: 0 },
      compared: {
        ...{ same: 120, explained: [{ reason: 'owned by a chart', count: 7 }], unexplainedCount: 0 },
        contents: { compared: 110, differing: 2 },
      },
    });
    expect(under('What came to the new cluster', text)).toBe(
      [
        '- Copied: 118 objects; 2 were there already, 40 stayed behind, none was refused.',
        '- Compared: 120 objects on both, no difference without a reason.',
        '  - 7: owned by a chart',
        '  - 110 compared by what they say: 2 not the same',
      ].join('\n'),
    );
  });

  it('does not hide what was refused, what differs, or that nobody has looked', () => {
    const bad = markdown({
      copied: { applied: 1, unchanged: 0, leftOut: 0, refusedCount: 3 },
      compared: { same: 1, explained: [], unexplainedCount: 2 },
    });
    expect(bad).toContain('**3 were refused**');
    expect(bad).toContain('**2 differences without a reason**');
    expect(markdown()).toContain('The inventories were not compared.');
  });

  it('lists the probes with what they came to', () => {
    const probed = [
      { name: 'shop', state: 'holds', why: 'answered 200', asked: 3, inARow: 3 },
      { name: 'orders', state: 'unknown', why: 'nobody | answered', asked: 9, inARow: 0 },
    ] as const;
    const text = under(
      'Probes of the new cluster before users were sent there',
      markdown({ probed: [...probed] }),
    );
    expect(text).toContain('| shop | holds | 3 | 3 | answered 200 |');
    expect(text).toContain('| orders | **unknown** | 9 | 0 | nobody \\| answered |');
  });

  it('says who approved the cutover, and every move of the users with how long it lasted', () => {
    const text = under('How the users went', markdown());
    expect(text).toContain(
      `- Opening 1 of the cutover was approved by on-call at ${at('10:02:50')}: go \\| now`,
    );
    expect(text).toContain(`| ${at('10:03:00')} | blue 95 %, green 5 % | 1 min | step of 5 % |`);
    expect(text).toContain(`| ${at('10:04:00')} | blue 75 %, green 25 % |  | step of 25 % |`);
    expect(text).toContain('At the end: **blue 75 %, green 25 %**.');
  });

  it('says that nobody has approved it where the users never went', () => {
    const text = under('How the users went', markdown({ moves: [] }, []));
    expect(text).toContain('Nobody has approved the cutover.');
    expect(text).toContain('The routing was not changed.');
  });

  it('reckons how long green served alone from when all users stayed there, to when the old one was given up', () => {
    const to = (green: number) => ({ blue: 100 - green, green });
    const text = markdown(
      {
        moves: [
          { at: at('10:03:00'), to: to(100), why: 'step of 100 %' },
          { at: at('10:04:00'), to: to(0), why: 'rollback' },
          { at: at('10:05:00'), to: to(100), why: 'step of 100 %' },
        ],
        keepUntil: at('10:30:00'),
        removed: ['node group general', 'cluster shop'],
      },
      [approved, retired],
    );
    expect(under('The old cluster', text)).toBe(
      [
        '- The new cluster served all users for 30 min before the end of the old one was approved.',
        `- It was to be kept until ${at('10:30:00')} at least.`,
        '- Deleted: node group general, cluster shop.',
      ].join('\n'),
    );
  });

  it('says that nothing of the old cluster was deleted where that is so', () => {
    expect(under('The old cluster', markdown())).toBe('- Nothing of `shop` was deleted.');
  });
});

it('the report of an upgrade in place has nothing of it', () => {
  const text = reportMarkdown(report());
  expect(text).not.toContain('new cluster');
  expect(text).not.toContain('How the users went');
});
