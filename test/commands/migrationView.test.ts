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
  it('draws where the users are, since when, and which cluster is which', () => {
    const text = view();
    expect(text).toContain(
      'Users   blue 75 % ███████████████░░░░░ green 25 %   since 10:04:00 UTC: step of 25 %',
    );
    expect(text).toContain('blue is shop, green is shop-1-34, they come by http://shop.example.com');
  });

  it('shows its stages and the soak', () => {
    const text = view();
    expect(text).toMatch(/1\.31 → 1\.34 +✓ +green-cluster +1 min/);
    expect(text).toMatch(/▶ +cutover/);
    expect(text).toContain(
      'Waiting (1.34/cutover), soak, for 1 min, until 10:09:00 UTC at most: 25 % of the users are on shop-1-34',
    );
  });

  it('says until when the old cluster is kept, and then what was deleted', () => {
    expect(view({ migration: migration({ keepUntil: at('12:00:00') }) })).toContain(
      'blue is kept until 12:00:00 UTC at least',
    );
    const retired = view({
      migration: migration({ keepUntil: at('12:00:00'), removed: ['node group general', 'cluster shop'] }),
    });
    expect(retired).toContain('deleted: node group general, cluster shop');
    expect(retired).not.toContain('is kept');
  });

  it('ends with the open gate and the command that approves it', () => {
    const text = view({ gates: [gate({ gate: 'cutover', hop: '1.34' })] });
    expect(text).toContain('Waits for approval of the cutover to 1.34, digest 3f2a9c1e');
    expect(text).toContain(`stepladder approve ${workflowId} --gate cutover --digest 3f2a9c1e`);
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
    );
    expect(text).toContain('wait: leave the users where they are, and go on looking');
    expect(text).toContain('forward: go on with the next step');
    expect(text).toContain('back: send all users back to the old cluster');
    expect(text).not.toContain('Pods');
  });
});
