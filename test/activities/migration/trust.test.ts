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

  it('is done once however often it is asked for', async () => {
    const { trust, distrust, applied } = await startMigration();
    await trust();
    const before = applied();
    expect(await trust()).toMatchObject({ changed: { length: 2 } });
    expect(applied()).toEqual(before);
    await distrust();
    const after = applied();
    await distrust();
    expect(applied()).toEqual(after);
  });

  it('loses nothing of what somebody else writes at the same time', async () => {
    const { trust, role, observe } = await startMigration();
    const theirs = {
      Sid: 'Theirs',
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    };
    const orders = role('orders');
    let stored = orders.trustPolicy;
    let race = true;
    Object.defineProperty(orders, 'trustPolicy', {
      get: () => stored,
      set: (written: string) => {
        // Right after our write comes theirs, made from what there was before.
        const { Statement, ...rest } = JSON.parse(stored);
        stored = race ? JSON.stringify({ ...rest, Statement: [...Statement, theirs] }) : written;
        race = false;
      },
    });
    await trust();
    const { Statement: statements } = JSON.parse(stored);
    expect(statements).toHaveLength(3);
    expect(statements).toContainEqual(theirs);
    expect((await observe(true)).map(({ state }) => state)).toEqual(['trusts-green', 'trusts-green']);
  });

  it('is taken back when green is gone, and its role too', async () => {
    const { trust, distrust, role, providers, simulator } = await startMigration();
    const before = role('orders').trustPolicy;
    await trust();
    simulator.account.forget('demo-1-34');
    simulator.iam.roles.delete('billing');
    await distrust();
    expect(role('orders').trustPolicy).toBe(before);
    expect(providers()).toHaveLength(1);
  });

  it('leaves a provider that another has made, and takes roles back although one can not be', async () => {
    const { trust, distrust, role, providers } = await startMigration();
    const before = role('orders').trustPolicy;
    await trust();
    const billing = role('billing');
    // Somebody has taken blue out of it, so that nothing would be left.
    const { Statement: statements, ...rest } = JSON.parse(billing.trustPolicy) as { Statement: object[] };
    billing.trustPolicy = JSON.stringify({ ...rest, Statement: statements.slice(1) });
    await expect(distrust('stepladder/another')).rejects.toMatchObject({
      type: 'PlatformRefused',
      message: expect.stringContaining('role/billing'),
    });
    expect(role('orders').trustPolicy).toBe(before);
    expect(providers()).toHaveLength(2);
  });

  it('asks IAM nothing where no role is concerned', async () => {
    const { run, context: blue, green, stage, deny } = await startMigration();
    await deny('GetOpenIDConnectProvider', 'GetRole', 'ListOpenIDConnectProviders');
    const none = { ...stage, trustedBy: [] };
    expect(await run('trustGreen', { sides: { blue, green }, stage: none, madeBy })).toEqual({ changed: [] });
    await run('distrustGreen', { blue, stage: none, madeBy });
  });

  it('refuses a role that can no longer be told, with what helps', async () => {
    const { trust, role } = await startMigration();
    const billing = role('billing');
    billing.trustPolicy = billing.trustPolicy.replace('"Allow"', '"Deny"');
    await expect(trust()).rejects.toMatchObject({
      type: 'PlatformRefused',
      message: expect.stringMatching(/role\/billing can't be told.*has the effect Deny.*changed since/),
    });
  });
});

describe('the roles of blue', () => {
  it('are seen with why one can not be told', async () => {
    const foreign = 'arn:aws:iam::999999999999:role/theirs';
    const { observe, simulator } = await startMigration({
      manifests: [
        serviceAccount('orders', roleArn('orders')),
        serviceAccount('theirs', foreign),
        serviceAccount('gone', roleArn('gone')),
        serviceAccount('crowded', roleArn('crowded')),
      ],
      roles: [
        {
          arn: roleArn('crowded'),
          trustPolicy: {
            Statement: Array.from({ length: 5 }, (_, index) => ({
              Effect: 'Allow',
              Principal: { Federated: '{provider}' },
              Action: 'sts:AssumeRoleWithWebIdentity',
              Condition: { StringEquals: { '{issuer}:sub': `system:serviceaccount:shop:account-${index}` } },
            })),
          },
        },
      ],
    });
    simulator.iam.roles.delete('gone');
    expect(await observe(false)).toMatchObject([
      { arn: roleArn('crowded'), state: 'unknown', blocks: true, why: expect.stringContaining('characters') },
      { arn: roleArn('gone'), state: 'unknown', why: expect.stringContaining('cannot be found') },
      { arn: roleArn('orders'), state: 'can-be-told' },
      { arn: foreign, state: 'foreign', why: expect.stringContaining('999999999999') },
    ]);
  });

  it('are unknown where the worker may not read them, and none of them is then a pass', async () => {
    const { observe, deny } = await startMigration();
    await deny('GetRole');
    expect(await observe(true)).toMatchObject([
      { state: 'unknown', remedy: expect.stringContaining('iam:GetRole') },
      { state: 'unknown', remedy: expect.stringContaining('iam:GetRole') },
    ]);
  });
});
