import { describe, expect, it } from 'vitest';
import { parentsOf, waitsFor, withChildren } from '../../../src/kubernetes/argoCd/inWaves.ts';
import type { Placed } from '../../../src/kubernetes/argoCd/inWaves.ts';

/** An Application in `argocd` with a wave, and the children that it keeps. */
function placed(name: string, wave = 0, children: string[] = []): Placed {
  const kept = children.map((child) => ({
    ...{ group: 'argoproj.io', kind: 'Application', namespace: 'argocd', name: child },
    ...{ status: 'OutOfSync', requiresPruning: false },
  }));
  return { key: `argocd/${name}`, namespace: 'argocd', wave, kept };
}

describe('which Application keeps which', () => {
  it('is told by what they keep, on either cluster', () => {
    const parents = parentsOf([placed('root', 0, ['a'])], [placed('root', 0, ['a', 'b'])]);
    expect(Object.fromEntries(parents)).toEqual({ 'argocd/a': 'argocd/root', 'argocd/b': 'argocd/root' });
  });

  it('makes no ring of those that keep themselves or each other', () => {
    const parents = parentsOf([placed('a', 0, ['a', 'b']), placed('b', 0, ['c']), placed('c', 0, ['a'])]);
    expect(Object.fromEntries(parents)).toEqual({ 'argocd/b': 'argocd/a', 'argocd/c': 'argocd/b' });
  });

  it('takes in children of children, whatever order they are found in', () => {
    const parents = new Map([
      ['leaf', 'middle'],
      ['middle', 'root'],
      ['other', 'elsewhere'],
    ]);
    expect([...withChildren(['root'], parents)].sort()).toEqual(['leaf', 'middle', 'root']);
  });
});

describe('whose turn it is', () => {
  const all = [
    placed('early', -1),
    placed('root', 0, ['one', 'two']),
    placed('one', 1),
    placed('two', 2),
    placed('late', 3),
  ];
  const keyOf = (name: string) => `argocd/${name}`;

  function turn(name: string, { well = [], begun = [] }: { well?: string[]; begun?: string[] }) {
    return waitsFor(keyOf(name), {
      there: new Map(all.map((each) => [each.key, each])),
      parents: parentsOf(all),
      wanted: new Set(all.map(({ key }) => key)),
      isWell: (key) => well.map(keyOf).includes(key),
      hasBegun: (key) => [...well, ...begun].map(keyOf).includes(key),
    });
  }

  it.each<[string, string, { well?: string[]; begun?: string[] }, string | undefined]>([
    ['the lowest wave begins', 'early', {}, undefined],
    ['the next waits for it', 'root', {}, 'early'],
    ['and then begins', 'root', { well: ['early'] }, undefined],
    ['a child waits for its parent', 'one', { well: ['early'] }, 'root'],
    ['but only for its beginning', 'one', { well: ['early'], begun: ['root'] }, undefined],
    ['a child waits for siblings of a lower wave', 'two', { begun: ['root'] }, 'one'],
    ['and not for other waves above it', 'two', { well: ['one'], begun: ['root'] }, undefined],
    ['a root waits for all that comes by those before it', 'late', { well: ['early', 'root', 'one'] }, 'two'],
    ['and begins after them', 'late', { well: ['early', 'root', 'one', 'two'] }, undefined],
  ])('%s', (_, name, so, other) => {
    expect(turn(name, so)).toBe(other === undefined ? undefined : keyOf(other));
  });
});
