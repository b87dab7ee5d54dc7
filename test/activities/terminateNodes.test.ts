import { describe, expect, it } from 'vitest';
import { startSimulated } from './simulated.ts';
import type { Simulated } from './simulated.ts';

const nodeGroup = 'general';
const waiting = { timeoutMs: 100_000, pollMs: 20 };

async function nodesOf({ simulator }: Simulated, group = nodeGroup): Promise<string[]> {
  return (await simulator.cluster.infrastructure.listNodes(group)).map(({ name }) => name);
}

const terminate = ({ run, context }: Simulated, nodes: string[], other: object = {}) =>
  run('terminateNodes', { context, nodeGroup, nodes, ...waiting, ...other });

const terminations = ({ applied }: Simulated): number =>
  applied().filter((line) => line.startsWith('TerminateInstanceInAutoScalingGroup')).length;

/** Leaves the group with so many nodes as its least. */
function setLeast({ simulator }: Simulated, min: number): void {
  const group = simulator.eks.findNodeGroup(nodeGroup);
  group.size = { ...group.size, min };
}

describe('nodes that are ended', () => {
  it('go with their places, and nothing is started in their stead', async () => {
    const simulated = await startSimulated();
    setLeast(simulated, 0);
    const all = await nodesOf(simulated);
    const [first = '', second = ''] = all;
    expect(await terminate(simulated, [first, second])).toEqual({ terminated: 2, left: [] });
    expect(await nodesOf(simulated)).toEqual(all.slice(2));
    expect(simulated.simulator.eks.findNodeGroup(nodeGroup).size.desired).toBe(all.length - 2);
    expect(simulated.simulator.eks.findNodeGroup(nodeGroup).tags).not.toHaveProperty(
      'stepladder/size-before',
    );
  });

  it('are ended once, however often that is asked for and whoever has ended them', async () => {
    const simulated = await startSimulated();
    setLeast(simulated, 0);
    const [first = ''] = await nodesOf(simulated);
    await terminate(simulated, [first]);
    const { desired } = simulated.simulator.eks.findNodeGroup(nodeGroup).size;
    expect(await terminate(simulated, [first, 'never-there'])).toEqual({ terminated: 0, left: [] });
    expect(terminations(simulated)).toBe(1);
    expect(simulated.simulator.eks.findNodeGroup(nodeGroup).size.desired).toBe(desired);
  });

  it('are not told twice to go while they are going', async () => {
    const simulated = await startSimulated({ speed: 1 });
    setLeast(simulated, 0);
    const nodes = await nodesOf(simulated);
    const once = await terminate(simulated, nodes, { timeoutMs: 1 });
    expect(once.left.length).toBeGreaterThan(0);
    const again = await terminate(simulated, nodes, { timeoutMs: 1 });
    expect(again).toMatchObject({ terminated: 0 });
    // AWS does not say what a second call does to the size: none is made.
    expect(simulated.simulator.journal.filter(({ outcome }) => outcome !== 'applied')).toEqual([]);
    expect(terminations(simulated)).toBe(nodes.length);
    expect(simulated.simulator.eks.findNodeGroup(nodeGroup).size.desired).toBe(0);
  });

  it('have the least size lowered for them, with a note of what it was, and put back with the size', async () => {
    const simulated = await startSimulated();
    const { run, context, simulator } = simulated;
    const before = { ...simulator.eks.findNodeGroup(nodeGroup).size };
    setLeast(simulated, before.desired);
    const [first = ''] = await nodesOf(simulated);
    expect(await terminate(simulated, [first])).toEqual({ terminated: 1, left: [] });
    const group = () => simulator.eks.findNodeGroup(nodeGroup);
    expect(group().size).toMatchObject({ min: before.desired - 1, desired: before.desired - 1 });
    expect(group().tags['stepladder/size-before']).toBe(
      `min=${before.desired} max=${before.max} desired=${before.desired}`,
    );
    const size = { ...before, min: before.desired };
    const resize = () => run('resizeNodeGroup', { context, nodeGroup, size, runId: 'run', attempt: 1 });
    const started = await resize();
    await run('awaitUpdate', {
      context,
      target: { kind: 'node-group', name: nodeGroup },
      updateId: 'updateId' in started ? started.updateId : '',
      ...waiting,
    });
    expect(group().size).toEqual(size);
    // The note goes with a look that finds the size there, so that an update that fails leaves it.
    expect(group().tags).toHaveProperty('stepladder/size-before');
    expect(await resize()).toEqual({ state: 'already-done' });
    expect(group().tags).not.toHaveProperty('stepladder/size-before');
  });

  it('can be ended, started and ended again in one upgrade', async () => {
    const simulated = await startSimulated();
    const { run, context, simulator } = simulated;
    const { size } = simulator.eks.findNodeGroup(nodeGroup);
    for (let round = 0; round < 3; round += 1) {
      const [first = ''] = await nodesOf(simulated);
      expect(await terminate(simulated, [first])).toEqual({ terminated: 1, left: [] });
      const started = await run('resizeNodeGroup', { context, nodeGroup, size, runId: 'run', attempt: 1 });
      expect(started.state).toBe('started');
      await run('awaitNodeGroupNodes', {
        context,
        nodeGroup,
        nodes: size.desired,
        version: '1.31',
        ...waiting,
      });
    }
    expect(terminations(simulated)).toBe(3);
  });

  it('are left alone when they are of another group', async () => {
    const simulated = await startSimulated();
    const [other = ''] = await nodesOf(simulated, 'platform');
    expect(await terminate(simulated, [other])).toEqual({ terminated: 0, left: [] });
    expect(await nodesOf(simulated, 'platform')).toContain(other);
  });

  it('name the permission that is missing', async () => {
    const simulated = await startSimulated();
    setLeast(simulated, 0);
    await simulated.deny('TerminateInstanceInAutoScalingGroup');
    await expect(terminate(simulated, await nodesOf(simulated))).rejects.toMatchObject({
      type: 'CredentialsRefused',
      message: expect.stringContaining('Allow them autoscaling:TerminateInstanceInAutoScalingGroup'),
    });
  });

  it('are ended in spite of throttling and lost answers, each once', async () => {
    const simulated = await startSimulated();
    setLeast(simulated, 0);
    simulated.simulator.cluster.faults.turnOn({
      calls: [
        { surface: 'eks', operation: 'TerminateInstance*', kind: 'throttle', count: 1 },
        { surface: 'eks', operation: 'DescribeAutoScalingInstances', kind: 'reset', count: 1 },
      ],
    });
    const nodes = await nodesOf(simulated);
    expect(await terminate(simulated, nodes)).toMatchObject({ left: [] });
    expect(terminations(simulated)).toBe(nodes.length);
    expect(simulated.simulator.eks.findNodeGroup(nodeGroup).size.desired).toBe(0);
  });
});
