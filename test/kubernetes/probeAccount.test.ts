import { describe, expect, test } from 'vitest';
import { addPause, addProbe, openAccount, summarize } from '../../src/kubernetes/probeAccount.ts';
import type { ProbeAccount, ProbeResult } from '../../src/kubernetes/probeAccount.ts';

const longestPauseMs = 2_000;
/** A probe from one time to another, milliseconds. */
const up = (startedAt: number, endedAt = startedAt + 10): ProbeResult => ({ startedAt, endedAt, up: true });
const down = (startedAt: number, endedAt = startedAt + 10): ProbeResult => ({
  startedAt,
  endedAt,
  up: false,
});

function account(...probes: ProbeResult[]): ProbeAccount {
  return probes.reduce((sum, probe) => addProbe(sum, probe, longestPauseMs), openAccount(0));
}

describe('downtime is counted from the first failed probe to the next good answer', () => {
  test.each([
    ['nothing failed', [up(0), up(500), up(1000)], [3, 0, 0, 0, 0]],
    ['one failure', [up(0), down(500), up(1000)], [3, 1, 0.51, 0.51, 0]],
    [
      'three in a row are one outage',
      [up(0), down(500), down(1000), down(1500), up(2000)],
      [5, 3, 1.51, 1.51, 0],
    ],
    ['two outages', [down(0), up(500), up(1000), down(1500), down(2000), up(2500)], [6, 3, 1.52, 1.01, 0]],
    ['it begins with a failure', [down(0), up(1000)], [2, 1, 1.01, 1.01, 0]],
    ['a probe that ran into its time limit', [up(0), down(500, 3500), up(3500)], [3, 1, 3.01, 3.01, 0]],
    ['an outage that goes on', [up(0), down(500), down(1000)], [3, 2, 0.51, 0.51, 0]],
    ['a slow good answer', [up(0), up(500, 2400)], [2, 0, 0, 0, 0]],
    ['a pause', [up(0), up(5000)], [2, 0, 0, 0, 4.99]],
    ['a pause within an outage', [down(0), down(500), down(9000), up(9500)], [4, 3, 1.02, 0.51, 8.49]],
    ['a pause before the first probe', [up(3000)], [1, 0, 0, 0, 3]],
  ])('%s', (_, probes, [count, failures, downtime, longest, unobserved]) => {
    expect(summarize(account(...probes))).toEqual({
      probes: count,
      failures,
      downtimeSeconds: downtime,
      longestOutageSeconds: longest,
      unobservedSeconds: unobserved,
    });
  });
});

test('time in which no probe could be made is unobserved, and ends an outage', () => {
  const paused = addPause(account(down(0)), 1_010);
  expect(summarize(addProbe(paused, up(1_500), longestPauseMs))).toMatchObject({
    downtimeSeconds: 0.01,
    unobservedSeconds: 1,
  });
});

test('goes on from what an earlier process has measured', () => {
  const prior = {
    probes: 10,
    failures: 2,
    downtimeSeconds: 3,
    longestOutageSeconds: 2,
    unobservedSeconds: 1,
  };
  const resumed = openAccount(50, prior, 7_000);
  const later = [down(100), up(600)].reduce((sum, probe) => addProbe(sum, probe, longestPauseMs), resumed);
  expect(summarize(later)).toEqual({
    probes: 12,
    failures: 3,
    downtimeSeconds: 3.51,
    longestOutageSeconds: 2,
    unobservedSeconds: 8,
  });
});
