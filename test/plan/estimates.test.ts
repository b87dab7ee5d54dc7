import { describe, expect, it } from 'vitest';
import type { StageStatus, UpgradeStatus } from '../../src/contract/status.ts';
import { readRequest } from '../../src/contract/request.ts';
import { estimateDefaults, estimateStages, remaining } from '../../src/plan/estimates.ts';
import { RollEstimates } from '../../src/plan/strategies/index.ts';
import { nodeGroup, observe, plan } from './fixtures.ts';

const { setup, scaleUp, node, scaleDown } = estimateDefaults.nodeGroup;

describe('estimateStages', () => {
  const workers = (group: Parameters<typeof nodeGroup>[1], fields: Record<string, unknown> = {}) => {
    const observation = observe({ nodeGroups: [nodeGroup('blue', group)] });
    const made = plan(observation, { targetVersion: '1.32', ...fields });
    return made.estimates.find((estimate) => estimate.stage === 'workers')?.seconds;
  };

  it('has one for each stage, in order', () => {
    expect(
      plan().estimates.map(({ hop, stage, nodeGroup: group }) => `${hop} ${stage} ${group ?? ''}`.trim()),
    ).toEqual([
      '1.32 control-plane',
      '1.32 add-ons',
      '1.32 workers blue',
      '1.32 workers green',
      '1.32 verification',
      '1.33 control-plane',
      '1.33 add-ons',
      '1.33 workers blue',
      '1.33 workers green',
      '1.33 verification',
    ]);
  });

  it('counts ten minutes for a control plane and two for an add-on', () => {
    expect(
      plan()
        .estimates.slice(0, 2)
        .map((estimate) => estimate.seconds),
    ).toEqual([600, 240]);
  });

  it.each([
    [
      'one node after another',
      { size: { min: 0, max: 9, desired: 4 } },
      {},
      setup + scaleUp + 4 * node + scaleDown,
    ],
    [
      'as many at once as the group says',
      { size: { min: 0, max: 9, desired: 5 }, updateSettings: { maxUnavailable: 2 } },
      {},
      setup + scaleUp + 3 * node + scaleDown,
    ],
    [
      'as many at once as the request says',
      { size: { min: 0, max: 9, desired: 6 } },
      { workers: { maxUnavailablePercentage: 50 } },
      setup + scaleUp + 2 * node + scaleDown,
    ],
    [
      'no scaling for MINIMAL',
      { size: { min: 0, max: 9, desired: 2 } },
      { workers: { updateStrategy: 'MINIMAL' } },
      setup + 2 * node,
    ],
    ['no nodes', { size: { min: 0, max: 9, desired: 0 } }, {}, setup],
    [
      'the factor',
      { size: { min: 0, max: 9, desired: 1 } },
      { timing: { scale: 0.01 } },
      (setup + scaleUp + node + scaleDown) / 100,
    ],
  ])('counts %s', (_, group, fields, seconds) => {
    expect(workers(group, fields)).toBe(seconds);
  });

  it('keeps tenths, so that a rehearsal is not thought to take no time', () => {
    const made = plan(observe(), { timing: { scale: 0.001 } });
    const { estimates } = {
      estimates: estimateStages({
        plan: made.plan,
        rolls: new RollEstimates(
          observe(),
          readRequest('upgradeCluster', { cluster: { name: 'demo' }, targetVersion: '1.33' }),
        ),
        scale: 0.001,
      }),
    };
    expect(estimates[0]?.seconds).toBe(0.6);
  });
});

