import { expect, it } from 'vitest';
import { pods } from '../../simulator/cluster/kinds.ts';
import { startRoll } from './drainRoll.ts';

const nodeSelector = { 'eks.amazonaws.com/nodegroup': 'old' };
const single = {
  kind: 'Deployment',
  namespace: 'shop',
  name: 'single',
  nodeSelector,
  budget: { minAvailable: 1 },
};
const web = {
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  replicas: 6,
  nodeSelector,
  startSeconds: 3_600,
  budget: { maxUnavailable: 1 },
};

it('tells Pods that no waiting mends from those that may go once others are Ready', async () => {
  const roll = await startRoll([single, web], { speed: 1 });
  const { store } = roll.simulator.cluster;
  const find = () => roll.run('findStuckPods', { context: roll.context, nodeGroup: 'old', to: '1.32' });
  expect(await find()).toMatchObject({
    stuck: [{ namespace: 'shop', owner: { name: 'single' } }],
    stuckCount: 1,
    waitingCount: 0,
  });

  const [leaving] = roll.podsOnOld().filter(({ metadata }) => metadata.name.startsWith('web'));
  if (leaving === undefined) throw new Error('no Pod of web is on the old nodes');
  store.remove(pods, 'shop', leaving.metadata.name, { gracePeriodSeconds: 0 });
  await roll.simulator.cluster.whenIdle();
  const found = await find();
  expect(found.stuck.map(({ owner }) => owner?.name)).toEqual(['single']);
  expect(found.waitingCount).toBe(5);
  expect(
    found.waiting?.every(
      ({ name, message }) => name.startsWith('web') && message.includes('more of its Pods are Ready'),
    ),
  ).toBe(true);
  expect(roll.simulator.journal).toEqual([]);
});
