import { expect, it } from 'vitest';
import { setMigrationStage } from './migrationStage.ts';
import { atWork, world } from './migrationState.ts';
import { eventually } from './patience.ts';

it('a migration is rolled back by a person, approved once more, and keeps blue where its end is rejected', async ({
  onTestFinished,
}) => {
  const stage = await setMigrationStage(onTestFinished);
  await stage.startWorker();
  const upgrade = await stage.migrate({
    steps: { weights: [25, 50, 100], soak: '5m', lookEvery: '30s' },
  });
  const { tags, nodeGroups, addons } = world(stage);
  await upgrade.approve('plan');
  await upgrade.approve('cutover');
  await eventually('users on green', () => stage.weights().green > 0);
  // What must not work twice has gone before the users.
  expect([atWork(stage, stage.cluster), atWork(stage, stage.green)]).toEqual([[], ['report', 'mailer']]);

  await upgrade.handle.signal('rollback', { by: 'on-call', comment: 'latency' });
  const again = await upgrade.gate('cutover');
  expect(again.opening).toBe(2);
  expect(again.shown.join('\n')).toContain('latency');
  expect(stage.weights()).toEqual({ blue: 100, green: 0 });
  expect([atWork(stage, stage.cluster), atWork(stage, stage.green)]).toEqual([['report', 'mailer'], []]);
  const { migration, actions } = await upgrade.status();
  expect(migration?.moves.map(({ to }) => to.green).slice(-2)).toEqual([expect.any(Number), 0]);
  expect(actions).toEqual([
    expect.objectContaining({ action: 'rollback', by: 'on-call', comment: 'latency' }),
  ]);

  await upgrade.approve('cutover');
  const { digest } = await upgrade.gate('retire');
  expect(stage.weights()).toEqual({ blue: 0, green: 100 });
  await upgrade.handle.executeUpdate('reject', { args: [{ gate: 'retire', by: 'on-call', digest }] });
  expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', cluster: stage.green });
  // Blue is there with all that it had, and at rest.
  const { clusters, ...after } = world(stage);
  expect(clusters).toEqual([stage.cluster, stage.green]);
  expect(after).toMatchObject({ tags, nodeGroups, addons });
  expect([atWork(stage, stage.cluster), atWork(stage, stage.green)]).toEqual([[], ['report', 'mailer']]);
  expect(stage.load()).toMatchObject({ failed: 0, failures: [] });
});
