import { describe, expect, it } from 'vitest';
import { weightsBar, weightsText } from '../../src/contract/weightsText.ts';

describe('weights in text', () => {
  it('name both sides', () => {
    expect(weightsText({ blue: 95, green: 5 })).toBe('blue 95 %, green 5 %');
  });

  it.each([
    [100, '██████████'],
    [75, '████████░░'],
    [50, '█████░░░░░'],
    [0, '░░░░░░░░░░'],
  ])('are drawn for %i %% on blue', (blue, bar) => {
    expect(weightsBar({ blue, green: 100 - blue }, 10)).toBe(`blue ${blue} % ${bar} green ${100 - blue} %`);
  });

  it('never draw a side that has users as if it had none', () => {
    expect(weightsBar({ blue: 99, green: 1 }, 10)).toContain('█████████░');
    expect(weightsBar({ blue: 1, green: 99 }, 10)).toContain('█░░░░░░░░░');
  });
});
