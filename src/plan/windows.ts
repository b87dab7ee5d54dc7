import { DateTime } from 'luxon';
import { StepladderError } from '../contract/errors.ts';
import type { HopWindow, Plan, StageEstimate } from '../contract/plan.ts';
import type { MaintenanceWindow } from '../contract/request.ts';

/** One opening of a window. */
interface Opening {
  opens: DateTime;
  closes: DateTime;
}

/** Enough for a window of one day a week that falls into a clock change and so has no opening that week. */
const daysToLookAhead = 15;

/**
 * When changes may start.
 *
 * Times are the wall clock's of the window's time zone. Where the clocks skip a time, it counts as the moment at
 * which they do; where they show it twice, the first time counts.
 *
 * @param at the moment to judge
 * @returns the opening that holds `at`, with `waitMs` 0, or else the next one, and the milliseconds until then; ISO 8601
 */
export function nextWindow(
  window: MaintenanceWindow,
  at: Date,
): { waitMs: number; opensAt: string; closesAt: string } {
  const { opens, closes } = openingAt(window, at);
  return {
    waitMs: Math.max(0, opens.toMillis() - at.getTime()),
    opensAt: iso(opens),
    closesAt: iso(closes),
  };
}

/**
 * In which opening of the window each hop would start if the plan were approved at `now`, by the estimates: a stage
 * starts only inside the window, and what runs when it closes is finished.
 */
export function windowsForHops(
  plan: Plan,
  estimates: readonly StageEstimate[],
  window: MaintenanceWindow,
  now: Date,
): HopWindow[] {
  let time = now.getTime();
  return plan.hops.map((hop) => {
    const first = openingAt(window, new Date(time));
    time = Math.max(time, first.opens.toMillis());
    const begins = time;
    let lasts = 0;
    for (const estimate of estimates.filter((each) => each.hop === hop.to)) {
      time = Math.max(time, openingAt(window, new Date(time)).opens.toMillis());
      time += estimate.seconds * 1000;
      lasts += estimate.seconds * 1000;
    }
    return {
      hop: hop.to,
      opensAt: iso(first.opens),
      closesAt: iso(first.closes),
      fits: begins + lasts <= first.closes.toMillis(),
    };
  });
}

/** The opening that holds a moment, or else the next one. An opening holds its first moment and not its last. */
function openingAt(window: MaintenanceWindow, at: Date): Opening {
  const local = DateTime.fromJSDate(at, { zone: window.timeZone });
  // Yesterday's may still be open.
  for (let day = -1; day <= daysToLookAhead; day += 1) {
    const opening = openingOn(window, local.startOf('day').plus({ days: day }));
    if (opening !== undefined && opening.closes.toMillis() > at.getTime()) return opening;
  }
  throw new StepladderError(
    'InvalidInput',
    `The window from ${window.from} to ${window.to} (${window.timeZone}) does not open within ${daysToLookAhead} days.`,
  );
}

function openingOn(window: MaintenanceWindow, day: DateTime): Opening | undefined {
  const weekday = (['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const)[day.weekday - 1];
  if (weekday === undefined || !window.days.includes(weekday)) return undefined;
  const opens = wallClock(day, window.from);
  const closes = wallClock(window.to > window.from ? day : day.plus({ days: 1 }), window.to);
  return closes > opens ? { opens, closes } : undefined;
}

/** The moment at which the clocks of a day show a time: the first if they show it twice, the change if they skip it. */
function wallClock(day: DateTime, time: string): DateTime {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const { year, month, day: date } = day;
  const shown = DateTime.fromObject({ year, month, day: date, hour, minute }, { zone: day.zone });
  if (shown.hour === hour && shown.minute === minute && shown.day === date) {
    return DateTime.min(...shown.getPossibleOffsets()) ?? shown;
  }
  return clockChangeAround(shown);
}

/** The moment at which the offset changes, within three hours either side of a skipped time. To the minute. */
function clockChangeAround(moment: DateTime): DateTime {
  let before = moment.minus({ hours: 3 });
  let after = moment.plus({ hours: 3 });
  const offset = before.offset;
  while (after.diff(before, 'minutes').minutes > 1) {
    const middle = before.plus({ minutes: Math.floor(after.diff(before, 'minutes').minutes / 2) });
    if (middle.offset === offset) before = middle;
    else after = middle;
  }
  return after;
}

function iso(moment: DateTime): string {
  return new Date(moment.toMillis()).toISOString();
}
