import { describe, expect, it } from 'vitest';
import type { CrdPolicy } from '../../../src/contract/tools.ts';
import { chooseVersion } from '../../../src/tools/choice/chooseVersion.ts';
import { Judging } from '../../../src/tools/choice/judging.ts';
import { comparison, toolWith } from './versions.ts';

const crds = {
  '1.0.0': 'same',
  '1.0.1': 'doc',
  '1.1.0': '+x',
  '1.2.0': 'y',
  '1.3.0': '?',
};

async function choose(version: string, policy: CrdPolicy = 'refuse', installed = '1.0.0') {
  const { offered, judging, looks } = toolWith(crds);
  const wanted = { name: 'thing', version, crds: policy };
  return { ...(await chooseVersion(wanted, offered, installed, judging)), looks };
}

describe('a version that is named', () => {
  it('is looked at alone where the policy lets it through', async () => {
    const choice = await choose('1.0.1');
    expect(choice.chosen).toEqual({ version: '1.0.1' });
    expect(choice.comparison?.verdict).toBe('documentation');
    expect(choice.highestWithoutDifference).toBeUndefined();
    expect(choice.looks).toEqual(['1.0.1']);
  });

  it.each<[string, CrdPolicy, boolean]>([
    ['1.1.0', 'refuse', true],
    ['1.1.0', 'additive', false],
    ['1.2.0', 'additive', true],
    ['1.2.0', 'allow', false],
  ])(
    '%s under "%s": is the highest without a difference proposed instead? %s',
    async (version, policy, proposed) => {
      const choice = await choose(version, policy);
      expect(choice.chosen).toEqual({ version });
      expect(choice.highestWithoutDifference).toEqual(proposed ? { version: '1.0.1' } : undefined);
    },
  );

  it('is the same with and without a v', async () => {
    expect((await choose('v1.0.1')).chosen).toEqual({ version: '1.0.1' });
  });

  it('stays chosen, with its problem and without a comparison, when nothing can be told of it', async () => {
    const choice = await choose('1.3.0');
    expect(choice.chosen).toEqual({ version: '1.3.0' });
    expect(choice.comparison).toBeUndefined();
    expect(choice.problems.map(({ kind }) => kind)).toEqual(['broken-chart']);
    expect(choice.candidates).toEqual([{ version: '1.3.0', problem: 'the chart is broken' }]);
  });

  it('is a problem when it is not on offer, with those that are near', async () => {
    const choice = await choose('1.1.5');
    expect(choice.chosen).toBeUndefined();
    expect(choice.problems).toEqual([
      {
        kind: 'no-such-version',
        message: 'There is no 1.1.5 of thing on offer; the nearest are 1.0.0, 1.0.1, 1.1.0, 1.2.0, 1.3.0.',
        remedy: expect.stringContaining('Name a version of the chart') as string,
      },
    ]);
  });
});

describe('a first installation', () => {
  const newCrd = { crd: 'things.example.test', state: 'missing' as const, verdict: 'additive' as const };
  const judging = () =>
    new Judging(() =>
      Promise.resolve({
        comparison: comparison('additive', '', { differences: [{ ...newCrd, changes: [] }] }),
      }),
    );
  const offered = [{ version: '1.0.0' }, { version: '1.1.0' }];

  it.each(['latest-without-crd-diff', '1.1.0'])(
    'has no difference in CRDs that the cluster does not have: %s',
    async (version) => {
      const wanted = { name: 'thing', version, crds: 'refuse' as const };
      expect(await chooseVersion(wanted, offered, undefined, judging())).toMatchObject({
        chosen: { version: '1.1.0' },
        comparison: { verdict: 'none', differences: [] },
        candidates: [{ version: '1.1.0', verdict: 'none' }],
        problems: [],
      });
    },
  );

  it('has them as a difference where something is installed', async () => {
    const wanted = { name: 'thing', version: 'latest-without-crd-diff', crds: 'refuse' as const };
    expect((await chooseVersion(wanted, offered, '1.0.0', judging())).chosen).toBeUndefined();
  });
});

describe('the latest without a difference', () => {
  it('is chosen, whatever the policy is', async () => {
    for (const policy of ['refuse', 'additive', 'allow'] as const) {
      const choice = await choose('latest-without-crd-diff', policy);
      expect(choice.chosen).toEqual({ version: '1.0.1' });
      expect(choice.comparison?.verdict).toBe('documentation');
      expect(choice.problems).toEqual([]);
    }
  });

  it('is a problem when there is none from the installed version up', async () => {
    const choice = await choose('latest-without-crd-diff', 'refuse', '1.1.0');
    expect(choice.chosen).toBeUndefined();
    expect(choice.problems.map(({ message }) => message)).toEqual([
      'Of the 5 versions of thing on offer, none from 1.1.0 up is known to have the CRDs of the cluster.',
    ]);
    expect(choice.candidates).toHaveLength(3);
  });
});
