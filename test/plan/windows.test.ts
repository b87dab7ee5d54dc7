import { describe, expect, it } from 'vitest';
import type { MaintenanceWindow } from '../../src/contract/request.ts';
import { nextWindow, windowsForHops } from '../../src/plan/windows.ts';
import { observe, plan } from './fixtures.ts';

const everyDay: MaintenanceWindow['days'] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const window = (
  from: string,
  to: string,
  timeZone = 'UTC',
  days: MaintenanceWindow['days'] = everyDay,
): MaintenanceWindow => ({ from, to, timeZone, days });

/** 2026-03-02 is a Monday. */
describe('nextWindow', () => {
  it.each([
    [
      'before it',
      window('10:00', '12:00'),
      '2026-03-02T09:00Z',
      60,
      '2026-03-02T10:00Z',
      '2026-03-02T12:00Z',
    ],
    [
      'as it opens',
      window('10:00', '12:00'),
      '2026-03-02T10:00Z',
      0,
      '2026-03-02T10:00Z',
      '2026-03-02T12:00Z',
    ],
    ['inside', window('10:00', '12:00'), '2026-03-02T11:59Z', 0, '2026-03-02T10:00Z', '2026-03-02T12:00Z'],
    [
      'as it closes',
      window('10:00', '12:00'),
      '2026-03-02T12:00Z',
      22 * 60,
      '2026-03-03T10:00Z',
      '2026-03-03T12:00Z',
    ],
    [
      'over midnight, in the evening',
      window('22:00', '06:00'),
      '2026-03-02T23:00Z',
      0,
      '2026-03-02T22:00Z',
      '2026-03-03T06:00Z',
    ],
    [
      'over midnight, in the morning',
      window('22:00', '06:00'),
      '2026-03-03T05:59Z',
      0,
      '2026-03-02T22:00Z',
      '2026-03-03T06:00Z',
    ],
    [
      'over midnight, by day',
      window('22:00', '06:00'),
      '2026-03-03T06:00Z',
      16 * 60,
      '2026-03-03T22:00Z',
      '2026-03-04T06:00Z',
    ],
    [
      'until midnight',
      window('22:00', '00:00'),
      '2026-03-02T23:59Z',
      0,
      '2026-03-02T22:00Z',
      '2026-03-03T00:00Z',
    ],
    [
      'the morning after a day on which it opens',
      window('22:00', '06:00', 'UTC', ['Fri']),
      '2026-03-07T03:00Z',
      0,
      '2026-03-06T22:00Z',
      '2026-03-07T06:00Z',
    ],
    [
      'the morning of a day on which it opens',
      window('22:00', '06:00', 'UTC', ['Sat']),
      '2026-03-07T03:00Z',
      19 * 60,
      '2026-03-07T22:00Z',
      '2026-03-08T06:00Z',
    ],
    [
      'until the next week',
      window('10:00', '12:00', 'UTC', ['Mon']),
      '2026-03-02T12:00Z',
      7 * 24 * 60 - 120,
      '2026-03-09T10:00Z',
      '2026-03-09T12:00Z',
    ],
    [
      'in another zone',
      window('22:00', '06:00', 'Asia/Tokyo'),
      '2026-03-02T12:00Z',
      60,
      '2026-03-02T13:00Z',
      '2026-03-02T21:00Z',
    ],
    [
      'by the zone’s day, not by UTC’s',
      window('01:00', '02:00', 'Asia/Tokyo', ['Tue']),
      '2026-03-02T15:00Z',
      60,
      '2026-03-02T16:00Z',
      '2026-03-02T17:00Z',
    ],
    // New York: on 2026-03-08 the clocks go from 02:00 to 03:00 (EST -5 to EDT -4).
    [
      'over a night that is an hour short',
      window('22:00', '06:00', 'America/New_York'),
      '2026-03-08T04:00Z',
      0,
      '2026-03-08T03:00Z',
      '2026-03-08T10:00Z',
    ],
    [
      'that opens in a gap, when the clocks change',
      window('02:30', '05:00', 'America/New_York'),
      '2026-03-08T06:00Z',
      60,
      '2026-03-08T07:00Z',
      '2026-03-08T09:00Z',
    ],
    [
      'that closes in a gap, when the clocks change',
      window('01:00', '02:30', 'America/New_York'),
      '2026-03-08T06:30Z',
      0,
      '2026-03-08T06:00Z',
      '2026-03-08T07:00Z',
    ],
    [
      'that lies in a gap, the next day',
      window('02:15', '02:45', 'America/New_York'),
      '2026-03-08T06:00Z',
      24 * 60 + 15,
      '2026-03-09T06:15Z',
      '2026-03-09T06:45Z',
    ],
    [
      'that lies in a gap, a week later',
      window('02:15', '02:45', 'America/New_York', ['Sun']),
      '2026-03-08T06:00Z',
      7 * 24 * 60 + 15,
      '2026-03-15T06:15Z',
      '2026-03-15T06:45Z',
    ],
    // On 2026-11-01 they show 01:00 to 02:00 twice (05:00Z and 06:00Z).
    [
      'over a night that is an hour long',
      window('22:00', '06:00', 'America/New_York'),
      '2026-11-01T10:30Z',
      0,
      '2026-11-01T02:00Z',
      '2026-11-01T11:00Z',
    ],
    [
      'that opens at a time shown twice, the first time',
      window('01:30', '03:00', 'America/New_York'),
      '2026-11-01T05:00Z',
      30,
      '2026-11-01T05:30Z',
      '2026-11-01T08:00Z',
    ],
    [
      'that closes at a time shown twice, the first time',
      window('00:30', '01:30', 'America/New_York'),
      '2026-11-01T05:30Z',
      24 * 60,
      '2026-11-02T05:30Z',
      '2026-11-02T06:30Z',
    ],
    // Havana: on 2026-03-08 the clocks go from 00:00 to 01:00.
    [
      'where midnight itself is skipped',
      window('00:00', '04:00', 'America/Havana', ['Sun']),
      '2026-03-08T04:00Z',
      60,
      '2026-03-08T05:00Z',
      '2026-03-08T08:00Z',
    ],
    // Lord Howe: half an hour, on 2026-10-04 from 02:00 to 02:30 (+10:30 to +11).
    [
      'where the clocks change by half an hour',
      window('02:15', '04:00', 'Australia/Lord_Howe'),
      '2026-10-03T15:00Z',
      30,
      '2026-10-03T15:30Z',
      '2026-10-03T17:00Z',
    ],
  ])('%s', (_, given, at, waitMinutes, opensAt, closesAt) => {
    expect(nextWindow(given, new Date(at))).toEqual({
      waitMs: waitMinutes * 60_000,
      opensAt: new Date(opensAt).toISOString(),
      closesAt: new Date(closesAt).toISOString(),
    });
  });

  it.each([
    ['spring', Date.UTC(2026, 2, 22)],
    ['autumn', Date.UTC(2026, 9, 18)],
  ])(
    'always gives a time inside the window, in every half hour around the clock change in %s',
    (_, start) => {
      const given = window('23:30', '02:15', 'Europe/Berlin', ['Sat', 'Wed']);
      for (let at = start; at < start + 14 * 86_400_000; at += 1_800_000) {
        const { waitMs, opensAt, closesAt } = nextWindow(given, new Date(at));
        const begins = at + waitMs;
        expect(begins).toBeGreaterThanOrEqual(Date.parse(opensAt));
        expect(begins).toBeLessThan(Date.parse(closesAt));
        expect(nextWindow(given, new Date(begins)).waitMs).toBe(0);
      }
    },
  );
});