describe('remaining', () => {
  const start = Date.parse('2026-03-02T10:00:00Z');
  const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
  const now = (seconds: number) => new Date(start + seconds * 1000);

  /** Control plane 100 s, add-ons 50 s, workers 200 s, verification 10 s. */
  function status(stages: Partial<StageStatus>[], change: Partial<UpgradeStatus> = {}): UpgradeStatus {
    const names = ['control-plane', 'add-ons', 'workers', 'verification'] as const;
    const seconds = [100, 50, 200, 10];
    return {
      schema: 1,
      workflowType: 'upgradeCluster',
      workflowId: 'w',
      runId: 'r',
      taskQueue: 'stepladder',
      cluster: { name: 'demo' },
      startedAt: at(0),
      phase: 'upgrading',
      paused: false,
      waits: [],
      gates: [],
      estimates: names.map((stage, index) => ({
        hop: '1.32',
        stage,
        seconds: seconds[index] ?? 0,
        ...(stage === 'workers' ? { nodeGroup: 'blue' } : {}),
      })),
      windows: [],
      hops: [
        {
          from: '1.31',
          to: '1.32',
          state: 'running',
          stages: names.map((stage, index) => ({
            stage,
            state: 'pending',
            ...(stage === 'workers' ? { nodeGroup: 'blue' } : {}),
            ...stages[index],
          })),
        },
      ],
      compensations: [],
      refusals: [],
      actions: [],
      notes: [],
      evidence: [],
      ...change,
    };
  }

  const done = (from: number, to: number): Partial<StageStatus> => ({
    state: 'done',
    startedAt: at(from),
    endedAt: at(to),
  });

  it('is the estimate before anything has begun', () => {
    expect(remaining(status([]), now(0))).toEqual({ seconds: 360, finishAt: at(360) });
  });

  it('goes down while a stage runs', () => {
    expect(remaining(status([{ state: 'running', startedAt: at(0) }]), now(30))?.seconds).toBe(330);
  });

  it('is corrected by what has been measured', () => {
    expect(remaining(status([done(0, 50)]), now(50))?.seconds).toBe((50 + 200 + 10) / 2);
    expect(remaining(status([done(0, 200)]), now(200))?.seconds).toBe((50 + 200 + 10) * 2);
  });

  it('is corrected by stages of the same kind first', () => {
    const given = status([done(0, 200), done(200, 250)]);
    const more = {
      ...given,
      estimates: [...given.estimates, { hop: '1.33', stage: 'control-plane' as const, seconds: 100 }],
      hops: [
        ...given.hops,
        {
          from: '1.32',
          to: '1.33',
          state: 'pending' as const,
          stages: [{ stage: 'control-plane' as const, state: 'pending' as const }],
        },
      ],
    };
    const overall = 250 / 150;
    expect(remaining(more, now(250))?.seconds).toBe(Math.round(210 * overall + 200));
  });

  it('never says nothing for a stage that has outlived its estimate', () => {
    const given = status([done(0, 100), done(100, 150), { state: 'running', startedAt: at(150) }]);
    expect(remaining(given, now(1000))?.seconds).toBe(10 + 10);
  });

  it('counts nothing for what is done, skipped, stopped or failed', () => {
    const given = status([done(0, 100), { state: 'skipped' }, { state: 'failed' }, { state: 'stopped' }]);
    expect(remaining(given, now(100))?.seconds).toBe(0);
  });

  it('counts no time for which a migration only keeps the old cluster', () => {
    const stages = [
      { stage: 'cutover' as const, state: 'pending' as const },
      { stage: 'retirement' as const, state: 'pending' as const },
    ];
    const migrating = status([], {
      estimates: [
        { hop: '1.34', stage: 'cutover', seconds: 1_200 },
        { hop: '1.34', stage: 'retirement', seconds: 259_200 },
      ],
      hops: [{ from: '1.31', to: '1.34', state: 'running', stages }],
    });
    expect(remaining(migrating, now(0))?.seconds).toBe(1_200);
  });

  it('is unknown before there is a plan and after the end', () => {
    expect(remaining(status([], { estimates: [] }), now(0))).toBeUndefined();
    expect(remaining(status([], { hops: [] }), now(0))).toBeUndefined();
    expect(remaining(status([], { endedAt: at(5) }), now(9))).toBeUndefined();
  });
});
