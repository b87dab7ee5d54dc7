import { describe, expect, test } from 'vitest';
import { profileOf } from '../../../src/tools/profiles/index.ts';
import { lookAtTool, toolStateSchema } from '../../../src/tools/verify/index.ts';
import { fakeConnection, list, Refusal } from '../../kubernetes/fakeConnection.ts';
import type { Route } from '../../kubernetes/fakeConnection.ts';
import { deployment } from '../observe/toolCluster.ts';

const now = new Date('2026-03-02T10:00:00Z');
const image = 'public.ecr.aws/eks/aws-load-balancer-controller:v2.8.0';
const own = { 'app.kubernetes.io/name': 'aws-load-balancer-controller' };
const name = 'aws-load-balancer-controller';

/** The Pod of a Deployment's ReplicaSet. */
const pod = (of: string, ready = true) => ({
  metadata: {
    ...{ namespace: 'kube-system', name: `${of}-5d4f-x`, uid: `pod-${of}` },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${of}-5d4f`, uid: `rs-${of}`, controller: true },
    ],
  },
  spec: {},
  status: {
    ...{ phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
    ...(ready ? {} : { containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }] }),
  },
});
const replicaSet = (of: string) => ({
  metadata: {
    ...{ namespace: 'kube-system', name: `${of}-5d4f`, uid: `rs-${of}` },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'Deployment', name: of, uid: `uid-kube-system-${of}`, controller: true },
    ],
  },
  spec: { replicas: 1 },
  status: { readyReplicas: 1 },
});
const event = (reason: string, about: object, more: object = {}) => ({
  ...{ metadata: { creationTimestamp: '2026-03-02T09:00:00Z' }, type: 'Warning', reason, message: 'x\ny' },
  involvedObject: about,
  ...more,
});

const kubeSystem: Record<string, Route> = {
  secrets: list(),
  configmaps: list(),
  pods: list(pod(name), pod('coredns')),
};

function cluster(
  more: Record<string, Route> = {},
  deployments = [deployment('kube-system', name, image, { labels: own })],
) {
  return fakeConnection({
    ...Object.fromEntries(
      Object.entries(kubeSystem).map(([resource, route]) => [
        `/api/v1/namespaces/kube-system/${resource}`,
        route,
      ]),
    ),
    '/apis/apps/v1/namespaces/kube-system/deployments': list(
      ...deployments,
      deployment('kube-system', 'coredns', 'coredns:1'),
    ),
    '/apis/apps/v1/namespaces/kube-system/replicasets': list(replicaSet(name), replicaSet('coredns')),
    '/apis/apps/v1/namespaces/kube-system/statefulsets': list(),
    '/apis/apps/v1/namespaces/kube-system/daemonsets': list(),
    '/apis/batch/v1/namespaces/kube-system/cronjobs': list(),
    '/apis/batch/v1/namespaces/kube-system/jobs': list(),
    '/apis/networking.k8s.io/v1/ingresses': list(),
    '/api/v1/services': list(),
    '/api/v1/events': list(),
    '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases': list(),
    ...more,
  });
}

const look = (connection: ReturnType<typeof cluster>, tool = 'aws-load-balancer-controller') =>
  lookAtTool(connection, { profile: profileOf(tool), release: tool, namespace: 'kube-system' }, now);

test('a state is what can be stored and read back', async () => {
  const state = await look(cluster());
  expect(toolStateSchema.parse(JSON.parse(JSON.stringify(state)))).toEqual(state);
  expect(state).toMatchObject({ lookedAt: now.toISOString(), unknown: [] });
});

describe('workloads', () => {
  test('are the tool’s alone', async () => {
    expect((await look(cluster())).workloads).toEqual([
      {
        ...{ kind: 'Deployment', namespace: 'kube-system', name, uid: `uid-kube-system-${name}` },
        ...{ images: [image], template: '1', well: true },
      },
    ]);
  });

  test('are not well while a Pod is not Ready, with what holds it up', async () => {
    const pods = list(pod(name, false));
    const { workloads } = await look(cluster({ '/api/v1/namespaces/kube-system/pods': pods }));
    expect(workloads).toMatchObject([{ well: false, reason: expect.stringContaining('CrashLoopBackOff') }]);
  });

  test.each([
    ['its newest version was not seen', { observedGeneration: 0 }, /not seen its newest version/],
    ['an old Pod is left', { replicas: 2 }, /1 old Pods left/],
    ['its Pods are old', { updatedReplicas: 0 }, /0 of 1 Pods are new/],
    ['its Pods are not available yet', { availableReplicas: 0 }, /0 of 1 available/],
  ])('are not well while %s, though every Pod is Ready', async (_, status, reason) => {
    const rolling = deployment('kube-system', name, image, { labels: own });
    const { workloads } = await look(cluster({}, [{ ...rolling, status: { ...rolling.status, ...status } }]));
    expect(workloads).toMatchObject([{ well: false, reason: expect.stringMatching(reason) }]);
  });

  test('are named by their Pod template, which a change of replicas does not change', async () => {
    const annotations = { 'deployment.kubernetes.io/revision': '7' };
    const { workloads } = await look(
      cluster({}, [deployment('kube-system', name, image, { labels: own, annotations })]),
    );
    expect(workloads).toMatchObject([{ template: '7' }]);
  });
});

describe('load balancers', () => {
  const ingress = (finalizer: string, hostname?: string) => ({
    metadata: { namespace: 'shop', name: 'web', finalizers: [finalizer] },
    status: { loadBalancer: hostname === undefined ? {} : { ingress: [{ hostname }] } },
  });
  const read = async (object: object) =>
    (await look(cluster({ '/apis/networking.k8s.io/v1/ingresses': list(object) }))).loadBalancers;

  test.each([
    ['of one Ingress', 'ingress.k8s.aws/resources'],
    ['of a group of Ingresses', 'group.ingress.k8s.aws/shared'],
  ])('%s have their address', async (_, finalizer) => {
    expect(await read(ingress(finalizer, 'a.elb'))).toEqual([
      { kind: 'Ingress', namespace: 'shop', name: 'web', addresses: ['a.elb'] },
    ]);
  });

  test('that other controllers hold are not looked at', async () => {
    expect(await read(ingress('nginx.example/finalizer', 'a.elb'))).toEqual([]);
  });

  test('of kinds that the cluster does not have are none', async () => {
    const state = await look(cluster());
    expect(state).toMatchObject({ loadBalancers: [], targetGroupBindings: [], unknown: [] });
    expect(state.applications).toBeUndefined();
  });
});

describe('Leases', () => {
  const lease = (leaseName: string, holder: string, namespace = 'kube-system') => ({
    metadata: { namespace, name: leaseName },
    spec: { holderIdentity: holder, renewTime: '2026-03-02T09:59:58.123456Z', leaseDurationSeconds: 15 },
  });
  const read = async (...leases: object[]) => {
    const path = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
    return (await look(cluster({ [path]: list(...leases) }))).leases?.map((each) => each.name);
  };

  test('are those that the profile names, and those that a Pod of the tool holds', async () => {
    expect(
      await read(
        lease('aws-load-balancer-controller-leader', 'ip-10-0-0-1_u'),
        lease('other', `${name}-5d4f-x_u`),
        lease('kube-scheduler', 'ip-10-0-0-2_u'),
      ),
    ).toEqual(['aws-load-balancer-controller-leader', 'other']);
  });
});

describe('Warning Events', () => {
  const read = async (...events: object[]) =>
    (await look(cluster({ '/api/v1/events': list(...events) }))).warnings?.map(
      ({ kind, name: object, reason, count, workload }) => [kind, object, reason, count, workload].join(' '),
    );
  const web = { kind: 'Ingress', namespace: 'shop', name: 'web' };
  const ofTool = (kind: string, object: string) => ({ kind, namespace: 'kube-system', name: object });
  const workload = `Deployment kube-system/${name}`;

  test('are those that the controller writes about others’ objects, added up by reason', async () => {
    expect(
      await read(
        event('FailedBuildModel', web, { source: { component: 'ingress' }, count: 3 }),
        event('FailedBuildModel', web, { reportingComponent: 'ingress', series: { count: 4 } }),
        event('Sync', web, { source: { component: 'nginx-ingress-controller' } }),
        event('Fine', web, { source: { component: 'ingress' }, type: 'Normal' }),
      ),
    ).toEqual(['Ingress web FailedBuildModel 7 ']);
  });

  test('are those about its workloads and what these have made', async () => {
    expect(
      await read(
        event('BackOff', ofTool('Pod', `${name}-5d4f-x`)),
        event('FailedCreate', ofTool('ReplicaSet', `${name}-5d4f`)),
        event('Trouble', ofTool('Deployment', name)),
        event('BackOff', ofTool('Pod', 'coredns-5d4f-x')),
        event('BackOff', ofTool('Pod', `${name}-of-another-5d4f-x`)),
        event('BackOff', { ...ofTool('Pod', `${name}-5d4f-x`), namespace: 'shop' }),
      ),
    ).toEqual([
      `Deployment ${name} Trouble 1 ${workload}`,
      `Pod ${name}-5d4f-x BackOff 1 ${workload}`,
      `ReplicaSet ${name}-5d4f FailedCreate 1 ${workload}`,
    ]);
  });
});

describe('what may not be read', () => {
  const forbidden = new Refusal(403, 'forbidden');
  test.each([
    ['loadBalancers', '/apis/networking.k8s.io/v1/ingresses'],
    ['loadBalancers', '/apis/gateway.networking.k8s.io/v1/gateways'],
    ['targetGroupBindings', '/apis/elbv2.k8s.aws/v1beta1/targetgroupbindings'],
    ['leases', '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases'],
    ['warnings', '/api/v1/events'],
    ['workloads', '/api/v1/namespaces/kube-system/pods'],
  ])('is unknown and absent: %s by %s', async (part, path) => {
    const state = await look(cluster({ [path]: forbidden }));
    expect(state.unknown).toEqual([{ part, reason: expect.stringContaining('403') }]);
    expect(state).not.toHaveProperty(part);
  });

  test('makes the workloads unknown too, when it is the release that tells them', async () => {
    const state = await look(cluster({ '/api/v1/namespaces/kube-system/secrets': forbidden }));
    expect(state.unknown.map(({ part }) => part)).toEqual(['release']);
    expect(state).not.toHaveProperty('workloads');
    expect(state).not.toHaveProperty('warnings');
  });

  test('ends the look when it is the whole API', async () => {
    await expect(look(cluster({ '/api/v1/events': new Refusal(401, 'who?') }))).rejects.toMatchObject({
      type: 'CredentialsRefused',
    });
  });
});

test('the Jobs of the descheduler’s CronJob are read with how they ended', async () => {
  const template = { spec: { containers: [{ image: 'registry.k8s.io/descheduler/descheduler:v0.31.0' }] } };
  const cronJob = {
    metadata: {
      namespace: 'kube-system',
      name: 'descheduler',
      uid: 'c',
      labels: { 'app.kubernetes.io/name': 'descheduler' },
    },
    spec: { schedule: '*/2 * * * *', jobTemplate: { spec: { template } } },
    status: { lastScheduleTime: '2026-03-02T09:58:00Z', lastSuccessfulTime: '2026-03-02T09:58:09Z' },
  };
  const job = (uid: string, owner: string, conditions: object[]) => ({
    metadata: {
      namespace: 'kube-system',
      name: `${owner}-${uid}`,
      uid,
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: owner, uid: 'c', controller: true }],
    },
    spec: { template },
    status: { conditions },
  });
  const state = await look(
    cluster({
      '/apis/batch/v1/namespaces/kube-system/cronjobs': list(cronJob),
      '/apis/batch/v1/namespaces/kube-system/jobs': list(
        job('1', 'descheduler', [{ type: 'Complete', status: 'True' }]),
        job('2', 'descheduler', [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }]),
        job('3', 'descheduler', []),
        job('4', 'backup', []),
      ),
    }),
    'descheduler',
  );
  expect(state.workloads).toMatchObject([
    {
      kind: 'CronJob',
      well: true,
      schedule: { cron: '*/2 * * * *', lastScheduledAt: '2026-03-02T09:58:00Z' },
    },
  ]);
  expect(state.jobs?.map(({ uid, state: how, reason }) => [uid, how, reason])).toEqual([
    ['1', 'complete', undefined],
    ['2', 'failed', 'BackoffLimitExceeded'],
    ['3', 'running', undefined],
  ]);
});
