import { describe, expect, it } from 'vitest';
import { addonTarget } from '../../src/plan/addonTargets.ts';
import type { AddonQuestion } from '../../src/plan/addonTargets.ts';

/** Versions 1 to 9 as `v1.N.0-eksbuild.1`; the default is marked with a star. */
function ask(
  installed: number,
  offered: string,
  rest: Partial<{ wanted: number; approved: number; lastHop: boolean }> = {},
) {
  const question: AddonQuestion = {
    installed: full(installed),
    offered: offered
      .split(' ')
      .filter((text) => text !== '')
      .map((text) => ({ version: full(Number.parseInt(text, 10)), isDefault: text.endsWith('*') })),
    lastHop: rest.lastHop ?? true,
    wanted: rest.wanted === undefined ? undefined : full(rest.wanted),
    approved: rest.approved === undefined ? undefined : full(rest.approved),
  };
  const answer = addonTarget(question);
  return answer.kind === 'change' ? Number(/^v1\.(\d+)\./.exec(answer.to)?.[1]) : answer.kind;
}

const full = (minor: number) => `v1.${minor}.0-eksbuild.1`;

describe('without a version in the request', () => {
  it.each([
    ['takes the default', 1, '1 2 3* 4', 3],
    ['keeps what is the default already', 3, '1 2 3* 4', 'keep'],
    ['keeps a newer one that is still offered', 4, '1 2 3* 4', 'keep'],
    ['takes the nearest newer one when its own is not offered', 4, '3* 5 6', 5],
    ['is stuck when its own is not offered and nothing newer is', 7, '3* 5 6', 'stuck'],
    ['is stuck when nothing is offered', 1, '', 'stuck'],
    ['keeps its own when there is no default', 2, '1 2 3', 'keep'],
    ['takes the nearest newer one when there is no default', 1, '3 2', 2],
  ])('%s', (_, installed, offered, expected) => {
    expect(ask(installed, offered)).toBe(expected);
  });
});

describe('with a version in the request', () => {
  it.each([
    ['takes it in the last hop', 1, '2 3* 4', { wanted: 4 }, 4],
    ['takes an older one when that is what was asked for', 3, '2 3*', { wanted: 2 }, 2],
    ['keeps it when it is there', 4, '3* 4', { wanted: 4 }, 'keep'],
    ['says when it is not offered', 1, '2 3*', { wanted: 4 }, 'not-offered'],
    ['takes the default on the way, when that is not beyond it', 1, '2 3*', { wanted: 4, lastHop: false }, 3],
    ['does not go beyond it on the way', 1, '1 2 3 4*', { wanted: 3, lastHop: false }, 3],
    ['stays on the way when only that is not beyond it', 2, '2 4*', { wanted: 3, lastHop: false }, 'keep'],
    ['goes beyond it on the way when it must', 1, '4*', { wanted: 3, lastHop: false }, 4],
  ])('%s', (_, installed, offered, rest, expected) => {
    expect(ask(installed, offered, rest)).toBe(expected);
  });
});

describe('with an approved plan', () => {
  it.each([
    ['keeps its choice although the default has moved', 1, '2 3 4*', { approved: 3 }, 3],
    ['keeps its choice to change nothing', 2, '2 3 4*', { approved: 2 }, 'keep'],
    ['takes the default when its choice is not offered any more', 1, '2 4*', { approved: 3 }, 4],
    ['does not go back to it', 5, '3 4* 5', { approved: 3 }, 'keep'],
    ["lets the request's version stand", 1, '2 3* 4', { approved: 3, wanted: 4 }, 4],
  ])('%s', (_, installed, offered, rest, expected) => {
    expect(ask(installed, offered, rest)).toBe(expected);
  });
});