describe('windowsForHops', () => {
  const made = plan(observe());
  const hours = (...of: number[]) =>
    made.plan.hops.map((hop, index) => ({
      hop: hop.to,
      stage: 'control-plane' as const,
      seconds: (of[index] ?? 0) * 3600,
    }));
  const evenings = window('20:00', '22:00');
  const now = new Date('2026-03-02T10:00:00Z');

  it('puts both hops into one opening when there is room', () => {
    expect(windowsForHops(made.plan, hours(0.5, 0.5), evenings, now)).toEqual([
      { hop: '1.32', opensAt: '2026-03-02T20:00:00.000Z', closesAt: '2026-03-02T22:00:00.000Z', fits: true },
      { hop: '1.33', opensAt: '2026-03-02T20:00:00.000Z', closesAt: '2026-03-02T22:00:00.000Z', fits: true },
    ]);
  });

  it('says when the second begins inside it and ends outside', () => {
    expect(windowsForHops(made.plan, hours(1.5, 1), evenings, now)[1]).toMatchObject({
      opensAt: '2026-03-02T20:00:00.000Z',
      fits: false,
    });
  });

  it('moves the second to the next opening when the first takes it all, or longer', () => {
    expect(windowsForHops(made.plan, hours(3, 1), evenings, now)).toMatchObject([
      { opensAt: '2026-03-02T20:00:00.000Z', fits: false },
      { opensAt: '2026-03-03T20:00:00.000Z', fits: true },
    ]);
  });

  it('starts no stage outside the window', () => {
    const [first, second] = made.plan.hops;
    const stages = [
      { hop: first!.to, stage: 'control-plane' as const, seconds: 2.5 * 3600 },
      { hop: first!.to, stage: 'workers' as const, seconds: 2.5 * 3600 },
      { hop: second!.to, stage: 'control-plane' as const, seconds: 3600 },
    ];
    expect(windowsForHops(made.plan, stages, evenings, now)[1]).toMatchObject({
      opensAt: '2026-03-04T20:00:00.000Z',
    });
  });
});
