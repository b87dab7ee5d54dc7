import { describe, expect, it } from 'vitest';
import type { PlanResult } from '../../src/contract/plan.ts';
import type { Observation } from '../../src/plan/observation.ts';
import { startSimulated } from './simulated.ts';
import type { Simulated } from './simulated.ts';

async function observed({ run, context, evidence }: Simulated): Promise<Observation> {
  const { evidence: reference } = await run('observeCluster', { context });
  return (await evidence.read(reference)) as Observation;
}

describe('observing a cluster', () => {
  it('sees all that a plan stands on', async () => {
    const simulated = await startSimulated();
    const observation = await observed(simulated);
    expect(observation).toMatchObject({
      identity: simulated.context.identity,
      cluster: { name: 'demo', region: 'ap-northeast-1', version: '1.31', status: 'ACTIVE', autoMode: false },
      selfManagedAddons: [],
      updatesInProgress: [],
      unseen: [],
    });
    expect(observation.cluster.tags).toMatchObject({ terraform: 'true' });
    expect(observation.versions.map(({ version }) => version)).toEqual(
      expect.arrayContaining(['1.31', '1.32', '1.33']),
    );
    expect(observation.nodeGroups).toMatchObject([
      {
        name: 'general',
        version: '1.31',
        status: 'ACTIVE',
        ownImage: false,
        size: { min: 3, max: 6, desired: 3 },
        zones: 3,
        updateSettings: { maxUnavailable: 1 },
      },
      { name: 'platform', updateSettings: { maxUnavailablePercentage: 34 } },
    ]);
    expect(observation.nodes).toHaveLength(7);
    expect(observation.nodes.filter(({ provider }) => provider === 'karpenter')).toHaveLength(1);
    expect(observation.nodes.filter(({ nodeGroup }) => nodeGroup === 'general')).toHaveLength(3);
    expect(observation.addons.map(({ name }) => name).sort()).toEqual([
      'aws-ebs-csi-driver',
      'coredns',
      'kube-proxy',
      'vpc-cni',
    ]);
    for (const { name } of observation.addons) {
      expect(Object.keys(observation.addonVersions[name]!)).toEqual(
        expect.arrayContaining(['1.31', '1.32', '1.33']),
      );
      expect(observation.addonVersions[name]!['1.30']).toBeUndefined();
      expect(observation.addonVersions[name]!['1.32']!.filter(({ isDefault }) => isDefault)).toHaveLength(1);
    }
    expect(observation.kubeProxies).toEqual([{ version: '1.31', nodes: expect.any(Array) }]);
    const { workloads, extensions, subnets, kubeProxyMode } = observation;
    expect(kubeProxyMode).toEqual({ mode: 'iptables' });
    expect(subnets?.controlPlane).toHaveLength(3);
    expect(subnets?.all.map(({ id }) => id)).toEqual(subnets?.controlPlane.toSorted());
    expect(extensions).toEqual({
      apiServices: [],
      webhooks: [],
      systemNamespaces: { 'kube-system': expect.any(Object), 'kube-node-lease': expect.any(Object) },
      storedVersions: [],
    });
    expect(workloads?.budgets.map(({ name }) => name).sort()).toEqual([
      'cart',
      'checkout',
      'coredns',
      'ebs-csi-controller',
      'ingress-nginx-controller',
      'orders-db',
      'prometheus-server',
      'storefront',
    ]);
    const storefront = workloads?.pods.filter(({ name }) => name.startsWith('storefront-')) ?? [];
    expect(storefront).toHaveLength(4);
    expect(new Set(storefront.map(({ kind }) => kind)).size).toBe(1);
    expect(workloads?.owners[storefront[0]?.owner ?? -1]).toMatchObject({
      kind: 'Deployment',
      name: 'storefront',
      wanted: 4,
      well: true,
    });
    expect(workloads?.kinds[storefront[0]?.kind ?? -1]?.placement).toMatchObject({
      requests: { cpu: 0.25, memory: 256 * 2 ** 20 },
      nodeSelector: { workload: 'general' },
    });
    expect(workloads?.owners.find(({ name }) => name === 'loyalty-beta')).toMatchObject({ well: false });
    expect(workloads?.pods.filter(({ bare }) => bare)).toEqual([]);
    expect(workloads?.nodes).toHaveLength(7);
    expect(workloads?.nodes[0]?.allocatable['cpu']).toBeGreaterThan(1);
    expect(observation.insights).toHaveLength(3);
    expect(observation.insights[0]).toMatchObject({
      kubernetesVersion: '1.32',
      status: 'PASSING',
      usages: [],
    });
  });

  it('changes nothing, and may be done again', async () => {
    const simulated = await startSimulated({ speed: 1 });
    const first = await observed(simulated);
    const second = await observed(simulated);
    expect({ ...second, observedAt: '' }).toEqual({ ...first, observedAt: '' });
    expect(simulated.simulator.journal).toEqual([]);
  });

  it('names what it was not allowed to see, instead of taking it for well', async () => {
    const simulated = await startSimulated();
    await simulated.deny('ListInsights', 'DescribeClusterVersions', 'DescribeAddonVersions', 'ListUpdates');
    const observation = await observed(simulated);
    expect(observation.insights).toEqual([]);
    expect(observation.unseen.map(({ source }) => source).sort()).toEqual([
      'EKS: DescribeAddonVersions',
      'EKS: DescribeAddonVersions',
      'EKS: DescribeAddonVersions',
      'EKS: DescribeAddonVersions',
      'EKS: DescribeClusterVersions',
      'EKS: ListInsights',
      'EKS: ListUpdates and DescribeUpdate',
    ]);
    expect(observation.unseen[0]!.why).toMatch(/eks:DescribeClusterVersions/);
  });

  it('leaves out a part that it was not allowed to see, and says why', async () => {
    const simulated = await startSimulated();
    await simulated.deny('DescribeSubnets');
    const observation = await observed(simulated);
    expect(observation.subnets).toBeUndefined();
    expect(observation.unseen).toEqual([
      {
        what: 'the free addresses of the subnets',
        why: expect.stringContaining('ec2:DescribeSubnets'),
        source: 'EC2: DescribeSubnets',
        part: 'subnets',
      },
    ]);
    expect(observation.workloads).toBeDefined();
  });

  it.each(['ListNodegroups', 'DescribeNodegroup', 'ListAddons', 'DescribeCluster'])(
    'fails with what to allow when it may not %s',
    async (operation) => {
      const { run, context, deny } = await startSimulated();
      await deny(operation);
      await expect(run('observeCluster', { context })).rejects.toMatchObject({
        type: 'CredentialsRefused',
        message: expect.stringContaining(`eks:${operation}`),
      });
    },
  );

  it('fails when credentials are refused altogether', async () => {
    const { run, context, simulator } = await startSimulated();
    simulator.cluster.faults.refuseCredentials(true);
    await expect(run('observeCluster', { context })).rejects.toMatchObject({ type: 'CredentialsRefused' });
  });

  it('gets over throttling, server errors and resets in every tenth call', async () => {
    const simulated = await startSimulated();
    for (const kind of ['throttle', 'server-error', 'reset'] as const) {
      simulated.simulator.cluster.faults.turnOn({ calls: [{ kind, rate: 0.1 }] });
    }
    expect(await observed(simulated)).toMatchObject({ unseen: [] });
  });

  it('finds add-ons that EKS does not manage, groups with an image of their own, and insights with their clients', async () => {
    const simulated = await startSimulated({
      scenario: {
        nodeGroups: [{ name: 'own', size: 1, version: '1.30', ownImage: true, amiType: 'CUSTOM' }],
        addons: [{ name: 'kube-proxy', version: 'v1.31.3-eksbuild.2', managed: false }],
        workloads: [],
        manifests: [],
        insights: [
          {
            name: 'Deprecated APIs',
            kubernetesVersion: '1.32',
            status: 'ERROR',
            reason: 'in use',
            deprecations: [
              {
                usage: '/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas',
                replacedWith: '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas',
                stopServingVersion: '1.32',
                clientStats: [{ userAgent: 'old-controller/1.0', numberOfRequestsLast30Days: 12 }],
              },
            ],
          },
        ],
      },
    });
    const observation = await observed(simulated);
    expect(observation.selfManagedAddons).toEqual([
      { name: 'kube-proxy', image: expect.stringMatching(/kube-proxy$/), tag: 'v1.31.3-eksbuild.2' },
    ]);
    expect(observation.nodeGroups).toMatchObject([{ name: 'own', ownImage: true, version: '1.30' }]);
    expect(observation.insights[0]!.usages).toEqual([
      expect.stringMatching(
        /v1beta3\/flowschemas, not served from 1\.32 on.*old-controller\/1\.0, 12 requests/,
      ),
    ]);
  });

  it('sees updates that are in progress, and what a terminated upgrade has noted', async () => {
    const simulated = await startSimulated({ speed: 1 });
    const { run, context } = simulated;
    await run('changeUpdateSettings', {
      context,
      nodeGroup: 'general',
      before: { maxUnavailable: 1 },
      settings: { maxUnavailable: 2 },
      runId: 'r',
      attempt: 1,
    });
    const updateId = await simulated.otherUpdate({ type: 'LoggingUpdate', seconds: 3_600 });
    const observation = await observed(simulated);
    expect(observation.updatesInProgress).toEqual([
      { what: 'the control plane', updateId, type: 'LoggingUpdate' },
      { what: 'node group general', updateId: expect.any(String), type: 'ConfigUpdate' },
    ]);
    expect(observation.nodeGroups[0]).toMatchObject({ noted: { maxUnavailable: 1 } });
  });
});

