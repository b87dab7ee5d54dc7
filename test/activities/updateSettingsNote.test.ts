import { describe, expect, it } from 'vitest';
import { readNote, writeNote } from '../../src/activities/updateSettingsNote.ts';
import type { UpdateSettings } from '../../src/contract/plan.ts';

const settings: [UpdateSettings, string][] = [
  [{ maxUnavailable: 1, updateStrategy: 'DEFAULT' }, 'maxUnavailable=1 updateStrategy=DEFAULT'],
  [{ maxUnavailablePercentage: 33 }, 'maxUnavailablePercentage=33'],
  [{ maxUnavailable: 100, updateStrategy: 'MINIMAL' }, 'maxUnavailable=100 updateStrategy=MINIMAL'],
  [{}, 'default'],
];

describe('the note of update settings', () => {
  it.each(settings)('%j is written and read back', (value, text) => {
    expect(writeNote(value)).toBe(text);
    expect(readNote(text)).toEqual(value);
  });

  it('keeps to the characters that EKS takes in a tag', () => {
    for (const [value] of settings) expect(writeNote(value)).toMatch(/^[\p{L}\p{N}\p{Z}_.:/=+\-@]{1,256}$/u);
  });

  it.each([
    undefined,
    '',
    'maxUnavailable=0',
    'maxUnavailable=x',
    'colour=blue',
    'maxUnavailable=1 and more',
  ])('does not take %j for one', (text) => {
    expect(readNote(text)).toBeUndefined();
  });
});
