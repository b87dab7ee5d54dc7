import { readFile } from 'node:fs/promises';
import {
  CreateClusterCommand,
  CreateNodegroupCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  EKSClient,
} from '@aws-sdk/client-eks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunningLab } from '../../lab/start.ts';
import { startTemporaryLab } from '../../lab/temporaryLab.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { compareClusters } from '../../src/kubernetes/comparing/compareClusters.ts';
import { describeContents } from '../../src/kubernetes/comparing/compareKind.ts';
import { connectKubernetes } from '../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../src/kubernetes/connection.ts';
import { CopyAccount } from '../../src/kubernetes/copying/copyAccount.ts';
import { copyFromBlue } from '../../src/kubernetes/copying/copyObjects.ts';
import { bringManifests } from '../../src/kubernetes/copying/bringManifests.ts';
import { plainSelection } from '../../src/kubernetes/copying/selection.ts';
import { objectsInText } from '../../src/tools/crds/crdDocuments.ts';
import { makeEksToken } from '../../src/platform/eks/token.ts';
import { servedByEach } from './apiServers.ts';

const region = 'ap-northeast-1';
const scenario = parseScenario({
  cluster: { name: 'blue', version: '1.31', region },
  speed: 30,
  timings: { clusterCreation: 30, clusterDeletion: 30 },
  nodeGroups: [{ name: 'general', size: 1 }],
});
const waiting = { timeout: 180_000, interval: 300 };

