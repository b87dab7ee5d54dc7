import { describe, expect, test } from 'vitest';
import { observeInstalled } from '../../../src/tools/observe/index.ts';
import { profileOf } from '../../../src/tools/profiles/index.ts';
import { Refusal } from '../../kubernetes/fakeConnection.ts';
import { crd, deployment, ofHelm, toolCluster } from './toolCluster.ts';
import type { Release } from './toolCluster.ts';

const dns = { name: 'external-dns', release: 'external-dns', namespace: 'external-dns' };
const argo = { name: 'argo-cd', release: 'argocd', namespace: 'argocd' };
const dnsImage = 'registry.k8s.io/external-dns/external-dns:v0.15.0';
const argoImage = 'quay.io/argoproj/argocd:v2.14.11';

const release = (more: Partial<Release> = {}): Release => ({
  ...{ namespace: 'external-dns', name: 'external-dns', revision: 3, status: 'deployed' },
  ...{ chart: 'external-dns', version: '1.15.0', appVersion: '0.15.0' },
  ...more,
});

const observe = (cluster: ReturnType<typeof toolCluster>, wanted = dns, names: string[] = []) =>
  observeInstalled(cluster, wanted, profileOf(wanted.name), undefined, names);

describe('the release', () => {
  test('is read from the newest revision that Helm keeps, with chart, status and time', async () => {
    const { installed, problems } = await observe(
      toolCluster({
        releases: [
          release({ revision: 9, version: '1.14.0', status: 'superseded' }),
          release({ revision: 10 }),
        ],
        deployments: [
          deployment('external-dns', 'external-dns', dnsImage, ofHelm('external-dns', 'external-dns')),
        ],
      }),
    );
    expect(problems).toEqual([]);
    expect(installed.release).toEqual({
      ...{ release: 'external-dns', namespace: 'external-dns', revision: 10, status: 'deployed' },
      chart: { name: 'external-dns', version: '1.15.0', appVersion: '0.15.0' },
      ...{ description: 'Upgrade complete', updatedAt: '2026-03-02T10:00:00.123Z' },
    });
    expect(installed.workloads).toEqual([
      { kind: 'Deployment', namespace: 'external-dns', name: 'external-dns', images: [dnsImage] },
    ]);
    expect(installed.management).toMatchObject({ by: 'helm', manager: 'external-dns/external-dns' });
  });

  test.each([
    ['pending-upgrade', 'release-pending', /is pending-upgrade .*somebody works on it/],
    ['pending-install', 'release-pending', /pending-install/],
    ['uninstalling', 'release-pending', /uninstalling/],
    ['failed', 'release-failed', /Revision 3 of the Helm release external-dns\/external-dns is failed/],
    ['superseded', 'release-failed', /superseded/],
  ])('that is %s stands in the way', async (status, kind, message) => {
    const { installed, problems } = await observe(toolCluster({ releases: [release({ status })] }));
    expect(installed.release?.status).toBe(status);
    expect(problems).toEqual([expect.objectContaining({ kind, message: expect.stringMatching(message) })]);
  });

  test('of which only the history was kept is no release', async () => {
    const { installed, problems } = await observe(
      toolCluster({ releases: [release({ status: 'uninstalled' })] }),
    );
    expect(installed.release).toBeUndefined();
    expect(installed.management.by).toBe('nobody');
    expect(problems.map(({ kind }) => kind)).toEqual(['not-installed']);
  });

  test('that is not there stands in the way, with how to install it', async () => {
    const { problems } = await observe(toolCluster({}));
    expect(problems).toEqual([
      expect.objectContaining({
        kind: 'not-installed',
        message: 'There is no Helm release external-dns/external-dns, and no workload of ExternalDNS.',
        remedy: expect.stringContaining('stepladder tool install external-dns'),
      }),
    ]);
  });

  test('that is under another name is named, so that no second one is installed', async () => {
    const { installed, problems } = await observe(
      toolCluster({
        deployments: [deployment('dns', 'edns', dnsImage, ofHelm('dns', 'public'))],
      }),
    );
    expect(installed.management.by).toBe('nobody');
    expect(problems).toEqual([
      expect.objectContaining({
        kind: 'not-installed',
        message: expect.stringContaining('installed as dns/public'),
        remedy: expect.stringContaining('"release": "public", "namespace": "dns"'),
      }),
    ]);
  });

  test('whose Secret is broken is unseen, and everything else is told', async () => {
    const broken = {
      metadata: {
        ...{ namespace: 'external-dns', name: 'sh.helm.release.v1.external-dns.v1' },
        labels: { name: 'external-dns', version: '1', status: 'deployed' },
      },
      type: 'helm.sh/release.v1',
      data: { release: 'AAAA' },
    };
    const { installed, problems } = await observe(
      toolCluster({
        deployments: [deployment('external-dns', 'external-dns', dnsImage)],
        more: { '/api/v1/namespaces/external-dns/secrets': { metadata: {}, items: [broken] } },
      }),
    );
    expect(problems.map(({ kind }) => kind)).toEqual(['unseen']);
    expect(installed.management.by).toBe('manifests');
  });

  test('in a namespace that is being deleted stands in the way', async () => {
    const { problems } = await observe(
      toolCluster({ releases: [release()], namespaces: { 'external-dns': 'Terminating' } }),
    );
    expect(problems.map(({ kind }) => kind)).toEqual(['namespace-terminating']);
  });
});

