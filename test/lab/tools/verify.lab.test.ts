import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { connectKubernetes } from '../../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { observeInstalled } from '../../../src/tools/observe/index.ts';
import { profileOf } from '../../../src/tools/profiles/index.ts';
import { awaitToolWell, lookAtTool } from '../../../src/tools/verify/index.ts';
import type { ToolPlace, ToolWellness } from '../../../src/tools/verify/index.ts';
import { servedByEach } from '../apiServers.ts';
import { setLabStage } from '../engine/labStage.ts';
import { argoCdCrdFolder } from './argoCdCrds.ts';
import { startStandIn } from './standIn.ts';
import type { StandIn, StandInFault } from './standIn.ts';

const controller = { namespace: 'kube-system', name: 'aws-load-balancer-controller' };
const argoCd = { namespace: 'argocd', name: 'argocd-server' };
const loadBalancers: ToolPlace = {
  ...{
    profile: profileOf('aws-load-balancer-controller'),
    release: controller.name,
    namespace: 'kube-system',
  },
};
const applications: ToolPlace = { profile: profileOf('argo-cd'), release: 'argocd', namespace: 'argocd' };

/** How long a tool may take on a busy machine, and how often it is looked at. Milliseconds. */
const patience = { settle: 120_000, poll: 150 };

/** What is broken is looked at so often in a row with nothing else wrong: it is not what passes. */
const looksAtBroken = 4;

const deployment = (
  { namespace, name }: typeof controller,
  image: string,
  labels: Record<string, string>,
) => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name, labels } },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'main', image }], terminationGracePeriodSeconds: 0 },
    },
  },
});

