import { DateTime } from 'luxon';

const minuteMs = 60_000;

/** How far ahead runs are looked for: nobody waits longer for one. */
const longestLookMs = 24 * 60 * minuteMs;

const fields = [
  { of: (at: DateTime) => at.minute, from: 0, to: 59, names: [] },
  { of: (at: DateTime) => at.hour, from: 0, to: 23, names: [] },
  { of: (at: DateTime) => at.day, from: 1, to: 31, names: [] },
  {
    of: (at: DateTime) => at.month,
    from: 1,
    to: 12,
    names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' '),
  },
  // Sunday is 0, and 7 as well.
  { of: (at: DateTime) => at.weekday % 7, from: 0, to: 7, names: 'sun mon tue wed thu fri sat'.split(' ') },
] as const;

type Field = (typeof fields)[number];

const macros = new Map([
  ['@hourly', '0 * * * *'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
]);

/**
 * Whether a CronJob is to run after `from` and not after `to`: at the start of a minute that its schedule has, looked
 * for a day ahead at the most.
 *
 * @param cron as CronJobs have it: five fields, or `@hourly` and the like
 * @param timeZone the CronJob's own; without one it is the control plane's, which is UTC on EKS
 * @returns undefined when the schedule or the time zone can't be read
 */
export function runsBetween(cron: string, from: Date, to: Date, timeZone = 'UTC'): boolean | undefined {
  const schedule = parse(macros.get(cron.trim().toLowerCase()) ?? cron);
  if (schedule === undefined || !DateTime.fromJSDate(from, { zone: timeZone }).isValid) return undefined;
  const last = Math.min(to.getTime(), from.getTime() + longestLookMs);
  const first = (Math.floor(from.getTime() / minuteMs) + 1) * minuteMs;
  for (let at = first; at <= last; at += minuteMs) {
    if (isDue(schedule, DateTime.fromMillis(at, { zone: timeZone }))) return true;
  }
  return false;
}

interface Part {
  values: ReadonlySet<number>;
  any: boolean;
}

function isDue(parts: readonly Part[], at: DateTime): boolean {
  const hits = fields.map(({ of }, index) => parts[index]?.values.has(of(at)) === true);
  const [minute, hour, day, month, weekday] = hits;
  if (minute !== true || hour !== true || month !== true) return false;
  // Where both the day of the month and that of the week are given, one of them is enough: as cron has always had it.
  const either = parts[2]?.any === false && parts[4]?.any === false;
  return either ? day === true || weekday === true : day === true && weekday === true;
}

function parse(cron: string): Part[] | undefined {
  const texts = cron.trim().split(/\s+/);
  if (texts.length !== fields.length) return undefined;
  const parts: Part[] = [];
  for (const [index, field] of fields.entries()) {
    const part = parsePart(texts[index] ?? '', field);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts;
}

function parsePart(text: string, field: Field): Part | undefined {
  const values = new Set<number>();
  for (const range of text.split(',')) {
    const [, start = '', end, step] = /^(\*|\?|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/i.exec(range) ?? [];
    const all = start === '*' || start === '?';
    const first = all ? field.from : numberOf(start, field);
    // `5/15` goes on to the field's end.
    const last = all || (end === undefined && step !== undefined) ? field.to : numberOf(end ?? start, field);
    const every = Number(step ?? 1);
    if (first === undefined || last === undefined || every < 1 || first > last) return undefined;
    for (let value = first; value <= last; value += every) values.add(field.to === 7 ? value % 7 : value);
  }
  return { values, any: text.startsWith('*') || text.startsWith('?') };
}

function numberOf(text: string, { from, to, names }: Field): number | undefined {
  const named = names.findIndex((name) => name === text.toLowerCase());
  const value = named === -1 ? (/^\d+$/.test(text) ? Number(text) : NaN) : named + from;
  return value >= from && value <= to ? value : undefined;
}