describe('the workloads', () => {
  const two = [
    deployment('external-dns', 'public', dnsImage, { labels: { 'app.kubernetes.io/instance': 'public' } }),
    deployment('external-dns', 'private', dnsImage, { labels: { 'app.kubernetes.io/instance': 'private' } }),
  ];
  const names = async (wanted: typeof dns, deployments: typeof two, releases: Release[] = []) => {
    const { installed } = await observe(toolCluster({ deployments, releases }), wanted);
    return installed.workloads.map(({ namespace, name }) => `${namespace}/${name}`);
  };

  test('of two installations in one namespace are told apart by their instance', async () => {
    expect(await names({ ...dns, release: 'private' }, two)).toEqual(['external-dns/private']);
  });

  test('are those of the release’s manifest, wherever it puts them', async () => {
    const manifest =
      '---\n# Source: a.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: edns\n  namespace: dns\n';
    const elsewhere = [deployment('dns', 'edns', 'mirror.local/renamed:1'), ...two];
    expect(await names(dns, elsewhere, [release({ manifest })])).toEqual(['dns/edns']);
  });

  test('are found by image where nobody has labelled them, wherever it was mirrored to', async () => {
    const plain = deployment('external-dns', 'edns', '1234.dkr.ecr.local/mirror/external-dns@sha256:abc');
    expect(await names(dns, [plain, deployment('external-dns', 'web', 'nginx:1')])).toEqual([
      'external-dns/edns',
    ]);
  });

  test('of a tool without a profile are those of its release', async () => {
    const karpenter = { name: 'karpenter', release: 'karpenter', namespace: 'karpenter' };
    const own = deployment(
      'karpenter',
      'karpenter',
      'x/controller:1',
      ofHelm('karpenter', 'karpenter', 'karpenter-1.2.0'),
    );
    const other = deployment('karpenter', 'web', 'nginx:1', ofHelm('karpenter', 'web', 'web-1.0.0'));
    expect(await names(karpenter, [own, other])).toEqual(['karpenter/karpenter']);
  });
});

