import { describe, expect, it } from 'vitest';
import { nextForReturn, nextForUpgrade } from '../../../src/tools/helm/nextStep.ts';
import type { Newest } from '../../../src/tools/helm/nextStep.ts';

const updatedAt = '2026-11-27T12:00:00Z';
const soon = Date.parse(updatedAt) + 20_000;
const late = Date.parse(updatedAt) + 71_000;

const newest = (revision: number, status: string, more: Partial<Newest> = {}): Newest => ({
  revision,
  status,
  description: 'Upgrade complete',
  updatedAt,
  ...(status === 'deployed' ? { chartVersion: '2.0.0' } : {}),
  ...more,
});
const ours = { marked: true };
const theirs = { marked: false };
const returned = { description: 'Rollback to 5', marked: false };
const stopped = { marked: true, description: 'Upgrade "web" failed: context canceled' };

describe('the next step towards a new version', () => {
  const upgrading = { revisionBefore: 5, version: '2.0.0', timeoutMs: 60_000, now: late };
  const installing = { ...upgrading, revisionBefore: undefined };

  it.each([
    ['begins where the plan left it', newest(5, 'deployed'), upgrading, 'upgrade'],
    ['has nothing to do when it is there', newest(6, 'deployed', ours), upgrading, 'nothing'],
    ['has nothing to do when helmfile has brought it there', newest(6, 'deployed'), upgrading, 'nothing'],
    ['refuses a release that is gone', undefined, upgrading, 'refuse'],
    ['refuses one that failed since', newest(5, 'failed'), upgrading, 'refuse'],
    [
      'goes on from one of ours that failed, where that is allowed',
      newest(5, 'failed'),
      { ...upgrading, evenFailed: true },
      'upgrade',
    ],
    [
      'refuses one that somebody works on, whatever is allowed',
      newest(5, 'pending-upgrade'),
      { ...upgrading, evenFailed: true },
      'refuse',
    ],
    ['refuses one that somebody works on', newest(5, 'pending-upgrade'), upgrading, 'refuse'],
    ["refuses what is somebody else's", newest(6, 'deployed', theirs), upgrading, 'refuse'],
    ["refuses somebody else's pending one", newest(6, 'pending-upgrade', theirs), upgrading, 'refuse'],
    [
      'refuses another version',
      newest(6, 'deployed', { ...ours, chartVersion: '1.9.0' }),
      upgrading,
      'refuse',
    ],
    ['refuses one that went back in number', newest(4, 'deployed', theirs), upgrading, 'refuse'],
    [
      'takes back what an earlier run left pending',
      newest(6, 'pending-upgrade', ours),
      upgrading,
      'roll-back',
    ],
    [
      'takes back a rollback that was left pending',
      newest(7, 'pending-rollback', returned),
      upgrading,
      'roll-back',
    ],
    ['goes up again from where it was taken back to', newest(7, 'deployed', returned), upgrading, 'upgrade'],
    ['goes up again after its worker was stopped', newest(6, 'failed', stopped), upgrading, 'upgrade'],
    ['fails as an earlier run has failed', newest(6, 'failed', ours), upgrading, 'fail'],
    ['installs what is not there', undefined, installing, 'install'],
    ['has nothing to install twice', newest(1, 'deployed', ours), installing, 'nothing'],
    ["refuses to install over somebody else's", newest(1, 'deployed', theirs), installing, 'refuse'],
    ['uninstalls what was left pending', newest(1, 'pending-install', ours), installing, 'uninstall'],
    ['uninstalls what was stopped', newest(1, 'failed', stopped), installing, 'uninstall'],
    ['fails as the first installation has failed', newest(1, 'failed', ours), installing, 'fail'],
  ] as const)('%s', (_, found, aim, step) => {
    expect(nextForUpgrade(found, aim).do).toBe(step);
  });

  it('waits for as long as a lost worker may still be at work', () => {
    expect(nextForUpgrade(newest(6, 'pending-upgrade', ours), { ...upgrading, now: soon })).toEqual({
      do: 'wait',
      forMs: 50_000,
    });
    expect(nextForUpgrade(newest(1, 'pending-install', ours), { ...installing, now: soon })).toEqual({
      do: 'wait',
      forMs: 50_000,
    });
  });

  it('says what is otherwise than planned', () => {
    const found = newest(7, 'deployed', { ...theirs, description: 'by hand' });
    expect(nextForUpgrade(found, upgrading)).toEqual({
      do: 'refuse',
      why: 'its revision 7 (deployed, "by hand") was not made by this upgrade, which began at revision 5',
    });
  });
});

describe('the next step back', () => {
  const back = { revisionBefore: 5, timeoutMs: 60_000, now: late };
  const away = { ...back, revisionBefore: undefined };

  it.each([
    ['has nothing to do when nothing was begun', newest(5, 'deployed'), back, 'nothing'],
    ['has nothing to do when it is back', newest(7, 'deployed', returned), back, 'nothing'],
    ['takes back what was done', newest(6, 'deployed', ours), back, 'roll-back'],
    ['takes back what failed', newest(6, 'failed', ours), back, 'roll-back'],
    ['takes back what helmfile did', newest(6, 'deployed'), back, 'roll-back'],
    ['takes back what was left pending', newest(6, 'pending-upgrade', ours), back, 'roll-back'],
    [
      'tries a rollback again that failed',
      newest(7, 'failed', { marked: false, description: 'Rollback "web" failed: no' }),
      back,
      'roll-back',
    ],
    ["leaves somebody else's alone", newest(6, 'deployed', theirs), back, 'refuse'],
    ['refuses one that is gone', undefined, back, 'refuse'],
    ['uninstalls what was installed', newest(1, 'deployed', ours), away, 'uninstall'],
    ['uninstalls what failed', newest(1, 'failed', ours), away, 'uninstall'],
    ["does not uninstall somebody else's", newest(1, 'deployed', theirs), away, 'refuse'],
    ['has nothing to uninstall twice', undefined, away, 'nothing'],
  ] as const)('%s', (_, found, aim, step) => {
    expect(nextForReturn(found, aim).do).toBe(step);
  });

  it('waits for as long as a lost worker may still be at work', () => {
    const found = newest(6, 'pending-upgrade', ours);
    expect(nextForReturn(found, { ...back, now: soon })).toMatchObject({ do: 'wait' });
  });
});