describe('copying from a cluster of real programs to one of another minor version', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  let lab: RunningLab;
  let eks: EKSClient;
  let blue: KubernetesConnection;
  let green: KubernetesConnection;

  beforeAll(async () => {
    lab = await startTemporaryLab(scenario);
    cleanups.push(() => lab.close());
    eks = new EKSClient({ endpoint: lab.eksUrl, region, credentials: credentials() });
    cleanups.push(async () => eks.destroy());
    // Copying needs to read everything; on green its maker may do all.
    blue = await connectKubernetes({
      endpoint: lab.kubernetesUrl,
      certificateAuthorityPem: lab.certificateAuthorityPem,
      token: async () => lab.adminToken,
    });
    cleanups.push(() => blue.close());
    green = await createGreen();
  });

  afterAll(async () => {
    for (const clean of cleanups.reverse()) await clean();
  });

  it('brings all that users have, and once more changes nothing', async () => {
    const made = new CopyAccount();
    const manifests = await readFile(new URL('./copying.yaml', import.meta.url), 'utf8');
    await bringManifests(objectsInText(manifests, 'the test'), {
      ...{ green: blue, singletons: [], madeBy: 'the test', account: made, pollMs: 200 },
    });
    expect(made.record().refused).toEqual([]);
    await servedByEach(
      { ...lab, components: lab.controlPlane.components(), token: lab.adminToken },
      '/apis/shop.example.com/v1/promotions',
    );

    const first = await copied();
    expect(first.record().refused).toEqual([]);
    expect(Object.keys(first.record().kinds)).toEqual(
      expect.arrayContaining([
        'deployments.apps',
        'statefulsets.apps',
        'cronjobs.batch',
        'customresourcedefinitions.apiextensions.k8s.io',
        'promotions.shop.example.com',
        'rolebindings.rbac.authorization.k8s.io',
        'clusterroles.rbac.authorization.k8s.io',
        'poddisruptionbudgets.policy',
        'horizontalpodautoscalers.autoscaling',
        'ingresses.networking.k8s.io',
        'resourcequotas',
        'validatingwebhookconfigurations.admissionregistration.k8s.io',
      ]),
    );
    expect(await green.getJson('/apis/batch/v1/namespaces/shop/cronjobs/nightly')).toMatchObject({
      spec: { suspend: true },
    });
    expect(await green.getJson('/api/v1/namespaces/shop/services/db')).toMatchObject({
      spec: { clusterIP: 'None' },
    });
    expect(first.record().left.map(({ kind, name }) => `${kind} ${name}`)).toContain(
      'configmaps shop/kube-root-ca.crt',
    );

    expect(await differing()).toEqual({ lines: [], contents: expect.any(Number) as number });
    expect((await differing()).contents).toBeGreaterThan(first.counts().applied - 5);

    const second = await copied();
    expect(second.record()).toMatchObject({ refused: [], created: [], changed: [] });
    expect(second.counts()).toMatchObject({
      applied: 0,
      unchanged: first.counts().applied + first.counts().unchanged,
    });
  });

  it('tells exactly where an object was changed, until that is brought too', async () => {
    const path = '/apis/apps/v1/namespaces/shop/statefulsets/db';
    const containers = [{ name: 'db', image: 'registry.example.com/db:2' }];
    const body = { spec: { replicas: 2, template: { spec: { containers } } } };
    await blue.change('PATCH', path, { body, what: 'change the image' });
    const web = '/apis/apps/v1/namespaces/shop/deployments/web';
    // Between the bounds of its autoscaler.
    await green.change('PATCH', web, {
      body: { spec: { replicas: 3 } },
      what: 'scale as an autoscaler does',
    });
    expect((await differing()).lines).toEqual([
      'shop/StatefulSet/db: spec.template.spec.containers[0].image, spec.replicas',
    ]);
    const third = await copied();
    expect(third.record().changed).toContain('statefulsets.apps shop/db');
    expect((await differing()).lines).toEqual([]);
  });

  /** What does not say the same on both, one line each, and how many objects were compared. */
  async function differing(): Promise<{ lines: string[]; contents: number }> {
    const of = { selection: plainSelection, sharedClaims: new Set<string>() };
    const lines: string[] = [];
    let contents = 0;
    for await (const entry of compareClusters({ blue, green }, of)) {
      if ('contents' in entry) contents += entry.contents ?? 0;
      if ('what' in entry && entry.what === 'differs') lines.push(describeContents(entry));
    }
    return { lines, contents };
  }

  async function copied(): Promise<CopyAccount> {
    const account = new CopyAccount();
    await copyFromBlue({
      blue,
      target: { green, singletons: [], madeBy: 'migrate-blue', account, pollMs: 200 },
      volumes: [],
      exclude: { excludeNamespaces: [], excludeKinds: [] },
      tools: [],
    });
    return account;
  }

  async function createGreen(): Promise<KubernetesConnection> {
    const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'blue' }));
    const subnets = cluster?.resourcesVpcConfig?.subnetIds ?? [];
    const roleArn = 'arn:aws:iam::111122223333:role/any';
    await eks.send(
      new CreateClusterCommand({
        name: 'green',
        version: '1.33',
        roleArn,
        resourcesVpcConfig: { subnetIds: subnets },
        accessConfig: { authenticationMode: 'API' },
      }),
    );
    await vi.waitFor(async () => {
      const green = await eks.send(new DescribeClusterCommand({ name: 'green' }));
      expect(green.cluster?.status).toBe('ACTIVE');
    }, waiting);
    const group = { clusterName: 'green', nodegroupName: 'general' };
    await eks.send(
      new CreateNodegroupCommand({
        ...{ ...group, subnets, nodeRole: roleArn },
        scalingConfig: { desiredSize: 1, minSize: 1, maxSize: 1 },
      }),
    );
    await vi.waitFor(async () => {
      const { nodegroup } = await eks.send(new DescribeNodegroupCommand(group));
      expect(nodegroup?.status).toBe('ACTIVE');
    }, waiting);
    return connectionTo('green');
  }

  function credentials() {
    return {
      accessKeyId: lab.environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: lab.environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    };
  }

  async function connectionTo(name: string): Promise<KubernetesConnection> {
    const { cluster } = await eks.send(new DescribeClusterCommand({ name }));
    const connection = await connectKubernetes({
      endpoint: cluster?.endpoint ?? '',
      certificateAuthorityPem: Buffer.from(cluster?.certificateAuthority?.data ?? '', 'base64').toString(),
      token: async () =>
        (await makeEksToken({ clusterName: name, region, credentials: credentials() })).token,
    });
    cleanups.push(() => connection.close());
    return connection;
  }
});
