import {
  DescribeNodegroupCommand,
  UpdateClusterVersionCommand,
  UpdateNodegroupVersionCommand,
} from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import type { EksNodeGroupState } from '../../eks-api/index.ts';
import { exampleGroup, exampleState, startTestApi } from './startTestApi.ts';
import type { TestApi } from './startTestApi.ts';

const blue = { nodegroupName: 'blue' };

/** Starts with a control plane at 1.32 and a node group at 1.31. */
async function startAhead(
  group: Partial<EksNodeGroupState> = {},
  options: Parameters<typeof startTestApi>[0] = {},
): Promise<TestApi & { roll: (input?: object) => ReturnType<TestApi['ended']> }> {
  const state = exampleState({ nodeGroups: [exampleGroup(group)] });
  const test = await startTestApi({ state, machines: { version: '1.32' }, ...options });
  const roll = async (input: object = {}) => {
    const command = new UpdateNodegroupVersionCommand({
      clusterName: 'demo',
      nodegroupName: 'blue',
      version: '1.32',
      ...input,
    });
    const { update } = await test.client.send(command);
    expect(update).toMatchObject({ type: 'VersionUpdate', status: 'InProgress' });
    return test.ended(update, blue);
  };
  return { ...test, roll };
}

const group = async ({ client }: TestApi) =>
  (await client.send(new DescribeNodegroupCommand({ clusterName: 'demo', nodegroupName: 'blue' }))).nodegroup;

/** The order of what was done, of nodes only. */
const ofNodes = (log: string[]): string[] => log.filter((line) => !line.startsWith('evict'));

