import { describe, expect, it } from 'vitest';
import { readRequest } from '../../../src/contract/request.ts';
import type { MigrationRequest } from '../../../src/contract/migrationSchema.ts';
import type { Observation } from '../../../src/plan/observation.ts';
import type { ObservedMigration } from '../../../src/plan/observedMigration.ts';
import { startSimulated } from '../simulated.ts';
import type { Simulated } from '../simulated.ts';

/** What the activities see for a migration of the simulated cluster to 1.34. */
async function observed(
  { run, context, evidence }: Simulated,
  green: Partial<MigrationRequest['green']> = {},
  more: Record<string, unknown> = {},
): Promise<ObservedMigration> {
  const { migration } = readRequest('migrateCluster', {
    cluster: context.cluster,
    targetVersion: '1.34',
    workers: { strategy: 'blue-green' },
    migration: { routing: { manual: {} }, green, ...more },
  });
  if (migration === undefined) throw new Error('the request has no migration');
  const { evidence: kept } = await run('observeCluster', { context, targetVersion: '1.34', migration });
  const { migration: seen } = (await evidence.read(kept)) as Observation;
  if (seen === undefined) throw new Error('nothing was seen for a migration');
  return seen;
}

describe('what a migration stands on', () => {
  it('is seen of blue, of the router, and of the cluster that has green’s name', async () => {
    const simulated = await startSimulated();
    const seen = await observed(simulated);
    expect(seen.unseen).toEqual([]);
    expect(seen.green).toBeUndefined();
    expect(seen.blueprint.nodeGroups.map(({ name }) => name).sort()).toContain('general');
    expect(seen.blueprint.addons.map(({ name }) => name)).toContain('coredns');
    expect(seen.blueprint.addonVersions['coredns']?.length).toBeGreaterThan(0);
    expect(seen.routing).toMatchObject({ router: 'a person' });
    expect(seen.sourceProblems).toEqual([]);
  });

  it('tells which sources can’t be brought, before there is a green', async () => {
    const resources = [{ copy: {} }, { manifests: { path: '/nowhere/shop' } }];
    expect((await observed(await startSimulated(), {}, { resources })).sourceProblems).toMatchObject([
      { source: 'manifests of /nowhere/shop', severity: 'blocker' },
    ]);
  });

  it('tells of a cluster that has the name already, and who made it', async () => {
    const simulated = await startSimulated();
    const { run, context } = simulated;
    const stage = {
      ...{ stage: 'green-cluster' as const, cluster: 'demo-1-34', from: '1.31', to: '1.34', create: true },
      ...{ accessEntries: [], podIdentities: [], trustedBy: [] },
    };
    await run('createGreenCluster', { blue: context, stage, madeBy: 'another', runId: 'run', attempt: 1 });
    expect((await observed(simulated)).green).toMatchObject({
      ...{ version: '1.34', madeBy: 'another', ours: false },
    });
    expect((await observed(simulated, { name: 'demo-b' })).green).toBeUndefined();
  });

  it('says what may not be seen, and goes on with the rest', async () => {
    const simulated = await startSimulated();
    await simulated.deny('ListAccessEntries');
    const seen = await observed(simulated);
    expect(seen.unseen).toMatchObject([{ part: 'blueprint' }]);
    expect(seen.blueprint.addons.map(({ name }) => name)).toContain('coredns');
  });
});
