import { describe, expect, it } from 'vitest';
import { decisionQuestion } from '../../src/commands/rendering/decisionView.ts';
import { statusChanges } from '../../src/commands/rendering/statusChanges.ts';
import { statusView } from '../../src/commands/rendering/statusView.ts';
import { plain } from '../../src/commands/rendering/style.ts';
import type { UpgradeStatus } from '../../src/contract/status.ts';
import { at, digest, gate, migrating, migration, sighting, workflowId } from './fixtures.ts';

const options = { style: plain, columns: 120, now: new Date(at('10:05:00')) };
const view = (change: Partial<UpgradeStatus> = {}) =>
  statusView(sighting({ status: migrating(change) }), options);

describe('the view of a migration', () => {
  it('draws where the users are, how far the steps have come, which cluster is which, and how to go back', () => {
    expect(view()).toContain(
      [
        'Users   blue 75 % ███████████████░░░░░ green 25 %',
        '        step 2 of 4 (5, 25, 50, 100 %), since 10:04:00 UTC',
        '        blue is shop, green is shop-1-34; users come by http://shop.example.com',
        `        to send all users back to blue: stepladder rollback ${workflowId}`,
        '',
      ].join('\n'),
    );
  });

  it('says why the users were sent back, in lines that fit', () => {
    const why = 'At 25 % shop-1-34 did worse: the probe storefront failed twice in a row, with HTTP 503.';
    const moves = [...migration().moves, { at: at('10:04:30'), to: { blue: 100, green: 0 }, why }];
    const back = migration({ weights: { blue: 100, green: 0 }, moves });
    const text = statusView(sighting({ status: migrating({ migration: back }) }), {
      ...options,
      columns: 80,
    });
    expect(text).toContain(
      [
        '        since 10:04:30 UTC: At 25 % shop-1-34 did worse: the probe storefront',
        '        failed twice in a row, with HTTP 503.',
      ].join('\n'),
    );
    expect(text).not.toContain('rollback');
  });

  it.each<[string, Partial<UpgradeStatus>]>([
    [
      'the deletion of the old cluster was approved',
      { gates: [gate({ gate: 'retire', outcome: 'approved' })] },
    ],
    ['it is being aborted', { phase: 'aborting' }],
    ['it has ended', { phase: 'completed', endedAt: at('10:04:50') }],
    ['no user is on the new cluster', { migration: migration({ weights: { blue: 100, green: 0 } }) }],
  ])('offers no way back when %s', (_, change) => {
    expect(view(change)).not.toContain('stepladder rollback');
  });

  it('shows its stages and the soak', () => {
    const text = view();
    expect(text).toMatch(/1\.31 → 1\.34 +✓ +green-cluster +1 min/);
    expect(text).toMatch(/▶ +cutover/);
    expect(text).toContain(
      'Waiting (1.34/cutover), soak, for 1 min, until 10:09:00 UTC (4 min left): 25 % of the users are on shop-1-34',
    );
  });

  it('says until when the old cluster is kept, and then what was deleted', () => {
    expect(view({ migration: migration({ keepUntil: at('12:00:00') }) })).toContain(
      'blue is kept until 12:00:00 UTC at least',
    );
    expect(view({ migration: migration({ keepUntil: at('10:04:30') }) })).toContain(
      'blue is kept until its deletion is approved',
    );
    const retired = view({
      migration: migration({ keepUntil: at('12:00:00'), removed: ['node group general', 'cluster shop'] }),
    });
    expect(retired).toContain('deleted: node group general, cluster shop');
    expect(retired).not.toContain('is kept');
  });

  it('ends with all that is asked at the gate, and the commands that answer it', () => {
    const shown = [
      'Send the users over?',
      '- **copied**: 3 objects',
      '  - shop: `https://green.example.com/health`',
    ];
    const text = view({ gates: [gate({ gate: 'cutover', hop: '1.34', shown })] });
    expect(text.slice(text.indexOf('Waits for approval'))).toBe(
      [
        'Waits for approval of the cutover to 1.34, digest 3f2a9c1e, until 12:00:05 UTC (1 h 55 min left):',
        '  Send the users over?',
        '  - copied: 3 objects',
        '    - shop: https://green.example.com/health',
        `  to approve:      stepladder approve ${workflowId} --gate cutover --digest 3f2a9c1e`,
        `  to say no:       stepladder reject ${workflowId} --gate cutover --digest 3f2a9c1e`,
        '  Temporal UI:     signal or update "approve" or "reject" with {"gate":"cutover","by":"your name","digest":"3f2a9c1e"}',
      ].join('\n'),
    );
  });

  it('shows of a running stage all that it tells, below the table where there is no room beside', () => {
    const line =
      '25 % on shop-1-34: blue 4 of 4 healthy, green 4 of 4; storefront holds, storefront health holds';
    const progress = [{ workflowId, line, nodes: [] }];
    const narrow = statusView(sighting({ status: migrating(), progress }), { ...options, columns: 80 });
    expect(narrow).toContain(
      'cutover: 25 % on shop-1-34: blue 4 of 4 healthy, green 4 of 4; storefront holds,\n  storefront health holds\n',
    );
    const wide = statusView(sighting({ status: migrating(), progress }), { ...options, columns: 160 });
    expect(wide).not.toContain('cutover: 25 %');
    expect(wide).toContain(line);
  });

  it('shows what the migration itself heartbeats beside the stage that runs', () => {
    const progress = [{ workflowId, line: 'cluster shop-1-34 is CREATING', nodes: [] }];
    const text = statusView(sighting({ status: migrating(), progress }), options);
    expect(text).toMatch(/cutover +2 min +cluster shop-1-34 is CREATING/);
  });
});

