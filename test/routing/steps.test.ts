import { describe, expect, it } from 'vitest';
import { remainingSteps } from '../../src/routing/steps.ts';

describe('the steps that are left', () => {
  it.each([
    [0, [5, 25, 50, 100]],
    [0.1, [5, 25, 50, 100]],
    [5, [5, 25, 50, 100]],
    [6, [25, 50, 100]],
    [50, [50, 100]],
    [100, [100]],
  ])('from green %d are %j', (green, expected) => {
    const steps = remainingSteps([5, 25, 50, 100], { blue: 100 - green, green });
    expect(steps).toEqual(expected.map((each) => ({ blue: 100 - each, green: each })));
  });
});
