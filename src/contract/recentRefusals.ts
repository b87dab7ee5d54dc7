import type { Refusal, UpgradeStatus } from './status.ts';

/** Refusals that are shown at most. */
const shownRefusals = 3;

/**
 * Refusals that still say something to people: the last ones since an answer was accepted. Who has answered after that has
 * read them; the report has all.
 */
export function recentRefusals({ refusals, gates, decisions = [], actions }: UpgradeStatus): Refusal[] {
  const accepted = [
    ...gates.filter(({ by }) => by !== undefined).map(({ answeredAt }) => answeredAt),
    ...decisions.filter(({ by }) => by !== undefined).map(({ answeredAt }) => answeredAt),
    ...actions.map(({ at }) => at),
  ].filter((at) => at !== undefined);
  // All are ISO 8601 in UTC, which sort as they follow.
  const last = accepted.sort().at(-1) ?? '';
  return refusals.filter(({ at }) => at > last).slice(-shownRefusals);
}