describe('the lines of a migration in a pipe', () => {
  const before = sighting({ status: migrating({ migration: migration({ moves: [] }) }) });

  it('tell every move of the users once', () => {
    const now = sighting({ status: migrating() });
    expect(statusChanges(before, now)).toEqual([
      `${at('10:05:00')} users: blue 95 %, green 5 % (step of 5 %)`,
      `${at('10:05:00')} users: blue 75 %, green 25 % (step of 25 %)`,
    ]);
    expect(statusChanges(now, now)).toEqual([]);
  });

  it('tell how long the old cluster is kept, and what is deleted then', () => {
    const now = sighting({ status: migrating() });
    const kept = sighting({ status: migrating({ migration: migration({ keepUntil: at('12:00:00') }) }) });
    const retired = sighting({
      status: migrating({ migration: migration({ keepUntil: at('12:00:00'), removed: ['cluster shop'] }) }),
    });
    expect(statusChanges(now, kept)).toEqual([
      `${at('10:05:00')} the old cluster is kept until ${at('12:00:00')} at least`,
    ]);
    expect(statusChanges(kept, retired)).toEqual([`${at('10:05:00')} deleted: cluster shop`]);
  });

  it('tell by its stage what the migration itself heartbeats', () => {
    const now = sighting({ status: migrating() });
    const told = sighting({
      status: migrating(),
      progress: [{ workflowId, line: 'blue 3 of 3 healthy', nodes: [] }],
    });
    expect(statusChanges(now, told)).toEqual([`${at('10:05:00')} 1.34 cutover: blue 3 of 3 healthy`]);
  });

  it('say who has approved the cutover', () => {
    const approved = gate({ gate: 'cutover', hop: '1.34', outcome: 'approved', by: 'on-call' });
    const opened = sighting({ status: migrating({ gates: [{ ...approved, outcome: undefined }] as never }) });
    const now = sighting({ status: migrating({ gates: [approved] }) });
    expect(statusChanges(opened, now)).toEqual([
      `${at('10:05:00')} the cutover to 1.34: approved by on-call`,
    ]);
  });
});

describe('a question about a cutover', () => {
  it('explains its options by where the users go', () => {
    const text = decisionQuestion(
      {
        about: 'step',
        at: '1.34/cutover',
        ...{ opening: 1, digest, openedAt: at('10:05:00'), pods: [] },
        options: ['wait', 'forward', 'back'],
        byDefault: 'back',
        shown: ['Nobody knows how green does.'],
      },
      plain,
      120,
    );
    expect(text).toContain('  wait     leave the users where they are, and go on looking');
    expect(text).toContain('  forward  go on with the next step');
    expect(text).toContain('  back     send all users back to the old cluster');
    expect(text).not.toContain('Pods');
  });
});
