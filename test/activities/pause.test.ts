import { expect, it } from 'vitest';
import { growingPauses } from '../../src/activities/pause.ts';

it('looks again soon at first, and no later than is asked for', () => {
  const pauses = growingPauses(16_000);
  const first = Array.from({ length: 7 }, () => pauses.next().value);
  expect(first).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000]);
});