describe('a managed node group update', () => {
  it('scales up, replaces every node and scales down again', async () => {
    const test = await startAhead();
    const { infrastructure, roll } = test;
    expect((await roll()).status).toBe('Successful');
    expect(await group(test)).toMatchObject({
      status: 'ACTIVE',
      version: '1.32',
      releaseVersion: '1.32.9-20251103',
      scalingConfig: { desiredSize: 3 },
    });
    const nodes = [...infrastructure.nodes.values()];
    expect(nodes.map(({ version, unschedulable }) => [version, unschedulable])).toEqual(
      Array(3).fill(['1.32', false]),
    );
    expect(infrastructure.pods.size).toBe(6);
    expect(infrastructure.log.filter((line) => line.startsWith('delete'))).toEqual([]);

    const log = ofNodes(infrastructure.log);
    // Twice the number of zones is more than maxUnavailable.
    expect(log.slice(0, 6).every((line) => line.startsWith('launch'))).toBe(true);
    expect(log.slice(6, 9).every((line) => line.startsWith('cordon'))).toBe(true);
    expect(infrastructure.mostNodes).toBe(9);
    expect(log.filter((line) => line.startsWith('terminate'))).toHaveLength(9);
  });

  it('launches nodes evenly over the zones, and leaves them even', async () => {
    const { infrastructure, roll } = await startAhead();
    await roll();
    const zones = infrastructure.log
      .filter((line) => line.startsWith('launch'))
      .slice(0, 6)
      .map((line) => line.split(' ')[3]);
    expect(zones.sort()).toEqual(['a', 'a', 'c', 'c', 'd', 'd'].map((letter) => `ap-northeast-1${letter}`));
    expect([...infrastructure.nodes.values()].map(({ zone }) => zone).sort()).toEqual(
      ['a', 'c', 'd'].map((letter) => `ap-northeast-1${letter}`),
    );
  });

  it('takes up to maxUnavailable nodes at once, in an order that follows from the seed', async () => {
    const order = async (seed: number, maxUnavailable: number) => {
      const { infrastructure, roll } = await startAhead(
        { size: { min: 1, max: 9, desired: 6 }, updateConfig: { maxUnavailable } },
        { seed, apps: [] },
      );
      const old = [...infrastructure.nodes.keys()];
      await roll();
      const log = ofNodes(infrastructure.log).slice(6 + old.length);
      return { log, terminated: log.filter((line) => old.some((name) => line === `terminate ${name}`)) };
    };
    const [one, two] = await Promise.all([order(7, 1), order(8, 1)]);
    expect(one.terminated).toHaveLength(6);
    expect(one.terminated).not.toEqual(two.terminated);
    const three = await order(7, 3);
    expect(three.log.slice(0, 3).every((line) => line.startsWith('cordon'))).toBe(true);
    expect(one.log.slice(0, 3).map((line) => line.split(' ')[0])).toEqual(['cordon', 'terminate', 'launch']);
  });

  it('waits a minute between the last eviction from a node and its end', async () => {
    const { infrastructure, roll } = await startAhead();
    const old = [...infrastructure.nodes.keys()];
    await roll();
    const { log, times } = infrastructure;
    for (const node of old) {
      const evicted = times[log.findLastIndex((line) => line.endsWith(`from ${node}`))] ?? Infinity;
      const ended = times[log.indexOf(`terminate ${node}`)] ?? 0;
      expect(ended - evicted).toBeGreaterThanOrEqual(60);
    }
  });

  it('takes a share of the nodes where a percentage is set', async () => {
    const { infrastructure, roll } = await startAhead(
      { size: { min: 1, max: 12, desired: 10 }, updateConfig: { maxUnavailablePercentage: 80 } },
      { apps: [] },
    );
    await roll();
    // 8 at once are more than twice the number of zones.
    expect(infrastructure.log.slice(0, 9).map((line) => line.split(' ')[0])).toEqual([
      ...Array<string>(8).fill('launch'),
      'cordon',
    ]);
  });

  it('with MINIMAL terminates a node before it launches its successor, and never has more', async () => {
    const test = await startAhead({ updateConfig: { maxUnavailable: 1, updateStrategy: 'MINIMAL' } });
    expect((await test.roll()).status).toBe('Successful');
    expect(ofNodes(test.infrastructure.log).map((line) => line.split(' ')[0])).toEqual(
      [1, 2, 3].flatMap(() => ['cordon', 'terminate', 'launch']),
    );
    expect(test.infrastructure.mostNodes).toBe(3);
    expect((await group(test))?.version).toBe('1.32');
    expect(test.infrastructure.pods.size).toBe(6);
  });

  it('fails when a budget never gives way, and puts the scale-up back', async () => {
    const test = await startAhead({}, { apps: ['web', 'stubborn'] });
    const { infrastructure, roll } = test;
    infrastructure.refusing.add('stubborn');
    const failed = await roll();
    expect(failed).toMatchObject({
      status: 'Failed',
      errors: [
        {
          errorCode: 'PodEvictionFailure',
          errorMessage: 'Reached max retries while trying to evict pods from nodes in node group blue',
        },
      ],
    });
    const [node] = failed.errors?.[0]?.resourceIds ?? [];
    expect(infrastructure.nodes.get(node ?? '')).toMatchObject({ version: '1.31', unschedulable: false });
    expect(infrastructure.nodes.size).toBe(3);
    expect(infrastructure.pods.size).toBe(6);
    expect([...infrastructure.nodes.values()].every((one) => !one.unschedulable)).toBe(true);
    expect(await group(test)).toMatchObject({ status: 'ACTIVE', version: '1.31' });

    infrastructure.refusing.clear();
    expect((await roll()).status).toBe('Successful');
    expect([...infrastructure.nodes.values()].map(({ version }) => version)).toEqual([
      '1.32',
      '1.32',
      '1.32',
    ]);
  });

  it('goes on when a budget gives way in time', async () => {
    const { infrastructure, roll } = await startAhead({}, { apps: ['slow'] });
    infrastructure.refusing.add('slow');
    const rolling = roll();
    await infrastructure.clock.sleep(800_000);
    expect(infrastructure.log.some((line) => line.startsWith('evict'))).toBe(false);
    infrastructure.refusing.clear();
    expect((await rolling).status).toBe('Successful');
  });

  it('deletes what it can not evict only when it is forced', async () => {
    const { infrastructure, roll } = await startAhead(
      { size: { min: 1, max: 3, desired: 1 }, subnets: ['subnet-a'] },
      { apps: ['web', 'stubborn'] },
    );
    infrastructure.refusing.add('stubborn');
    expect((await roll({ force: true })).status).toBe('Successful');
    expect(infrastructure.log.filter((line) => line.startsWith('delete'))).toHaveLength(1);
    expect(infrastructure.pods.size).toBe(2);
  });

  it('fails when new nodes do not join, with no old node touched', async () => {
    const test = await startAhead();
    const { infrastructure, roll } = test;
    infrastructure.neverJoining.add('blue');
    const failed = await roll();
    expect(failed).toMatchObject({ status: 'Failed', errors: [{ errorCode: 'NodeCreationFailure' }] });
    expect(failed.errors?.[0]?.resourceIds).toHaveLength(6);
    expect(infrastructure.nodes.size).toBe(3);
    expect(infrastructure.log.filter((line) => line.startsWith('evict'))).toEqual([]);
    expect(await group(test)).toMatchObject({ status: 'ACTIVE', version: '1.31' });
  });

  it('is DEGRADED when MINIMAL has ended a node whose successor never joins', async () => {
    const test = await startAhead({ updateConfig: { maxUnavailable: 1, updateStrategy: 'MINIMAL' } });
    test.infrastructure.neverJoining.add('blue');
    expect(await test.roll()).toMatchObject({ errors: [{ errorCode: 'NodeCreationFailure' }] });
    expect(await group(test)).toMatchObject({
      status: 'DEGRADED',
      health: { issues: [{ code: 'NodeCreationFailure' }] },
    });
  });

  it('takes the newest release of a version, or the one that is asked for', async () => {
    const test = await startAhead({ version: '1.32', releaseVersion: '1.32.1-20250203' }, { apps: [] });
    expect((await test.roll({ releaseVersion: '1.32.3-20250610' })).status).toBe('Successful');
    expect((await group(test))?.releaseVersion).toBe('1.32.3-20250610');
    expect((await test.roll({ version: undefined })).status).toBe('Successful');
    expect((await group(test))?.releaseVersion).toBe('1.32.9-20251103');
  });

  it('may skip a minor: nodes go straight to the control plane’s version', async () => {
    const test = await startAhead({}, { apps: [], machines: { version: '1.32' } });
    const { client, ended } = test;
    await ended(
      (await client.send(new UpdateClusterVersionCommand({ name: 'demo', version: '1.33' }))).update,
    );
    expect((await test.roll({ version: '1.33' })).status).toBe('Successful');
    expect((await group(test))?.version).toBe('1.33');
  });

  it('ends as a fault says, with no node touched', async () => {
    const test = await startAhead(
      {},
      {
        updateFault: (kind, name) => (name === 'blue' ? { code: 'AccessDenied', message: kind } : undefined),
      },
    );
    expect(await test.roll()).toMatchObject({
      status: 'Failed',
      errors: [{ errorCode: 'AccessDenied', errorMessage: 'NodegroupVersionUpdate' }],
    });
    expect(test.infrastructure.log).toEqual([]);
  });
});