describe('making the plan', () => {
  it('gives the summary, and keeps the findings in the evidence', async () => {
    const { run, context, request, evidence } = await startSimulated();
    const { evidence: observation } = await run('observeCluster', { context });
    const input = { context, workflowType: 'upgradeCluster', request, observation } as const;
    const summary = await run('makePlan', input);
    expect(summary.plan.hops.map(({ to }) => to)).toEqual(['1.32', '1.33']);
    expect(summary.blocking).toEqual([]);
    expect(summary.hopDigests).toHaveLength(2);
    const stored = (await evidence.read(summary.evidence)) as PlanResult;
    expect(stored.digest).toBe(summary.digest);
    expect(stored.findings.some(({ check }) => check === 'unmanaged-nodes')).toBe(true);
    expect(summary).not.toHaveProperty('findings');
    expect(summary.shownFindings.join()).toContain('Karpenter');
    expect((await run('makePlan', input)).digest).toBe(summary.digest);
  });

  it('says which findings stand against it, with the key to override each', async () => {
    const { run, context, request, deny } = await startSimulated();
    await deny('ListInsights');
    const { evidence: observation } = await run('observeCluster', { context });
    const input = { context, workflowType: 'upgradeCluster', observation } as const;
    const summary = await run('makePlan', { ...input, request });
    expect(summary.blockingCount).toBe(1);
    const key = /^(\S.*?) \(unknown\): /.exec(summary.blocking[0]!)![1]!;
    const overridden = await run('makePlan', { ...input, request: { ...request, overrides: [key] } });
    expect(overridden.blockingCount).toBe(0);
    expect(overridden.digest).not.toBe(summary.digest);
  });

  it('refuses a target that does not fit the cluster', async () => {
    const { run, context, request } = await startSimulated();
    const { evidence: observation } = await run('observeCluster', { context });
    await expect(
      run('makePlan', {
        context,
        workflowType: 'upgradeCluster',
        request: { ...request, targetVersion: '1.30' },
        observation,
      }),
    ).rejects.toMatchObject({ type: 'InvalidInput', message: expect.stringContaining('targetVersion') });
  });
});
