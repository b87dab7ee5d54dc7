import { CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { activityEnvironment } from '../environment.ts';
import { longEnough } from '../simulated.ts';
import { madeBy, name, startGreen, waiting } from './startGreen.ts';
import type { Green } from './startGreen.ts';

/** Node groups and clusters that EKS was made to delete, in order. */
const deleted = ({ simulator }: Green): string[] =>
  simulator.journal
    .filter(({ outcome, operation }) => outcome === 'applied' && operation.startsWith('Delete'))
    .map(({ operation, resource }) => `${operation} ${resource}`);

const deleteBlue = (green: Green, other: object = {}) =>
  green.go('deleteBlueCluster', {
    blue: green.context,
    stage: green.retirement,
    ...waiting,
    ...other,
  });

describe('removing the new cluster', () => {
  it('takes its node groups first, then it with all the rest, and blue stays as it was', async () => {
    const green = await startGreen();
    await green.whole();
    expect(await green.remove()).toEqual({ state: 'gone', line: `cluster ${name} is gone` });
    expect(green.simulator.account.clusters().map(({ cluster }) => cluster.name)).toEqual(['demo']);
    expect(green.simulator.eks.nodeGroups.size).toBe(2);
    const order = deleted(green);
    expect(order.slice(0, 2).sort()).toEqual([
      `DeleteNodegroup cluster/${name}/node-group/general`,
      `DeleteNodegroup cluster/${name}/node-group/platform`,
    ]);
    expect(order.slice(2)).toEqual([`DeleteCluster cluster/${name}`]);
    expect(await green.remove()).toMatchObject({ state: 'gone' });
  });

  it('waits for one that is being created, which EKS does not delete before', async () => {
    const green = await startGreen({ speed: 1 });
    await green.create();
    expect(await green.remove({ timeoutMs: 1 })).toEqual({
      state: 'still-going',
      line: `cluster ${name} is CREATING`,
    });
    green.simulator.clusters.setSpeed(6_000);
    expect(await green.remove()).toMatchObject({ state: 'gone' });
    expect(deleted(green)).toEqual([`DeleteCluster cluster/${name}`]);
  });

  it('goes on from where it was broken off', async () => {
    const green = await startGreen();
    await green.whole();
    green.simulator.clusters.setSpeed(1);
    const environment = activityEnvironment(longEnough);
    const beaten = new Promise((resolve) =>
      environment.on('heartbeat', (beat: { line?: string } | undefined) => {
        if (beat?.line?.includes('node group general is') === true) resolve(undefined);
      }),
    );
    const { context: blue } = green;
    const first = green.go('removeGreenCluster', { blue, cluster: name, madeBy, ...waiting }, environment);
    await beaten;
    environment.cancel();
    await expect(first).rejects.toBeInstanceOf(CancelledFailure);
    expect(green.record().nodeGroups.get('general')?.status).toBe('DELETING');
    green.simulator.clusters.setSpeed(6_000);
    expect(await green.remove()).toMatchObject({ state: 'gone' });
    expect(deleted(green)).toHaveLength(3);
  });

  it('tells what stands against it, and tries again', async () => {
    const green = await startGreen();
    await green.made();
    green.record().fargateProfiles.push('batch');
    expect(await green.remove({ timeoutMs: 100 })).toMatchObject({
      state: 'still-going',
      line: expect.stringContaining('Cluster has fargate profiles attached'),
    });
    green.record().fargateProfiles.length = 0;
    expect(await green.remove()).toMatchObject({ state: 'gone' });
  });

  it('is tried again where EKS fails', async () => {
    const green = await startGreen();
    await green.made();
    green.simulator.clusters.turnOnFaults(name, {
      updates: [{ kind: 'ClusterDeletion', code: 'InternalFailure', message: 'again', count: 1 }],
    });
    expect(await green.remove()).toMatchObject({ state: 'gone' });
    expect(deleted(green)).toHaveLength(2);
  });

  it('needs credentials that lead to blue', async () => {
    const green = await startGreen();
    await green.made();
    const { context } = green;
    const blue = { ...context, identity: { ...context.identity, endpoint: 'https://elsewhere' } };
    await expect(green.remove({ blue })).rejects.toMatchObject({ type: 'WrongCluster' });
    expect(deleted(green)).toEqual([]);
  });
});

describe('deleting the old cluster', () => {
  it('takes what the plan has listed, then it, and is done once', async () => {
    const green = await startGreen();
    expect(await deleteBlue(green)).toMatchObject({ state: 'gone' });
    expect(green.simulator.account.clusters()).toEqual([]);
    expect(deleted(green)).toHaveLength(3);
    expect(await deleteBlue(green)).toMatchObject({ state: 'gone' });
    expect(deleted(green)).toHaveLength(3);
  });

  it.each([
    ['a node group', { nodeGroups: ['general'] }, 'node group platform'],
    ['an add-on', { addons: ['coredns', 'kube-proxy', 'vpc-cni'] }, 'add-on aws-ebs-csi-driver'],
  ])('is refused where there is %s that the plan has not listed', async (_what, less, named) => {
    const green = await startGreen();
    const stage = { ...green.retirement, ...less };
    await expect(deleteBlue(green, { stage })).rejects.toMatchObject({
      type: 'PlatformRefused',
      message: expect.stringContaining(named),
    });
    expect(deleted(green)).toEqual([]);
  });

  it('is refused where something else runs for it', async () => {
    const green = await startGreen();
    green.simulator.eks.fargateProfiles.push('batch');
    green.simulator.eks.capabilities.push({ capabilityName: 'gitops', type: 'ARGOCD' });
    await expect(deleteBlue(green)).rejects.toThrow(/Fargate profile batch, EKS capability gitops/);
    expect(deleted(green)).toEqual([]);
  });

  it('is refused while it is protected, and says how to go on', async () => {
    const green = await startGreen();
    green.simulator.eks.cluster.settings.deletionProtection = true;
    await expect(deleteBlue(green)).rejects.toThrow(/--no-deletion-protection/);
    expect(deleted(green)).toEqual([]);
  });

  it('is refused of another cluster that has its name by now', async () => {
    const green = await startGreen();
    const { context } = green;
    const blue = { ...context, identity: { ...context.identity, endpoint: 'https://elsewhere' } };
    await expect(deleteBlue(green, { blue })).rejects.toMatchObject({ type: 'WrongCluster' });
    expect(deleted(green)).toEqual([]);
  });

  it('goes on after it was broken off, also when only the cluster is left', async () => {
    const green = await startGreen({ speed: 1 });
    expect(await deleteBlue(green, { timeoutMs: 1 })).toMatchObject({ state: 'still-going' });
    green.simulator.clusters.setSpeed(6_000);
    expect(await deleteBlue(green)).toMatchObject({ state: 'gone' });
    expect(deleted(green)).toHaveLength(3);
  });
});
