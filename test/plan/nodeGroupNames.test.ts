import { describe, expect, it } from 'vitest';
import { baseName, nextGroupName } from '../../src/plan/nodeGroupNames.ts';

const next = (name: string, from: string, to: string, ...taken: string[]) =>
  nextGroupName({ name, from, to, taken: new Set(taken) });

describe('the name of the group that takes another’s place', () => {
  it.each([
    ['blue', '1.32', '1.33', 'blue-1-33'],
    ['blue-1-33', '1.33', '1.34', 'blue-1-34'],
    ['blue-1-33-2', '1.33', '1.34', 'blue-1-34'],
    // Rolled by EKS in between, so that the name is behind the version.
    ['blue-1-31', '1.33', '1.34', 'blue-1-34'],
    ['blue-1-99', '1.99', '1.100', 'blue-1-100'],
    // Endings that are no version that the group can have had.
    ['pool-1-2', '1.32', '1.33', 'pool-1-2-1-33'],
    ['az-1-13', '1.32', '1.33', 'az-1-13-1-33'],
    ['blue-1-40', '1.32', '1.33', 'blue-1-40-1-33'],
    ['1-32', '1.32', '1.33', '1-32-1-33'],
  ])('%s from %s to %s is %s', (name, from, to, expected) => {
    expect(next(name, from, to)).toBe(expected);
  });

  it('stays as short over many upgrades', () => {
    let name = 'blue';
    for (let minor = 31; minor < 60; minor += 1) {
      name = next(name, `1.${minor}`, `1.${minor + 1}`, name);
      expect(name).toBe(`blue-1-${minor + 1}`);
    }
  });

  it('gets a number where another group has it', () => {
    expect(next('blue', '1.32', '1.33', 'blue-1-33')).toBe('blue-1-33-2');
    expect(next('blue', '1.32', '1.33', 'blue-1-33', 'blue-1-33-2')).toBe('blue-1-33-3');
    expect(next('blue-1-33', '1.33', '1.33')).toBe('blue-1-33-2');
  });

  it('is cut to what EKS takes, and stays unique', () => {
    const long = `${'team-'.repeat(12)}end`;
    const name = next(long, '1.32', '1.33');
    expect(name).toHaveLength(63);
    expect(name).toMatch(/^team-.*-1-33$/);
    expect(name).not.toContain('--');
    const other = next(`${long.slice(0, -1)}e`, '1.32', '1.33', name);
    expect(other.length).toBeLessThanOrEqual(63);
    expect(other).toMatch(/[a-z]-1-33-2$/);
    expect(baseName(name, '1.33')).toBe(name.slice(0, -'-1-33'.length));
  });
});