const ingress = {
  ...{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
  metadata: { namespace: 'shop', name: 'web', finalizers: ['ingress.k8s.aws/resources'] },
  spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
};

const application = {
  ...{
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { namespace: 'argocd', name: 'shop' },
  },
  spec: {
    ...{ project: 'default', destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' } },
    source: { repoURL: 'https://git.example/shop', path: '.' },
  },
};

describe('a tool whose controller is broken on purpose, on a real control plane', () => {
  let kubernetes: KubernetesConnection;
  let lbController: StandIn;
  let argo: StandIn;
  const cleanups: (() => Promise<unknown>)[] = [];
  const change = (method: 'POST' | 'PATCH', path: string, body: object) =>
    kubernetes.change(method, path, { body, what: `${method} ${path}` });

  beforeAll(async () => {
    const stage = await setLabStage(join(import.meta.dirname, 'verify.yaml'), (clear) =>
      cleanups.push(clear),
    );
    const { url: endpoint, certificateAuthorityPem, token } = stage.address;
    kubernetes = await connectKubernetes({ endpoint, certificateAuthorityPem, token: async () => token });
    cleanups.push(() => kubernetes.close());
    for (const name of ['shop', 'argocd']) await change('POST', '/api/v1/namespaces', { metadata: { name } });
    const crd = await readFile(join(await argoCdCrdFolder('2.14.11'), 'application-crd.yaml'), 'utf8');
    await change(
      'POST',
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      parse(crd) as Record<string, unknown>,
    );
    const deployments = (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments`;
    await change(
      'POST',
      deployments('kube-system'),
      deployment(controller, 'public.ecr.aws/eks/aws-load-balancer-controller:v2.8.0', {
        'app.kubernetes.io/name': 'aws-load-balancer-controller',
      }),
    );
    await change(
      'POST',
      deployments('argocd'),
      deployment(argoCd, 'quay.io/argoproj/argocd:v2.13.0', { 'app.kubernetes.io/part-of': 'argocd' }),
    );
    await change('POST', '/apis/networking.k8s.io/v1/namespaces/shop/ingresses', ingress);
    await servedByEach(
      { ...stage.address, components: await stage.components() },
      '/apis/argoproj.io/v1alpha1/applications',
    );
    await change('POST', '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications', application);
    lbController = startStandIn({
      address: stage.address,
      deployment: controller,
      lease: 'aws-load-balancer-controller-leader',
      loadBalancers: [{ kind: 'Ingress', namespace: 'shop', name: 'web' }],
      source: 'ingress',
    });
    argo = startStandIn({
      ...{ address: stage.address, deployment: argoCd },
      applications: [{ namespace: 'argocd', name: 'shop' }],
    });
    cleanups.push(
      () => lbController.stop(),
      () => argo.stop(),
    );
    await Promise.all([lbController.settled(), argo.settled()]);
  }, 300_000);

  afterAll(async () => {
    for (const clear of cleanups.reverse()) await clear();
  }, 120_000);

  /**
   * Gives the tool's Deployment a new image and waits for it, as after an upgrade of its chart.
   *
   * @param expected.broken what will be wrong: the time is over once that has been seen for long enough, and nothing else
   * unless `others` says that there may be more
   */
  async function upgrade(
    place: ToolPlace,
    { namespace, name }: typeof controller,
    image: string,
    { broken, others = false, podSpec = {} }: { broken?: RegExp; others?: boolean; podSpec?: object } = {},
  ): Promise<ToolWellness> {
    const look = () => lookAtTool(kubernetes, place, new Date());
    const before = await look();
    expect(before.unknown).toEqual([]);
    await change('PATCH', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, {
      spec: { template: { spec: { containers: [{ name: 'main', image }], ...podSpec } } },
    });
    const began = performance.now();
    let inARow = 0;
    return awaitToolWell({
      ...{ before, look, settleMs: patience.settle, pollMs: patience.poll },
      pause: (milliseconds) => sleep(milliseconds),
      onLook(line) {
        const [, problem = '', more] = /^waiting for (.*?)( and \d+ more)?$/.exec(line) ?? [];
        const isExpected = broken?.test(problem) === true && (others || more === undefined);
        inARow = isExpected ? inARow + 1 : 0;
      },
      clock: () => (inARow >= looksAtBroken ? Infinity : performance.now() - began),
    });
  }

  it('is seen with its workloads, its CRDs and their objects, kept by nobody but manifests', async () => {
    const wanted = { name: 'argo-cd', release: 'argocd', namespace: 'argocd' };
    const { installed, problems } = await observeInstalled(kubernetes, wanted, applications.profile);
    expect(problems).toEqual([]);
    expect(installed.management.by).toBe('manifests');
    expect(installed.workloads.map(({ name, images }) => [name, images])).toEqual([
      ['argocd-server', ['quay.io/argoproj/argocd:v2.13.0']],
    ]);
    expect(
      installed.crds.map(({ name, objects, storedVersions }) => [name, objects, storedVersions]),
    ).toEqual([['applications.argoproj.io', { argocd: 1 }, ['v1alpha1']]]);
  });

  it('is well after a good upgrade: new Pods lead, and what it serves is as before', async () => {
    const image = 'public.ecr.aws/eks/aws-load-balancer-controller:v2.8.1';
    const { well, comparison, state } = await upgrade(loadBalancers, controller, image);
    expect(comparison).toEqual({ problems: [], unknown: [], notes: [] });
    expect(well).toBe(true);
    expect(state.loadBalancers).toMatchObject([
      { kind: 'Ingress', addresses: [expect.stringMatching(/^web-/)] },
    ]);
    expect(state.leases).toMatchObject([{ holder: expect.stringMatching(/^aws-load-balancer-controller-/) }]);
    const other = await upgrade(applications, argoCd, 'quay.io/argoproj/argocd:v2.13.1');
    expect(other.comparison).toEqual({ problems: [], unknown: [], notes: [] });
    expect(other.state.applications).toEqual([
      { namespace: 'argocd', name: 'shop', sync: 'Synced', health: 'Healthy', revision: 'main' },
    ]);
  });

  it.each<[StandInFault, RegExp]>([
    ['stops-renewing', /^Lease kube-system\/aws-load-balancer-controller-leader: not renewed since/],
    [
      'drops-load-balancer',
      /^Ingress shop\/web: its load balancer has no address, was web-.*\.elb\.example$/,
    ],
    ['warns', /^Ingress shop\/web: new warning FailedDeployModel .*by ingress/],
  ])(
    'is not well when its new version %s, which is named; and is again once it is mended',
    async (fault, line) => {
      const image = `public.ecr.aws/eks/aws-load-balancer-controller:v3-${fault}`;
      lbController.fail(fault, fault);
      const { well, comparison } = await upgrade(loadBalancers, controller, image, {
        broken: line,
      });
      expect(comparison.problems).toEqual([expect.stringMatching(line)]);
      expect(comparison.unknown).toEqual([]);
      expect(well).toBe(false);
      // As after a rollback: the old image leads, and the fault goes with the new one.
      const back = 'public.ecr.aws/eks/aws-load-balancer-controller:v2.8.1';
      const after = await upgrade(loadBalancers, controller, back);
      expect(after.comparison.problems).toEqual([]);
      expect(after.well).toBe(true);
      lbController.mend();
      await lbController.settled();
    },
  );

  it('is not well when its new version degrades an Application, which is named', async () => {
    argo.fail('degrades-application', 'v3.0.0');
    const broken = await upgrade(applications, argoCd, 'quay.io/argoproj/argocd:v3.0.0', {
      broken: /^Application argocd\/shop: Degraded/,
    });
    expect(broken.comparison.problems).toEqual([
      'Application argocd/shop: Degraded, was Healthy; OutOfSync, was Synced',
    ]);
    expect(broken.well).toBe(false);
  });

  it('is not well when its new Pods never come', async () => {
    const image = 'public.ecr.aws/eks/aws-load-balancer-controller:v2.8.1';
    const { well, comparison } = await upgrade(loadBalancers, controller, image, {
      broken: /^Deployment kube-system\/aws-load-balancer-controller: /,
      others: true,
      podSpec: { nodeSelector: { 'no-such': 'node' } },
    });
    expect(well).toBe(false);
    expect(comparison.problems[0]).toMatch(/^Deployment kube-system\/aws-load-balancer-controller: /);
  });
});
