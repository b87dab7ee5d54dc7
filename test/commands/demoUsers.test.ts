import { describe, expect, it } from 'vitest';
import type { LoadCount } from '../../elb-api/index.ts';
import { tellOfUsers, usersLine } from '../../src/commands/demo/demoUsers.ts';
import type { Sighting } from '../../src/commands/following/sighting.ts';
import { plain } from '../../src/commands/rendering/style.ts';

const quiet: LoadCount = { answered: 0, failed: 0, byCluster: {}, failures: [] };

/** The users of a demo, with what has been told of them. */
function told(count: LoadCount | undefined) {
  const notes: string[] = [];
  const users =
    count === undefined
      ? undefined
      : { address: 'http://127.0.0.1:1', count: () => count, stop: () => Promise.resolve() };
  const note = (line: string) => void notes.push(line);
  return { notes, ...tellOfUsers(users, { note }, plain) };
}

/** The workflow, with so many changes of the weights. */
const sighting = (moves: number): Sighting =>
  ({ status: { migration: { moves: Array(moves).fill({}) } } }) as unknown as Sighting;

describe('the users of the demo', () => {
  it('are told of once with each change of the weights', () => {
    const { see, notes } = told({ ...quiet, answered: 1_200, byCluster: { demo: 1_150, 'demo-green': 50 } });
    for (const moves of [0, 1, 1, 2, 2]) see(sighting(moves), () => notes.push('(room is made)'));
    const line = 'Users so far: 1,200 requests, 0 failed; answered by demo 1,150, by demo-green 50.';
    expect(notes).toEqual(['(room is made)', line, '(room is made)', line]);
  });

  it('make a failure of the demo when one request has failed, and say which', () => {
    const failures = [{ at: '2026-06-01T09:00:00.000Z', why: 'answered 503' }];
    const { tellEnd, notes } = told({ answered: 9, failed: 1, byCluster: { demo: 10 }, failures });
    expect(tellEnd()).toBe(false);
    expect(notes).toEqual([
      'Users of http://127.0.0.1:1 all the while: 10 requests, 1 failed; answered by demo 10.',
      '  2026-06-01T09:00:00.000Z answered 503',
    ]);
  });

  it('are not well when nobody has asked anything', () => {
    expect(told(quiet).tellEnd()).toBe(false);
    expect(usersLine(quiet)).toBe('0 requests, 0 failed');
  });

  it('are not told of where there are none', () => {
    const { see, tellEnd, notes } = told(undefined);
    see(sighting(1), () => undefined);
    expect(tellEnd()).toBe(true);
    expect(notes).toEqual([]);
  });
});
