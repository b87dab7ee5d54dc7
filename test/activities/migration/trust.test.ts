import { CreateClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RoleRecord } from '../../../iam-api/store.ts';
import { observeRoles } from '../../../src/activities/migration/observeRoles.ts';
import { trustActivities } from '../../../src/activities/migration/trust.ts';
import { withBoundary } from '../../../src/activities/boundary.ts';
import type { ClusterContext } from '../../../src/activities/types.ts';
import type { GreenClusterStage } from '../../../src/contract/migration.ts';
import type { ObservedRole } from '../../../src/plan/observedMigration.ts';
import { activityEnvironment } from '../environment.ts';
import { longEnough, startSimulated } from '../simulated.ts';
import type { Simulated } from '../simulated.ts';

const roleArn = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
const madeBy = 'stepladder/migrate';

const serviceAccount = (name: string, role: string) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace: 'shop', annotations: { 'eks.amazonaws.com/role-arn': role } },
});

interface Migration extends Simulated {
  green: ClusterContext;
  stage: GreenClusterStage;
  role: (name: string) => RoleRecord;
  trust: () => Promise<{ changed: string[] }>;
  distrust: (by?: string) => Promise<void>;
  observe: (greenIsThere: boolean) => Promise<ObservedRole[]>;
  providers: () => string[];
}

/** Blue with two roles that Pods assume, and green beside it. */
async function startMigration(scenario: Record<string, unknown> = {}): Promise<Migration> {
  const simulated = await startSimulated({
    scenario: {
      manifests: [
        serviceAccount('orders', roleArn('orders')),
        serviceAccount('billing', roleArn('billing')),
        serviceAccount('mailer', roleArn('billing')),
      ],
      ...scenario,
    },
  });
  const { simulator, run, context: blue } = simulated;
  const client = new EKSClient({});
  onTestFinished(() => client.destroy());
  await client.send(
    new CreateClusterCommand({
      name: 'demo-1-34',
      version: '1.34',
      roleArn: roleArn('eks'),
      resourcesVpcConfig: { subnetIds: simulator.eks.cluster.subnets.map(({ id }) => id) },
    }),
  );
  await expect
    .poll(() => simulator.account.peek('demo-1-34')?.cluster.status, { timeout: 10_000 })
    .toBe('ACTIVE');
  const cluster = { name: 'demo-1-34' };
  const { identity } = await run('identifyCluster', { cluster });
  const issuerOf = async (context: ClusterContext) =>
    (await simulated.clusters.platform(context.cluster).describeCluster()).oidcIssuer;
  const { trustGreen, distrustGreen } = withBoundary(trustActivities(simulated));
  const green = { cluster, identity, evidencePrefix: blue.evidencePrefix };
  const stage: GreenClusterStage = {
    stage: 'green-cluster',
    cluster: 'demo-1-34',
    from: '1.31',
    to: '1.34',
    create: true,
    accessEntries: [],
    podIdentities: [],
    trustedBy: [roleArn('billing'), roleArn('orders')],
  };
  return {
    ...simulated,
    trust: () => activityEnvironment(longEnough).run(trustGreen, { sides: { blue, green }, stage, madeBy }),
    distrust: (by = madeBy) =>
      activityEnvironment(longEnough).run(distrustGreen, { blue, stage, madeBy: by }),
    green,
    stage,
    role: (name) => simulator.iam.findRole(name),
    providers: () => [...simulator.iam.providers.keys()],
    async observe(greenIsThere) {
      const { kubernetes } = await simulated.clusters.open(blue);
      return observeRoles({
        kubernetes,
        access: {},
        blue: { arn: blue.identity.arn, issuer: await issuerOf(blue) },
        addons: [],
        green: { arn: identity.arn, ...(greenIsThere ? { issuer: await issuerOf(green) } : {}) },
      });
    },
  };
}

describe('trusting green', () => {
  it('tells roles what they say of blue, and takes exactly that back', async () => {
    const { trust, distrust, stage, role, observe, providers } = await startMigration();
    const before = { orders: role('orders').trustPolicy, billing: role('billing').trustPolicy };
    expect(await observe(true)).toMatchObject([
      { arn: roleArn('billing'), serviceAccounts: ['shop/billing', 'shop/mailer'], state: 'can-be-told' },
      { arn: roleArn('orders'), serviceAccounts: ['shop/orders'], state: 'can-be-told' },
    ]);
    expect(await trust()).toEqual({ changed: stage.trustedBy });
    expect((await observe(true)).map(({ state }) => state)).toEqual(['trusts-green', 'trusts-green']);
    expect(providers()).toHaveLength(2);
    await distrust();
    expect(role('orders').trustPolicy).toBe(before.orders);
    expect(role('billing').trustPolicy).toBe(before.billing);
    expect(providers()).toHaveLength(1);
  });
});
