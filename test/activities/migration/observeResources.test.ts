import { describe, expect, it, onTestFinished, test } from 'vitest';
import { Clusters } from '../../../src/activities/clusters.ts';
import { observeResources } from '../../../src/activities/migration/observeResources.ts';
import { decisionFor } from '../../../src/plan/migration/volumeDecisions.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { startSimulated } from '../simulated.ts';

const copy = (excludeNamespaces: string[] = []) => [{ copy: { excludeNamespaces, excludeKinds: [] } }];

async function demo(): Promise<KubernetesConnection> {
  const { context } = await startSimulated();
  const clusters = new Clusters();
  onTestFinished(() => clusters.close());
  return (await clusters.open(context)).kubernetes;
}

describe('what there is to copy', () => {
  it('counts what goes along by kind, and names the volumes with what is known of them', async () => {
    const blue = await demo();
    const make = (path: string, body: object) => blue.change('POST', path, { body, what: 'make' });
    await make('/api/v1/persistentvolumes', {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'pvc-1', annotations: { 'pv.kubernetes.io/provisioned-by': 'ebs.csi.aws.com' } },
      spec: {
        capacity: { storage: '20Gi' },
        csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-1' },
        claimRef: { namespace: 'shop', name: 'files' },
      },
    });
    await make('/api/v1/namespaces/shop/persistentvolumeclaims', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'files' },
      spec: { volumeName: 'pvc-1', storageClassName: 'gp3', accessModes: ['ReadWriteOnce'] },
    });
    await make('/apis/batch/v1/namespaces/batch/jobs', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'backfill' },
      spec: {
        suspend: true,
        template: {
          spec: { restartPolicy: 'Never', containers: [{ name: 'backfill', image: 'backfill:1' }] },
        },
      },
    });
    const seen = await observeResources(blue, {
      migration: { resources: copy(), volumes: {} },
      from: '1.31',
      to: '1.34',
    });
    expect(seen.counts).toMatchObject({
      'deployments.apps': 10,
      'statefulsets.apps': 2,
      'promotions.shop.example.com': 2,
      'ingresses.networking.k8s.io': 1,
    });
    expect(Object.keys(seen.counts)).not.toContain('pods');
    expect(seen.volumes).toContainEqual({
      claim: 'shop/files',
      storageClass: 'gp3',
      capacity: '20Gi',
      driver: 'ebs.csi.aws.com',
    });
    expect(seen.notServed).toEqual([]);
    expect(seen.notes.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(['Ingress shop/storefront', 'Job batch/backfill']),
    );
  });

  it('does not count what is of a release that a chart brings, wherever that stands among the sources', async () => {
    const blue = await demo();
    const annotations = {
      'meta.helm.sh/release-name': 'web',
      'meta.helm.sh/release-namespace': 'shop',
    };
    const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'of-web', annotations } };
    const path = '/api/v1/namespaces/shop/configmaps';
    await blue.change('POST', path, { body: settings, what: 'make' });
    const chart = {
      release: 'web',
      namespace: 'shop',
      version: '1.0.0',
      source: { path: '/srv' },
      values: [],
    };
    const configMaps = async (
      ...others: Parameters<typeof observeResources>[1]['migration']['resources']
    ) => {
      const migration = { resources: [...copy(), ...others], volumes: {} };
      const { counts } = await observeResources(blue, { migration, from: '1.31', to: '1.34' });
      return counts['configmaps'] ?? 0;
    };
    const all = await configMaps();
    expect(await configMaps({ chart })).toBe(all - 1);
    expect(await configMaps({ chart: { ...chart, release: 'other' } })).toBe(all);
  });

  it('does not count what the request leaves behind, and counts nothing when nothing is copied', async () => {
    const blue = await demo();
    const of = (resources: Parameters<typeof observeResources>[1]['migration']['resources']) =>
      observeResources(blue, { migration: { resources, volumes: {} }, from: '1.31', to: '1.34' });
    expect((await of(copy(['shop']))).counts['deployments.apps']).toBe(5 - 1);
    const manifests = await of([{ manifests: { path: '/srv/manifests' } }]);
    expect(manifests).toMatchObject({ counts: {}, notes: [], notServed: [] });
    expect((await of([{ manifests: { path: '/srv' } }, ...copy()])).counts['deployments.apps']).toBe(10);
  });

  it('names the objects of a kind that the target serves in no version that the old cluster does', async () => {
    const blue = await demo();
    const discovered = blue.getJson.bind(blue);
    // An API that was alpha on the old one and has become another by the target's version.
    const legacy: KubernetesConnection = Object.assign(Object.create(blue) as KubernetesConnection, {
      getJson: async (path: string, options?: Parameters<typeof discovered>[1]) => {
        if (path === '/apis')
          return { groups: [{ name: 'resource.k8s.io', versions: [{ version: 'v1alpha3' }] }] };
        if (path === '/api/v1') return { resources: [] };
        if (path === '/apis/resource.k8s.io/v1alpha3')
          return {
            resources: [
              { name: 'deviceclasses', kind: 'DeviceClass', namespaced: false, verbs: ['list', 'create'] },
            ],
          };
        if (path.endsWith('/deviceclasses')) return { items: [{ metadata: { name: 'gpu' } }] };
        return discovered(path, options);
      },
    });
    const seen = await observeResources(legacy, {
      migration: { resources: copy(), volumes: {} },
      from: '1.31',
      to: '1.34',
    });
    expect(seen.notServed).toEqual([{ kind: 'deviceclasses.resource.k8s.io', count: 1, names: ['gpu'] }]);
    expect(seen.counts).toEqual({});
  });
});

describe('what the request says of a volume', () => {
  const volumes = { 'shop/data': 'shared', 'shop/*': 'restored', '*': 'empty' } as const;
  test.each([
    ['shop/data', 'shared'],
    ['shop/other', 'restored'],
    ['batch/data', 'empty'],
  ])('%s: %s', (claim, decision) => {
    expect(decisionFor(claim, volumes)).toBe(decision);
  });

  it('is nothing where nothing is said', () => {
    expect(decisionFor('shop/data', {})).toBeUndefined();
  });
});
