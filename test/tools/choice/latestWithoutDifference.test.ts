import { describe, expect, it } from 'vitest';
import { compareChartVersions } from '../../../src/tools/choice/chartVersions.ts';
import { latestWithoutDifference } from '../../../src/tools/choice/latestWithoutDifference.ts';
import { toolWith } from './versions.ts';

async function find(crds: Record<string, string>, installed?: string) {
  const { offered, judging, looks } = toolWith(crds);
  const found = await latestWithoutDifference(offered, installed, judging);
  return { found: found?.version, looks, candidates: judging.candidates() };
}

describe('the latest version without a CRD difference', () => {
  it.each<[string, Record<string, string>, string | undefined, string | undefined]>([
    [
      'the highest when none differs',
      { '1.0.0': 'same', '1.1.0': 'same', '1.2.0': 'same' },
      '1.0.0',
      '1.2.0',
    ],
    ['a higher one that differs in documentation', { '1.0.0': 'same', '1.1.0': 'doc' }, '1.0.0', '1.1.0'],
    ['the installed one when all above differ', { '1.0.0': 'same', '1.1.0': 'x' }, '1.0.0', '1.0.0'],
    ['none when all differ', { '1.0.0': 'x', '1.1.0': 'y' }, '1.0.0', undefined],
    ['none below the installed one', { '1.0.0': 'same', '1.1.0': 'x' }, '1.1.0', undefined],
    ['none when nothing is on offer', {}, '1.0.0', undefined],
    ['any when nothing is installed', { '1.0.0': 'same', '1.1.0': '+x' }, undefined, '1.0.0'],
    [
      'the border within a line',
      { '2.0.0': 'same', '2.0.1': 'same', '2.0.2': 'doc', '2.0.3': 'x', '2.0.4': 'x', '2.1.0': 'x' },
      '2.0.0',
      '2.0.2',
    ],
    [
      'one in the middle of a line, where a fix of the CRDs came into two lines on one day',
      { '2.14.5': 'same', '2.15.0': 'old', '2.15.1': 'old', '2.15.2': 'same', '2.15.3': 'x', '2.15.4': 'x' },
      '2.14.5',
      '2.15.2',
    ],
    [
      'above the installed one although its own CRDs are others, as somebody has applied newer ones',
      { '1.0.0': 'old', '1.1.0': 'old', '1.1.1': 'same', '1.2.0': 'x' },
      '1.0.0',
      '1.1.1',
    ],
    [
      'below those of which nothing can be told',
      { '1.0.0': 'same', '1.1.0': 'same', '1.1.1': '?', '1.2.0': '?' },
      '1.0.0',
      '1.1.0',
    ],
    ['below one of which not all could be compared', { '1.0.0': 'same', '1.1.0': 'half' }, '1.0.0', '1.0.0'],
    [
      'a border beside one of which nothing can be told',
      { '1.0.0': 'same', '1.0.1': 'same', '1.0.2': '?', '1.0.3': 'x', '1.0.4': 'x' },
      '1.0.0',
      '1.0.1',
    ],
    [
      'by semantic versions, whatever their order, with and without a v',
      { 'v1.10.0': 'same', '1.9.0': 'same', 'v1.11.0': 'x' },
      'v1.9.0',
      'v1.10.0',
    ],
  ])('is %s', async (_, crds, installed, expected) => {
    expect((await find(crds, installed)).found).toBe(expected);
  });

  it('is found with one look when the highest has no difference', async () => {
    const crds = Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`1.${index}.0`, 'same']));
    expect((await find(crds, '1.0.0')).looks).toEqual(['1.89.0']);
  });

  it('takes two looks at a line that differs all through, and few at the one with the border', async () => {
    const crds: Record<string, string> = {};
    for (let patch = 0; patch < 32; patch++) {
      crds[`1.0.${patch}`] = patch < 21 ? 'same' : 'x';
      for (let line = 1; line <= 5; line++) crds[`1.${line}.${patch}`] = `line ${line}`;
    }
    const { found, looks } = await find(crds, '1.0.0');
    expect(found).toBe('1.0.20');
    expect(looks.slice(0, 4)).toEqual(['1.5.31', '1.5.0', '1.4.31', '1.4.0']);
    expect(looks.length).toBeLessThanOrEqual(5 * 2 + 2 + 5);
  });

  it('is recorded with all that were looked at and what came out, the highest first', async () => {
    const { candidates } = await find(
      { '1.0.0': 'same', '1.1.0': '?', '1.2.0': '+x', '1.3.0': 'y' },
      '1.0.0',
    );
    expect(candidates).toEqual([
      { version: '1.3.0', verdict: 'breaking' },
      { version: '1.2.0', verdict: 'additive' },
      { version: '1.1.0', problem: 'the chart is broken' },
      { version: '1.0.0', verdict: 'none' },
    ]);
  });

  it('is what comparing every version one by one says, for any course of CRDs', async () => {
    const random = numbers(20_261_127);
    for (let round = 0; round < 500; round++) {
      const crds = anyCourse(random);
      const versions = Object.keys(crds).sort((left, right) => compareChartVersions(right, left));
      const installed = versions[Math.floor(random() * versions.length)] ?? '';
      const exhaustive = versions.find(
        (version) =>
          (crds[version] === 'same' || crds[version] === 'doc') &&
          compareChartVersions(version, installed) >= 0,
      );
      const { found, looks } = await find(crds, installed);
      expect(found, `${installed} in ${JSON.stringify(crds)}`).toBe(exhaustive);
      expect(new Set(looks).size, 'each is looked at once').toBe(looks.length);
    }
  });
});

/** Minor lines of patches; within a line CRDs change now and then, and never back to what they were. */
function anyCourse(random: () => number): Record<string, string> {
  const crds: Record<string, string> = {};
  for (let line = 0; line < 1 + random() * 5; line++) {
    const states = ['before', random() < 0.5 ? 'same' : 'doc', 'x', '+y'].filter(() => random() < 0.6);
    let state = states.shift() ?? 'z';
    for (let patch = 0; patch < 1 + random() * 9; patch++) {
      if (random() < 0.3) state = states.shift() ?? state;
      const unknown = random() < 0.15;
      // Patches are missing now and then, too.
      if (random() < 0.9) crds[`1.${line}.${patch}`] = unknown ? '?' : state;
    }
  }
  return Object.keys(crds).length === 0 ? { '1.0.0': 'same' } : crds;
}

/** Numbers from 0 up to 1 that are the same in every run (a linear congruential generator). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
