import { expect, test } from 'vitest';
import { runsBetween } from '../../../src/tools/verify/cron.ts';

// A Monday.
const at = (time: string) => new Date(`2026-03-02T${time}Z`);

test.each<[string, string, string, boolean | undefined, string?]>([
  ['*/2 * * * *', '10:00:00', '10:02:00', true],
  ['*/2 * * * *', '10:00:00', '10:01:59', false],
  ['* * * * *', '10:00:30', '10:00:59', false],
  ['5,10 10 * * *', '10:00:00', '10:05:00', true],
  ['30-40/5 * * * *', '10:00:00', '10:34:00', true],
  ['31-34/5 * * * *', '10:31:00', '10:34:00', false],
  ['10/20 * * * *', '10:40:00', '10:50:00', true],
  ['10/20 * * * *', '10:50:00', '11:09:00', false],
  ['0 3 * * *', '10:00:00', '10:15:00', false],
  ['0 0 * * mon-fri', '00:00:30', '23:59:00', false],
  ['0 12 * * MON', '10:00:00', '12:00:00', true],
  ['0 12 * * 7', '10:00:00', '12:00:00', false],
  ['0 12 * * 1', '10:00:00', '12:00:00', true],
  ['0 12 3 * *', '10:00:00', '12:00:00', false],
  ['0 12 3 * 1', '10:00:00', '12:00:00', true],
  ['0 12 2 feb *', '10:00:00', '12:00:00', false],
  ['0 12 2 mar *', '10:00:00', '12:00:00', true],
  ['@hourly', '10:30:00', '11:00:00', true],
  ['@daily', '10:30:00', '11:00:00', false],
  ['0 19 * * *', '10:00:00', '10:00:30', false, 'Asia/Tokyo'],
  ['0 20 * * *', '10:00:00', '11:00:00', true, 'Asia/Tokyo'],
  ['0 12 * * *', '10:00:00', '12:00:00', undefined, 'Nowhere/Land'],
  ['every day', '10:00:00', '12:00:00', undefined],
  ['60 * * * *', '10:00:00', '12:00:00', undefined],
  ['5-1 * * * *', '10:00:00', '12:00:00', undefined],
  ['*/0 * * * *', '10:00:00', '12:00:00', undefined],
  ['@reboot', '10:00:00', '12:00:00', undefined],
])('%s between %s and %s: %s', (cron, from, to, expected, timeZone) => {
  expect(runsBetween(cron, at(from), at(to), timeZone)).toBe(expected);
});
