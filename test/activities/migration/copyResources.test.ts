import {
  CreateClusterCommand,
  CreateNodegroupCommand,
  DescribeClusterCommand,
  EKSClient,
} from '@aws-sdk/client-eks';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CopyVerdict } from '../../../src/activities/migrationTypes.ts';
import type { ClusterContext } from '../../../src/activities/types.ts';
import type { ResourcesStage } from '../../../src/contract/migration.ts';
import type { CopyRecord } from '../../../src/kubernetes/copying/copyAccount.ts';
import { readHoldNote } from '../../../src/kubernetes/copying/holdNote.ts';
import { Clusters } from '../../../src/activities/clusters.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { startSimulated } from '../simulated.ts';
import type { Simulated } from '../simulated.ts';

/** The demo's cluster at 1.31 and an empty one at 1.34 beside it. */
interface BothSides {
  simulated: Simulated;
  blue: KubernetesConnection;
  green: KubernetesConnection;
  greenContext: ClusterContext;
  copy: (stage?: Partial<ResourcesStage>) => Promise<CopyVerdict>;
  recordOf: (verdict: CopyVerdict) => Promise<CopyRecord>;
}

async function startBothSides(): Promise<BothSides> {
  const simulated = await startSimulated();
  const eks = new EKSClient({});
  onTestFinished(() => eks.destroy());
  const { cluster: demo } = await eks.send(new DescribeClusterCommand({ name: 'demo' }));
  const subnetIds = demo?.resourcesVpcConfig?.subnetIds ?? [];
  const roleArn = 'arn:aws:iam::111122223333:role/control-plane';
  await eks.send(
    new CreateClusterCommand({ name: 'green', version: '1.34', roleArn, resourcesVpcConfig: { subnetIds } }),
  );
  const status = async () => (await eks.send(new DescribeClusterCommand({ name: 'green' }))).cluster?.status;
  while ((await status()) !== 'ACTIVE') await wait(5);
  await eks.send(
    new CreateNodegroupCommand({
      ...{ clusterName: 'green', nodegroupName: 'general', subnets: subnetIds, nodeRole: roleArn },
      scalingConfig: { desiredSize: 3, minSize: 3, maxSize: 3 },
    }),
  );
  const cluster = { name: 'green' };
  const { identity } = await simulated.run('identifyCluster', { cluster });
  const greenContext = { cluster, identity, evidencePrefix: 'green/migration/run' };
  const clusters = new Clusters();
  onTestFinished(() => clusters.close());
  const copy = (stage: Partial<ResourcesStage> = {}): Promise<CopyVerdict> =>
    simulated.run('copyResources', {
      sides: { blue: simulated.context, green: greenContext },
      stage: {
        stage: 'resources',
        cluster: 'green',
        sources: [{ copy: { excludeNamespaces: [], excludeKinds: [] } }],
        singletons: [],
        volumes: [],
        ...stage,
      },
      tools: [],
      madeBy: 'migrate-demo',
    });
  return {
    simulated,
    greenContext,
    blue: (await clusters.open(simulated.context)).kubernetes,
    green: (await clusters.open(greenContext)).kubernetes,
    copy,
    recordOf: async ({ evidence }) => (await simulated.evidence.read(evidence)) as CopyRecord,
  };
}

type Item = { metadata: { name: string; annotations?: Record<string, string> }; [field: string]: unknown };
async function list(connection: KubernetesConnection, path: string): Promise<Item[]> {
  return ((await connection.getJson(path)) as { items: Item[] }).items;
}
const names = (items: Item[]): string[] => items.map(({ metadata }) => metadata.name).sort();

describe('copying everything from one cluster to another', () => {
  it('brings over what users have, and leaves what green has of its own', async () => {
    const { blue, green, copy } = await startBothSides();
    const verdict = await copy();
    expect(verdict.refused).toEqual([]);
    expect(verdict.applied).toBeGreaterThan(30);
    for (const path of [
      '/apis/apps/v1/namespaces/shop/deployments',
      '/apis/apps/v1/namespaces/shop/statefulsets',
      '/apis/policy/v1/namespaces/shop/poddisruptionbudgets',
      '/api/v1/namespaces/shop/services',
      '/api/v1/namespaces/shop/configmaps',
      '/api/v1/namespaces/shop/secrets',
      '/apis/shop.example.com/v1/namespaces/shop/promotions',
      '/apis/networking.k8s.io/v1/namespaces/shop/ingresses',
    ]) {
      expect(names(await list(green, path)), path).toEqual(names(await list(blue, path)));
    }
    const jobs = await list(green, '/apis/batch/v1/jobs');
    expect(names(jobs)).toEqual([]);
    const system = await list(green, '/apis/apps/v1/namespaces/kube-system/daemonsets');
    expect(system.filter(({ metadata }) => metadata.annotations?.['stepladder/made-by'])).toEqual([]);
    // external-dns would write blue's names anew.
    const dns = (await green.getJson('/apis/apps/v1/namespaces/ingress/deployments/external-dns')) as {
      metadata: { annotations: Record<string, string> };
      spec: { replicas: number };
    };
    expect(dns.spec.replicas).toBe(0);
    expect(readHoldNote(dns.metadata.annotations)).toEqual({
      by: 'migrate-demo',
      before: { replicas: 1 },
    });
  });

  it('changes nothing when it is done once more', async () => {
    const { green, copy } = await startBothSides();
    const first = await copy();
    const versions = async () =>
      (await list(green, '/apis/networking.k8s.io/v1/ingresses'))
        .concat(await list(green, '/api/v1/services'))
        .map(({ metadata }) => metadata);
    const before = await versions();
    const second = await copy();
    expect(second).toMatchObject({ applied: 0, refused: [], unchanged: first.applied + first.unchanged });
    expect(await versions()).toEqual(before);
  });
});
