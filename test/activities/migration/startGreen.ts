import { defaultAddonVersion } from '../../../eks-api/addonCatalogue.ts';
import type { MigrationActivities, Sides } from '../../../src/activities/migrationTypes.ts';
import type { ClusterContext } from '../../../src/activities/types.ts';
import type {
  GreenAddonsStage,
  GreenClusterStage,
  GreenWorkersStage,
  RetirementStage,
} from '../../../src/contract/migration.ts';
import { activityEnvironment } from '../environment.ts';
import { longEnough, startSimulated } from '../simulated.ts';
import type { Simulated } from '../simulated.ts';

export const operators = 'arn:aws:iam::123456789012:role/operators';
export const auditor = 'arn:aws:iam::123456789012:user/auditor';
export const orders = 'shop/orders';
export const name = 'demo-1-34';
export const madeBy = 'migration/demo';
export const waiting = { timeoutMs: 100_000, pollMs: 20 };

/** A simulated blue, what a plan would say of green, and the activities that make and remove it. */
export interface Green extends Simulated {
  stage: GreenClusterStage;
  addons: GreenAddonsStage;
  workers: GreenWorkersStage;
  retirement: RetirementStage;
  go: <Name extends keyof MigrationActivities>(
    name: Name,
    input: Parameters<MigrationActivities[Name]>[0],
    environment?: ReturnType<typeof activityEnvironment>,
  ) => Promise<Awaited<ReturnType<MigrationActivities[Name]>>>;
  create: (other?: Partial<Parameters<MigrationActivities['createGreenCluster']>[0]>) => Promise<object>;
  /** Creates the control plane and waits for it. */
  made: () => Promise<Sides>;
  /** Everything of green, nodes included. */
  whole: () => Promise<Sides>;
  remove: (other?: object) => Promise<{ state: string; line: string }>;
  /** EKS's record of green. */
  record: () => NonNullable<ReturnType<Simulated['simulator']['account']['peek']>>;
}

/** Starts the demo's cluster with people and Pods that are let in. */
export async function startGreen(options: Parameters<typeof startSimulated>[0] = {}): Promise<Green> {
  const simulated = await startSimulated({
    speed: 6_000,
    ...options,
    scenario: {
      accessEntries: [
        {
          principal: operators,
          groups: ['stepladder', 'operators'],
          policies: [
            { policy: 'AmazonEKSClusterAdminPolicy' },
            { policy: 'AmazonEKSEditPolicy', namespaces: ['shop'] },
          ],
          tags: { team: 'platform' },
        },
        { principal: auditor, policies: [{ policy: 'AmazonEKSViewPolicy' }] },
      ],
      podIdentityAssociations: [
        {
          namespace: 'shop',
          serviceAccount: 'orders',
          role: 'arn:aws:iam::123456789012:role/orders',
          tags: { team: 'shop' },
        },
      ],
      ...options.scenario,
    },
  });
  const { simulator, context: blue } = simulated;
  const stage: GreenClusterStage = {
    stage: 'green-cluster',
    ...{ cluster: name, from: '1.31', to: '1.34', create: true },
    accessEntries: [operators, auditor],
    podIdentities: [orders],
    trustedBy: [],
  };
  const addons: GreenAddonsStage = {
    stage: 'green-add-ons',
    cluster: name,
    addons: ['vpc-cni', 'kube-proxy', 'coredns', 'aws-ebs-csi-driver'].map((addon) => ({
      name: addon,
      version: defaultAddonVersion(addon, '1.34') ?? '',
    })),
  };
  const workers: GreenWorkersStage = {
    stage: 'green-workers',
    ...{ cluster: name, to: '1.34' },
    nodeGroups: [
      { name: 'general', size: { min: 3, max: 6, desired: 3 } },
      { name: 'platform', size: { min: 3, max: 5, desired: 3 } },
    ],
  };
  const go: Green['go'] = async (which, input, environment = activityEnvironment(longEnough)) => {
    // Each activity takes one input, which TypeScript can't see through the generic name.
    const activities = simulated.activities as unknown as Record<
      string,
      (input: unknown) => Promise<unknown>
    >;
    const activity = activities[which];
    if (activity === undefined) throw new Error(`There is no activity ${which}.`);
    const result = await environment.run<[unknown], unknown, typeof activity>(activity, input);
    return result as never;
  };
  const create: Green['create'] = (other = {}) =>
    go('createGreenCluster', { blue, stage, madeBy, runId: 'first-run', attempt: 1, ...other });
  const made: Green['made'] = async () => {
    await create();
    const outcome = await go('awaitGreenCluster', { blue, cluster: name, ...waiting });
    if (outcome.state !== 'active') throw new Error(outcome.line);
    const { reference: cluster, identity } = outcome;
    const green: ClusterContext = { cluster, identity, evidencePrefix: blue.evidencePrefix };
    return { blue, green };
  };
  return {
    ...simulated,
    ...{ stage, addons, workers, go, create, made },
    retirement: {
      stage: 'retirement',
      ...{ cluster: 'demo', keepOldFor: '72h', nodeGroups: ['general', 'platform'] },
      addons: ['coredns', 'kube-proxy', 'vpc-cni', 'aws-ebs-csi-driver'],
    },
    async whole() {
      const sides = await made();
      await go('grantGreenAccess', { sides, stage, madeBy });
      await go('createGreenAddons', { sides, stage: addons, madeBy });
      await go('createGreenNodeGroups', { sides, stage: workers, madeBy, runId: 'first-run' });
      const outcome = await go('awaitGreenAddons', { green: sides.green, stage: addons, ...waiting });
      if (outcome.state !== 'active') throw new Error(outcome.problems.join('; '));
      return sides;
    },
    remove: (other = {}) => go('removeGreenCluster', { blue, cluster: name, madeBy, ...waiting, ...other }),
    record() {
      const found = simulator.account.peek(name);
      if (found === undefined) throw new Error(`There is no cluster ${name}.`);
      return found;
    },
  };
}