describe('the CRDs', () => {
  const named = ['applications.argoproj.io', 'rollouts.argoproj.io', 'dnsendpoints.externaldns.k8s.io'];

  test('are those of the profile, of the release and of the new version, with their objects by namespace', async () => {
    const { installed } = await observe(
      toolCluster({
        deployments: [deployment('argocd', 'argocd-server', argoImage, ofHelm('argocd', 'argocd'))],
        crds: [
          crd('applications.argoproj.io', ofHelm('argocd', 'argocd')),
          crd('rollouts.argoproj.io', ofHelm('rollouts', 'rollouts')),
          crd('extras.argoproj.io'),
          crd('others.example.com'),
        ],
        objects: {
          '/apis/argoproj.io/v1beta1/applications': [
            { namespace: 'argocd', name: 'a' },
            { namespace: 'argocd', name: 'b' },
            { namespace: 'team', name: 'c' },
          ],
          '/apis/argoproj.io/v1beta1/extras': [],
        },
      }),
      argo,
      ['extras.argoproj.io'],
    );
    expect(installed.crds.map(({ name, objectCount }) => [name, objectCount])).toEqual([
      ['applications.argoproj.io', 3],
      ['extras.argoproj.io', 0],
    ]);
    expect(installed.crds[0]).toMatchObject({
      ...{ kind: 'application', plural: 'applications', ownedBy: 'argocd/argocd' },
      objects: { argocd: 2, team: 1 },
      storedVersions: ['v1beta1'],
    });
  });

  test('of an API group that is the tool’s alone are all its own', async () => {
    const cluster = toolCluster({
      crds: [crd('dnsrecords.externaldns.k8s.io'), ...named.map((name) => crd(name))],
      objects: {
        '/apis/externaldns.k8s.io/v1beta1/dnsrecords': [],
        '/apis/externaldns.k8s.io/v1beta1/dnsendpoints': [],
      },
    });
    const { installed } = await observe(cluster);
    expect(installed.crds.map(({ name }) => name)).toEqual([
      'dnsendpoints.externaldns.k8s.io',
      'dnsrecords.externaldns.k8s.io',
    ]);
  });

  test('that others stand on too name all these installations', async () => {
    const { installed } = await observe(
      toolCluster({
        releases: [release({ namespace: 'argocd', name: 'argocd', chart: 'argo-cd', version: '7.8.2' })],
        deployments: [
          deployment('argocd', 'argocd-server', argoImage, ofHelm('argocd', 'argocd')),
          deployment('team-a', 'argocd-server', argoImage.replace('11', '4'), ofHelm('team-a', 'argo')),
          deployment('team-a', 'argocd-repo-server', argoImage, ofHelm('team-a', 'argo')),
          deployment('team-b', 'argocd-server', argoImage, {
            labels: { 'app.kubernetes.io/part-of': 'argocd' },
          }),
        ],
        crds: [crd('applications.argoproj.io', ofHelm('crds', 'argo-crds'))],
        objects: { '/apis/argoproj.io/v1beta1/applications': [] },
      }),
      argo,
    );
    expect(installed.sharing).toEqual([
      { namespace: 'team-a', name: 'argo', version: 'v2.14.4' },
      { namespace: 'team-b', name: 'argocd', version: 'v2.14.11' },
      { namespace: 'crds', name: 'argo-crds' },
    ]);
  });
});

describe('what could not be seen is said, never taken for nothing', () => {
  test.each([
    ['the release', '/api/v1/namespaces/external-dns/secrets'],
    ['the workloads', '/apis/apps/v1/deployments'],
    ['the CRDs', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'],
    ['who manages it', '/apis/argoproj.io/v1alpha1/applications'],
    ['the namespace', '/api/v1/namespaces'],
  ])('%s', async (_, path) => {
    const { problems } = await observe(
      toolCluster({ releases: [release()], more: { [path]: new Refusal(403, 'forbidden: cannot list') } }),
    );
    expect(problems).toEqual([
      expect.objectContaining({ kind: 'unseen', message: expect.stringContaining('forbids it (403') }),
    ]);
  });

  test('and an API that can’t be asked at all ends it', async () => {
    const more = { '/apis/apps/v1/deployments': new Refusal(401, 'Unauthorized') };
    await expect(observe(toolCluster({ more }))).rejects.toMatchObject({ type: 'CredentialsRefused' });
  });

  test('without Argo CD in the cluster there is nothing unseen', async () => {
    expect((await observe(toolCluster({ releases: [release()] }))).problems).toEqual([]);
  });
});
