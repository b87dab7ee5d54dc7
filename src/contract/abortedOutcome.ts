import type { Compensation, StageStatus, UpgradeStatus } from './status.ts';

/**
 * What an upgrade that was aborted has come to, in a sentence or two for people.
 *
 * @param changed whether anything was changed in the cluster
 */
export function abortedOutcome(
  { hops, compensations }: Pick<UpgradeStatus, 'hops' | 'compensations'>,
  changed: boolean,
): string {
  if (!changed) return 'It was aborted before anything was changed.';
  const stopped = hops.flatMap(({ stages }) => stages).findLast(({ state }) => state === 'stopped');
  const roll = stopped === undefined ? [] : changesOfOwnRoll(stopped, compensations);
  if (stopped !== undefined && roll.length > 0) return outcomeOfOwnRoll(stopped, roll);
  switch (stopped?.stage) {
    case 'control-plane':
    case 'add-ons':
    case 'workers':
      return 'It was aborted. What EKS had begun was finished; see the stages for how far it came.';
    default:
      return 'It was aborted; see the stages for how far it came.';
  }
}

/** What a roll by our own strategies has changed; one of EKS's own changes update settings alone. */
function changesOfOwnRoll(
  { stage, startedAt = '' }: StageStatus,
  compensations: readonly Compensation[],
): Compensation[] {
  if (stage !== 'workers') return [];
  return compensations.filter(
    ({ undo, recordedAt }) => undo !== 'restoreUpdateSettings' && recordedAt >= startedAt,
  );
}

function outcomeOfOwnRoll({ nodeGroup = '' }: StageStatus, changes: readonly Compensation[]): string {
  const begun = `It was aborted during the roll of ${nodeGroup}`;
  if (changes.some(({ state }) => state === 'open' || state === 'failed')) {
    return `${begun}. Not all that was changed for it could be put back: see to what is named.`;
  }
  return changes.every(({ state }) => state === 'put-back')
    ? `${begun}, and all that had been changed for it was put back.`
    : `${begun}; see the stages and the notes for how its nodes stand now.`;
}
