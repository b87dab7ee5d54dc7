import { describe, expect, it, onTestFinished } from 'vitest';
import { Clusters } from '../../../src/activities/clusters.ts';
import { observeArgoCd } from '../../../src/activities/migration/observeArgoCd.ts';
import { chooseArgoCd, leftToArgoCd } from '../../../src/kubernetes/argoCd/chosen.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import {
  application,
  definitions,
  namespace,
  project,
  secret,
} from '../../kubernetes/argoCd/argoCdFixture.ts';
import { startSimulated } from '../simulated.ts';
import { post } from './twoClusters.ts';

const source = { namespace: 'argocd' };
const blueServer = 'https://blue.example.com';
const { signal } = new AbortController();

/** The simulated cluster, with a connection that anybody may close. */
async function startBlue(...objects: Parameters<typeof post>[1][]) {
  const { context } = await startSimulated({ scenario: { manifests: [], workloads: [] } });
  const connectOnce = async (): Promise<KubernetesConnection> => {
    const clusters = new Clusters();
    onTestFinished(() => clusters.close());
    return (await clusters.open(context)).kubernetes;
  };
  const blue = await connectOnce();
  for (const object of objects) await post(blue, object);
  return { blue, connectOnce };
}

const child = {
  group: 'argoproj.io',
  kind: 'Application',
  namespace: 'argocd',
  name: 'web',
  status: 'Synced',
};
const itself = {
  group: 'apps',
  kind: 'StatefulSet',
  namespace: 'argocd',
  name: 'argocd-application-controller',
};

describe('what a source of Argo CD is about', { timeout: 120_000 }, () => {
  it('is seen by names: where each deploys to, who keeps it, and what stays', async () => {
    const { blue } = await startBlue(
      ...[namespace, ...definitions],
      secret('blue', 'cluster', { name: 'prod', server: blueServer }),
      secret('other', 'cluster', { name: 'other', server: 'https://other.example.com' }),
      application('root', { status: { resources: [child, itself] } }),
      application('web', { destination: { name: 'prod' } }),
      application('afar', { destination: { name: 'other' } }),
    );
    const given = { blueServer, tools: [], signal, green: undefined };
    expect(await observeArgoCd(blue, { ...source, applications: ['root', 'web', 'wbe'] }, given)).toEqual({
      namespace: 'argocd',
      applications: [
        { name: 'argocd/root', place: 'here', keepsArgoCd: true },
        { name: 'argocd/web', place: 'blue', parent: 'argocd/root' },
      ],
      missing: ['wbe'],
      clusterSecrets: ['argocd/blue'],
    });
    const all = await observeArgoCd(blue, source, given);
    expect(all.applications.find(({ name }) => name === 'argocd/afar')?.place).toBe('elsewhere');
  });

  it('is nothing where there is no Argo CD, and a new cluster that is there is asked for it', async () => {
    const { blue, connectOnce } = await startBlue();
    const given = { blueServer, tools: [], signal, green: connectOnce };
    expect(await observeArgoCd(blue, source, given)).toEqual({
      ...{ namespace: 'argocd', applications: [], missing: [], clusterSecrets: [] },
      greenLacks: 'it does not know the kind Application (CRD applications.argoproj.io)',
    });
  });

  it('is left to it by a copy, but for what a tool’s release has', async () => {
    const release = { 'meta.helm.sh/release-name': 'argocd', 'meta.helm.sh/release-namespace': 'argocd' };
    const ofRelease = secret('of-release', 'repository', { url: 'https://git.example.com' });
    const { blue } = await startBlue(
      ...[namespace, ...definitions, project('shop', []), application('web')],
      secret('blue', 'cluster', { name: 'prod', server: `${blueServer}/` }),
      secret('repo', 'repository', { url: 'https://git.example.com' }),
      { ...ofRelease, metadata: { ...ofRelease.metadata, annotations: release } } as typeof ofRelease,
    );
    const tools = [{ namespace: 'argocd', release: 'argocd' }];
    const chosen = await chooseArgoCd(blue, source, { blueServer, tools, signal });
    expect(chosen.left.map(({ key, left }) => [key, left.reason])).toEqual([['argocd/of-release', 'tool']]);
    expect([...leftToArgoCd(chosen, true)].map(([key, { reason }]) => [key, reason])).toEqual([
      ['secrets argocd/blue', 'cluster-bound'],
      ['secrets argocd/repo', 'argo-cd'],
      ['appprojects.argoproj.io argocd/shop', 'argo-cd'],
      ['applications.argoproj.io argocd/web', 'argo-cd'],
    ]);
    // What only the comparison has to know: the Secret is on neither side on purpose.
    expect([...leftToArgoCd(chosen, false).keys()]).toEqual(['secrets argocd/blue']);
  });
});
