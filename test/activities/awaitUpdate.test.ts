import { CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { UpdateOutcome, UpdateProgress } from '../../src/activities/types.ts';
import type { ProbeSummary } from '../../src/contract/evidence.ts';
import { activityEnvironment } from './environment.ts';
import { longEnough, startSimulated } from './simulated.ts';
import type { Simulated } from './simulated.ts';

const controlPlane = { kind: 'control-plane' } as const;
const general = { kind: 'node-group', name: 'general' } as const;
const measured: ProbeSummary = {
  probes: 1_000,
  failures: 2,
  downtimeSeconds: 3,
  longestOutageSeconds: 2,
  unobservedSeconds: 4,
};

async function startControlPlane({ run, context }: Simulated): Promise<string> {
  const started = await run('startControlPlaneUpdate', {
    context,
    to: '1.32',
    force: false,
    runId: 'r',
    attempt: 1,
  });
  return 'updateId' in started ? started.updateId : '';
}

/** An environment that keeps what is heartbeated, and resolves when something of it is as asked. */
function listening(info: Parameters<typeof activityEnvironment>[0] = {}) {
  const environment = activityEnvironment({ ...longEnough, ...info });
  const heartbeats: UpdateProgress[] = [];
  environment.on('heartbeat', (details: UpdateProgress) => heartbeats.push(details));
  const heard = (wanted: (progress: UpdateProgress) => boolean) =>
    new Promise<UpdateProgress>((resolve) => {
      environment.on('heartbeat', (details: UpdateProgress) => {
        if (wanted(details)) resolve(details);
      });
    });
  return { environment, heartbeats, heard };
}

/** Waits for a short time again and again, until a probe has had its answer in that time. */
async function untilProbed(wait: () => Promise<UpdateOutcome>): Promise<UpdateOutcome> {
  for (;;) {
    const outcome = await wait();
    if ((outcome.probe?.probes ?? 0) > measured.probes) return outcome;
  }
}

describe('waiting for an update', () => {
  it('probes the API server all through the control plane’s', async () => {
    const simulated = await startSimulated({ speed: 300 });
    const { run, context } = simulated;
    const updateId = await startControlPlane(simulated);
    const input = {
      context,
      target: controlPlane,
      updateId,
      timeoutMs: 100_000,
      pollMs: 100,
      probeIntervalMs: 50,
    };
    const outcome = await run('awaitUpdate', input);
    expect(outcome).toMatchObject({
      status: 'Successful',
      errors: [],
    });
    expect(outcome.probe!.probes).toBeGreaterThan(0);
    // Asked again about what has ended, it says so at once.
    expect(await run('awaitUpdate', input)).toMatchObject({ status: 'Successful' });
  });

  it('reports the downtime that there was', async () => {
    const simulated = await startSimulated({
      speed: 300,
      scenario: { faults: { apiServerDowntimeSeconds: 300 } },
    });
    const { clock, faults } = simulated.simulator.cluster;
    // It stays away until that has been told.
    const stop = faults.onWatchCut(() => {
      stop();
      clock.setSpeed(1);
    });
    const began = performance.now();
    const updateId = await startControlPlane(simulated);
    const { environment, heard } = listening();
    const input = {
      context: simulated.context,
      target: controlPlane,
      updateId,
      timeoutMs: 100_000,
      pollMs: 100,
      probeIntervalMs: 20,
    };
    const waited = simulated.run('awaitUpdate', input, environment);
    await heard(({ probe }) => (probe?.failures ?? 0) >= 3);
    clock.setSpeed(300);
    const { probe } = await waited;
    expect(probe!.failures).toBeGreaterThanOrEqual(3);
    expect(probe!.downtimeSeconds).toBeGreaterThan(0);
    expect(probe!.downtimeSeconds).toBeLessThan((performance.now() - began) / 1_000);
  });

  it('says when its time is over and the update goes on, and goes on from what was measured', async () => {
    const simulated = await startSimulated({ speed: 1 });
    const updateId = await startControlPlane(simulated);
    const input = {
      context: simulated.context,
      target: controlPlane,
      updateId,
      timeoutMs: 200,
      pollMs: 50,
      probeIntervalMs: 50,
    };
    const first = await simulated.run('awaitUpdate', input);
    expect(first).toMatchObject({ status: 'StillRunning', errors: [] });
    const second = await untilProbed(() => simulated.run('awaitUpdate', { ...input, probe: measured }));
    expect(second.status).toBe('StillRunning');
    expect(second.probe).toMatchObject({ failures: 2, downtimeSeconds: 3 });
  });

  it('goes on from what an attempt that died has heartbeated, and counts the time between as unobserved', async () => {
    const simulated = await startSimulated({ speed: 1 });
    const updateId = await startControlPlane(simulated);
    const lastProbeAt = new Date(Date.now() - 60_000).toISOString();
    const heartbeatDetails: UpdateProgress = { line: '', updateId, probe: measured, lastProbeAt };
    const input = {
      context: simulated.context,
      target: controlPlane,
      updateId,
      timeoutMs: 200,
      pollMs: 50,
      probeIntervalMs: 50,
      probe: { ...measured, probes: 10 },
    };
    const { probe } = await untilProbed(() =>
      simulated.run('awaitUpdate', input, listening({ heartbeatDetails }).environment),
    );
    expect(probe!.unobservedSeconds).toBeGreaterThan(60);
    const since = (Date.now() - Date.parse(lastProbeAt)) / 1_000;
    expect(probe!.unobservedSeconds).toBeLessThan(measured.unobservedSeconds + since + 1);
  });

  it('counts all the time as unobserved when the worker died before it had told of a probe', async () => {
    const simulated = await startSimulated({ speed: 1 });
    const updateId = await startControlPlane(simulated);
    const scheduledTimestampMs = Date.now() - 60_000;
    const { environment } = listening({ attempt: 2, scheduledTimestampMs });
    const { probe } = await simulated.run(
      'awaitUpdate',
      {
        context: simulated.context,
        target: controlPlane,
        updateId,
        timeoutMs: 200,
        pollMs: 50,
        probeIntervalMs: 50,
      },
      environment,
    );
    expect(probe!.unobservedSeconds).toBeGreaterThan(59);
    expect(probe!.unobservedSeconds).toBeLessThan((Date.now() - scheduledTimestampMs) / 1_000 + 1);
  });

  it('keeps what was measured when EKS refuses the credentials in the middle', async () => {
    const simulated = await startSimulated({ speed: 1 });
    const { run, context, simulator } = simulated;
    const updateId = await startControlPlane(simulated);
    const { environment, heard } = listening();
    const input = {
      context,
      target: controlPlane,
      updateId,
      timeoutMs: 60_000,
      pollMs: 100,
      probeIntervalMs: 20,
    };
    const running = run('awaitUpdate', input, environment);
    const refused = expect(running).rejects.toMatchObject({ type: 'CredentialsRefused' });
    const before = await heard(({ probe }) => (probe?.probes ?? 0) > 20);
    simulator.cluster.faults.refuseCredentials(true);
    await refused;
    simulator.cluster.faults.refuseCredentials(false);
    const { probe, status } = await run('awaitUpdate', { ...input, timeoutMs: 100 });
    expect(status).toBe('StillRunning');
    expect(probe!.probes).toBeGreaterThanOrEqual(before.probe!.probes);
  });

  it('stops when it is cancelled', async () => {
    const simulated = await startSimulated({ speed: 1 });
    const updateId = await startControlPlane(simulated);
    const { environment, heard } = listening();
    const running = simulated.run(
      'awaitUpdate',
      {
        context: simulated.context,
        target: controlPlane,
        updateId,
        timeoutMs: 3_600_000,
        pollMs: 3_600_000,
        probeIntervalMs: 50,
      },
      environment,
    );
    const stopped = expect(running).rejects.toBeInstanceOf(CancelledFailure);
    await heard(({ probe }) => (probe?.probes ?? 0) > 0);
    environment.cancel();
    await stopped;
  });

  it('tells how far a node group is, node by node', async () => {
    const simulated = await startSimulated({ speed: 1 });
    const { run, context, simulator } = simulated;
    simulator.eks.findNodeGroup('general').version = '1.30';
    const started = await run('startNodeGroupUpdate', {
      context,
      nodeGroup: 'general',
      to: '1.31',
      runId: 'r',
      attempt: 1,
    });
    const updateId = 'updateId' in started ? started.updateId : '';
    const { environment, heard } = listening();
    const running = run(
      'awaitUpdate',
      { context, target: general, updateId, timeoutMs: 60_000, pollMs: 100 },
      environment,
    );
    const progress = await heard(({ nodes }) => nodes !== undefined);
    expect(progress).toMatchObject({
      updateId,
      line: expect.stringMatching(
        /^node group general: \d of \d+ nodes at 1\.31 and Ready, update InProgress$/,
      ),
    });
    expect(progress.nodes!.every(({ kubeletVersion }) => kubeletVersion.startsWith('v1.31'))).toBe(true);
    simulator.cluster.clock.setSpeed(5_000);
    await expect(running).resolves.toMatchObject({ status: 'Successful' });
  });

  it('goes on when the nodes can not be seen', async () => {
    const simulated = await startSimulated({ speed: 1 });
    const { run, context, simulator } = simulated;
    const updateId = await simulated.otherUpdate({
      type: 'ConfigUpdate',
      seconds: 3_600,
      nodegroupName: 'general',
    });
    simulator.cluster.faults.turnOn({ calls: [{ surface: 'kubernetes', kind: 'server-error' }] });
    const { environment, heard } = listening();
    const running = run(
      'awaitUpdate',
      { context, target: general, updateId, timeoutMs: 60_000, pollMs: 50 },
      environment,
    );
    const cancelled = expect(running).rejects.toBeInstanceOf(CancelledFailure);
    await heard(({ line }) => line.includes("its nodes can't be seen now (ServerError)"));
    environment.cancel();
    await cancelled;
  });

  it('says what EKS says of an update that it does not know', async () => {
    const { run, context } = await startSimulated();
    await expect(
      run('awaitUpdate', {
        context,
        target: controlPlane,
        updateId: '00000000-0000-0000-0000-000000000000',
        timeoutMs: 1_000,
        pollMs: 50,
      }),
    ).rejects.toMatchObject({ type: 'PlatformRefused', message: expect.stringContaining('does not find') });
  });
});
