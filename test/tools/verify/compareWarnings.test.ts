import { describe, expect, test } from 'vitest';
import { compareToolStates } from '../../../src/tools/verify/index.ts';
import type { LooksBetween, ToolState } from '../../../src/tools/verify/index.ts';
import { minute, state, warning, workload } from './states.ts';

type Parts = Partial<ToolState>;

/** Before at 10:00, the change, and the look after it at 10:05. */
const compare = (before: Parts, after: Parts, between: LooksBetween = {}) =>
  compareToolStates(state(0, before), state(5, after), between);

describe('Warning Events', () => {
  const judge = (before: Parts, after: Parts, between: LooksBetween = {}) =>
    compare(before, after, between).problems;
  const failed = (count: number, seen: number) => [warning('FailedDeployModel', count, minute(seen))];
  const own = (count: number) =>
    warning('Unhealthy', count, minute(4), {
      ...{ source: 'kubelet', kind: 'Pod', namespace: 'tools', name: 'server-bbb-2' },
      workload: 'Deployment tools/server',
    });

  test.each<[string, Parts, Parts, number]>([
    ['a new one', { warnings: [] }, { warnings: failed(1, 4) }, 1],
    ['one that came again and again before', { warnings: failed(50, -1) }, { warnings: failed(53, 4) }, 0],
    ['one that was long over, and is back', { warnings: failed(1, -40) }, { warnings: failed(2, 4) }, 1],
    ['one that was long over, and stays so', { warnings: failed(1, -40) }, { warnings: failed(1, -40) }, 0],
    ['one that is gone', { warnings: failed(1, -1) }, { warnings: [] }, 0],
    [
      'one of another reason about the same object',
      { warnings: failed(1, -1) },
      { warnings: [warning('FailedBuildModel', 1, minute(4))] },
      1,
    ],
  ])('%s', (_, before, after, expected) => {
    expect(judge(before, after)).toHaveLength(expected);
  });

  test('are named with object, reason, who says so and what', () => {
    expect(judge({ warnings: [] }, { warnings: failed(3, 4) })).toEqual([
      'Ingress shop/web: new warning FailedDeployModel (3 times) by ingress: no such subnet',
    ]);
  });

  test('about Pods that have started since are over', () => {
    const after = { workloads: [workload('server')], warnings: [own(2)] };
    expect(judge({ warnings: [] }, after)).toEqual([]);
    const previous = state(4, { ...after, workloads: [workload('server')] });
    expect(judge({ warnings: [] }, after, { previous })).toEqual([]);
  });

  test('about Pods of a workload that is not well stand beside it', () => {
    const after = { workloads: [workload('server', { well: false })], warnings: [own(2)] };
    expect(judge({ warnings: [] }, after)).toEqual([
      'Deployment tools/server: not well',
      expect.stringContaining('Pod tools/server-bbb-2: new warning Unhealthy (2 times) by kubelet'),
    ]);
  });

  test('about Pods that go on although the workload seems well are a problem', () => {
    const after = { workloads: [workload('server')], warnings: [own(3)] };
    const previous = state(4, { workloads: [workload('server')], warnings: [own(2)] });
    expect(judge({ warnings: [] }, after, { previous })).toHaveLength(1);
    const starting = state(4, { workloads: [workload('server', { well: false })], warnings: [own(2)] });
    expect(judge({ warnings: [] }, after, { previous: starting })).toEqual([]);
  });

  test('that could not be read before can’t be compared, and that is unknown', () => {
    const unknown = [{ part: 'warnings', reason: 'Could not list events.' }];
    expect(compare({ unknown }, { warnings: failed(1, 4) })).toEqual({
      ...{ problems: [], notes: [] },
      unknown: ['It could not be looked at before the change: its Warning Events. Could not list events.'],
    });
  });
});
