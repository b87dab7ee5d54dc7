import { describe, expect, it } from 'vitest';
import {
  compareMinors,
  compareVersions,
  hopsBetween,
  minorDistance,
  minorOf,
  nextMinor,
  requireMinor,
} from '../../src/plan/versions.ts';

describe('minorOf', () => {
  it.each([
    ['1.31', '1.31'],
    ['v1.31.4-eks-aeac579', '1.31'],
    ['1.31+', '1.31'],
    ['v1.32.0-eksbuild.2', '1.32'],
    ['1.30.14', '1.30'],
    ['v1.9.0-alpha.1+abc', '1.9'],
    [' 1.31 ', '1.31'],
  ])('reads %s as %s', (text, minor) => {
    expect(minorOf(text)).toBe(minor);
  });

  it.each(['', '1', 'latest', 'v1', '1.x', 'x1.31', '1.31x'])('does not guess at "%s"', (text) => {
    expect(minorOf(text)).toBeUndefined();
  });

  it('names whose version is unreadable where one is required', () => {
    expect(() => requireMinor('banana', 'node n1')).toThrow(/node n1 can't be read: "banana"/);
  });
});

it('compares minors as numbers', () => {
  expect(compareMinors('1.9', '1.10')).toBeLessThan(0);
  expect(compareMinors('1.31', '1.31')).toBe(0);
  expect(minorDistance('1.29', '1.33')).toBe(4);
  expect(minorDistance('1.33', '1.31')).toBe(-2);
  expect(nextMinor('1.9')).toBe('1.10');
});

describe('hopsBetween', () => {
  it('goes one minor at a time', () => {
    expect(hopsBetween('1.31', '1.34')).toEqual([
      { from: '1.31', to: '1.32' },
      { from: '1.32', to: '1.33' },
      { from: '1.33', to: '1.34' },
    ]);
  });

  it('has no hop to where it is, nor back', () => {
    expect(hopsBetween('1.31', '1.31')).toEqual([]);
    expect(hopsBetween('1.33', '1.31')).toEqual([]);
  });

  it('always rises by one, whatever the two ends', () => {
    for (let from = 1; from < 30; from += 3) {
      for (let to = from; to < 40; to += 2) {
        const hops = hopsBetween(`1.${from}`, `1.${to}`);
        expect(hops).toHaveLength(to - from);
        hops.forEach((hop, index) => {
          expect(minorDistance(hop.from, hop.to)).toBe(1);
          expect(hop.from).toBe(index === 0 ? `1.${from}` : hops[index - 1]?.to);
        });
      }
    }
  });
});

describe('compareVersions', () => {
  it('orders as EKS counts', () => {
    const rising = [
      'v1.9.3-eksbuild.7',
      'v1.11.3',
      'v1.11.3-eksbuild.2',
      'v1.11.3-eksbuild.10',
      'v1.11.4-eksbuild.1',
      'v2.0.0-rc.2-eksbuild.1',
      'v2.0.0-rc.10-eksbuild.1',
      'v2.0.0-eksbuild.1',
    ];
    for (let left = 0; left < rising.length; left += 1) {
      for (let right = 0; right < rising.length; right += 1) {
        expect(
          Math.sign(compareVersions(rising[left]!, rising[right]!)),
          `${rising[left]} and ${rising[right]}`,
        ).toBe(Math.sign(left - right));
      }
    }
  });
});
