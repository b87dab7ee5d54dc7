import { describe, expect, it } from 'vitest';
import { rollbackRefusal } from '../../src/contract/rollbackRefusal.ts';

const green = { name: 'prod-1-34' };
const onBlue = { blue: 100, green: 0 };
const onGreen = { blue: 0, green: 100 };
const moves = [{ at: '2026-11-27T12:00:00Z', to: onGreen, why: 'step of 100 %' }];

describe('why users can not be sent back', () => {
  it.each([
    ['before the plan is approved', undefined, false, /^no users have been sent .* send `abort`/],
    ['before anybody went', { green, moves: [], weights: onBlue }, false, /^no users have been sent/],
    [
      'when they are back, with what to do instead',
      { green, moves, weights: onBlue },
      false,
      /^all users are back on prod already: approve the gate `cutover` to send them to prod-1-34 again, or .* `abort`$/,
    ],
    [
      'while they are on their way back',
      { green, moves, weights: onGreen },
      false,
      /^the users are being sent back to prod already/,
    ],
    [
      'when they are back and all of it ends',
      { green, moves, weights: onBlue },
      true,
      /already, and the migration is ending$/,
    ],
    [
      'when the old cluster was given up',
      { green, moves, weights: onGreen },
      true,
      /no way back by `rollback` any more/,
    ],
  ] as const)('%s', (_, migration, isEnding, reason) => {
    expect(
      rollbackRefusal(migration && { ...migration, moves: [...migration.moves] }, 'prod', isEnding),
    ).toMatch(reason);
  });
});
