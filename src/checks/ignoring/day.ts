/** True for a day that exists, written `2027-01-31`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/**
 * Whether a day is over at that time, in UTC: a rule holds to the end of its last day.
 *
 * @param at ISO 8601
 */
export function isOver(day: string, at: string): boolean {
  return Date.parse(at) >= Date.parse(`${day}T00:00:00Z`) + 24 * 60 * 60 * 1000;
}
