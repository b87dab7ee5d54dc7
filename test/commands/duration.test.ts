import { describe, expect, it } from 'vitest';
import { durationText, elapsedText, momentText } from '../../src/commands/rendering/duration.ts';

describe('a duration', () => {
  it.each([
    [0, '0 s'],
    [1.54, '1.5 s'],
    [45, '45 s'],
    [59.7, '1 min'],
    [125, '2 min 5 s'],
    [3600, '1 h'],
    [3661, '1 h 1 min'],
    [93_600, '1 d 2 h'],
    [-3, '0 s'],
    [Number.NaN, 'unknown'],
  ])('of %d seconds reads %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});

const now = new Date('2026-03-02T10:00:00Z');

describe('a moment', () => {
  it('of today has no date, and of another day no seconds', () => {
    expect(momentText('2026-03-02T22:30:00Z', now)).toBe('22:30:00 UTC');
    expect(momentText('2026-03-03T01:30:00+09:00', now)).toBe('16:30:00 UTC');
    expect(momentText('2026-03-03T02:30:00Z', now)).toBe('2026-03-03 02:30 UTC');
  });
});

describe('elapsed time', () => {
  it('runs until now while there is no end, and is nothing before the beginning', () => {
    expect(elapsedText('2026-03-02T09:59:00Z', undefined, now)).toBe('1 min');
    expect(elapsedText('2026-03-02T09:59:00Z', '2026-03-02T09:59:30Z', now)).toBe('30 s');
    expect(elapsedText(undefined, undefined, now)).toBeUndefined();
  });
});
