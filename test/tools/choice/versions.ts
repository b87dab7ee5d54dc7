import type { ChartVersion, CrdComparison, CrdVerdict } from '../../../src/contract/tools.ts';
import { Judging } from '../../../src/tools/choice/judging.ts';
import type { Judgement } from '../../../src/tools/choice/judging.ts';

/** A comparison of one CRD that came to a verdict. `change` tells one difference from another. */
export function comparison(
  verdict: CrdVerdict,
  change = 'spec',
  rest: Partial<CrdComparison> = {},
): CrdComparison {
  const changes = verdict === 'none' ? [] : [{ path: change, verdict, what: 'is another' }];
  const differences =
    verdict === 'none' ? [] : [{ crd: 'things.example.test', state: 'changed' as const, verdict, changes }];
  const nothing = { compared: 1, tried: 0, refused: [], refusedCount: 0, unknown: [] };
  return { verdict, differences, ...nothing, ...rest };
}

/**
 * Versions of a tool, each with what its CRDs are: `same`, `doc` (documentation), `?` (can't be told), or a name for
 * what differs, by which those that have the same CRDs have the same name. `looks` counts what was looked at.
 */
export function toolWith(crds: Readonly<Record<string, string>>) {
  const looks: string[] = [];
  const judging = new Judging(({ version }) => {
    looks.push(version);
    return Promise.resolve(judgementOf(crds[version] ?? 'not on offer'));
  });
  const offered = Object.keys(crds).map((version): ChartVersion => ({ version }));
  return { offered, judging, looks };
}

function judgementOf(crds: string): Judgement {
  switch (crds) {
    case 'same':
      return { comparison: comparison('none') };
    case 'doc':
      return { comparison: comparison('documentation') };
    case '?':
      return { problem: { kind: 'broken-chart', message: 'the chart is broken', remedy: 'mend it' } };
    case 'half':
      return { comparison: comparison('none', '', { unknown: ['a CRD may not be read'] }) };
    default:
      return { comparison: comparison(crds.startsWith('+') ? 'additive' : 'breaking', crds) };
  }
}
