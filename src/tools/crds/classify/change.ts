import type { CrdChange, CrdVerdict } from '../../../contract/tools.ts';
import { crdVerdicts } from '../../../contract/tools.ts';
import { canonical } from '../json.ts';

/** Makes the change of a path, which the functions that classify hand on from one to the other. */
export function changeAt(path: string, verdict: CrdChange['verdict'], what: string): CrdChange {
  return { path, verdict, what };
}

/** The worst of them; `none` of nothing. */
export function worstVerdict(verdicts: Iterable<CrdVerdict>): CrdVerdict {
  let worst = 0;
  for (const verdict of verdicts) worst = Math.max(worst, crdVerdicts.indexOf(verdict));
  return crdVerdicts[worst] ?? 'none';
}

/** A value that was there or not before, and is there or not now. */
export function presence(before: unknown, now: unknown): 'same' | 'added' | 'removed' | 'both' {
  if (before === undefined) return now === undefined ? 'same' : 'added';
  return now === undefined ? 'removed' : 'both';
}

/** What left a list whose order means nothing, and what came, each as JSON. */
export function between(
  old: readonly unknown[],
  next: readonly unknown[],
): { gone: string[]; fresh: string[] } {
  const before = new Set(old.map(canonical));
  const now = new Set(next.map(canonical));
  return {
    gone: [...before].filter((value) => !now.has(value)),
    fresh: [...now].filter((value) => !before.has(value)),
  };
}
