import { describe, expect, it } from 'vitest';
import { joinLooks } from '../../src/kubernetes/secondLook.ts';
import type { WorkloadState } from '../../src/kubernetes/workloadState.ts';

function state(name: string, well: boolean): WorkloadState {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'shop',
    name,
    uid: `uid-of-${name}`,
    well,
    wanted: 3,
    ready: well ? 3 : 1,
    ...(well ? {} : { reason: '1 of 3 Pods Ready' }),
  };
}

describe('two looks at the workloads', () => {
  it.each([
    [true, true, true],
    [false, true, true],
    [true, false, true],
    [false, false, false],
  ])('first well %s, then well %s: counts as well %s', (first, second, joined) => {
    expect(joinLooks([state('web', first)], [state('web', second)])).toEqual([state('web', joined)]);
  });

  it('take what exists from the second', () => {
    expect(joinLooks([state('gone', true)], [state('new', false)])).toEqual([state('new', false)]);
  });
});
