/**
 * A length of time for people, in its two largest units: `45 s`, `2 min 5 s`, `3 h 10 min`, `2 d 4 h`.
 *
 * @param seconds fractions are kept below ten seconds
 */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  if (seconds < 10) return `${Math.round(Math.max(seconds, 0) * 10) / 10} s`;
  const whole = Math.round(seconds);
  const units = [
    { name: 'd', value: Math.floor(whole / 86_400) },
    { name: 'h', value: Math.floor(whole / 3600) % 24 },
    { name: 'min', value: Math.floor(whole / 60) % 60 },
    { name: 's', value: whole % 60 },
  ];
  const first = units.findIndex(({ value }) => value > 0);
  return units
    .slice(first, first + 2)
    .filter(({ value }) => value > 0)
    .map(({ name, value }) => `${value} ${name}`)
    .join(' ');
}

/**
 * From one moment to another, or to `now` while it has not come.
 *
 * @returns undefined when it has not begun
 */
export function elapsedText(
  startedAt: string | undefined,
  endedAt: string | undefined,
  now: Date,
): string | undefined {
  if (startedAt === undefined) return undefined;
  const end = endedAt === undefined ? now.getTime() : Date.parse(endedAt);
  return durationText(Math.max(0, (end - Date.parse(startedAt)) / 1000));
}

/** A moment of today as `14:03:22`, of another day as `2026-11-24 02:00`; both UTC. */
export function momentText(at: string, now: Date): string {
  const iso = new Date(at).toISOString();
  return iso.slice(0, 10) === now.toISOString().slice(0, 10)
    ? `${iso.slice(11, 19)} UTC`
    : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** How long it is until a moment: `4 min left`, and `any moment` when it has come. */
export function leftText(at: string, now: Date): string {
  const seconds = (Date.parse(at) - now.getTime()) / 1000;
  return seconds > 0 ? `${durationText(seconds)} left` : 'any moment';
}
