import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bringApplications } from '../../../src/activities/migration/bringApplications.ts';
import type { CopyVerdict } from '../../../src/activities/migrationTypes.ts';
import type { ArgoCdSource, ResourceSource } from '../../../src/contract/migration.ts';
import { applicationOf, listApplications } from '../../../src/kubernetes/argoCd/application.ts';
import { chooseArgoCd } from '../../../src/kubernetes/argoCd/chosen.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { CopyAccount } from '../../../src/kubernetes/copying/copyAccount.ts';
import type { CopyRecord } from '../../../src/kubernetes/copying/copyAccount.ts';
import { statusBehind } from '../../../src/kubernetes/errors.ts';
import { objectAt, textAt } from '../../../src/tools/crds/json.ts';
import type { Json } from '../../../src/tools/crds/json.ts';
import {
  application,
  configMap,
  controller,
  cronJob,
  definitions,
  namespace,
  project,
  secret,
} from '../../kubernetes/argoCd/argoCdFixture.ts';
import { startStandInArgoCd } from '../../kubernetes/argoCd/standInArgoCd.ts';
import type { InGit, StandInArgoCd } from '../../kubernetes/argoCd/standInArgoCd.ts';
import { activityEnvironment } from '../environment.ts';
import { longEnough } from '../simulated.ts';
import { post, startTwoClusters } from './twoClusters.ts';
import type { TwoClusters } from './twoClusters.ts';

type Posted = Parameters<typeof post>[1];

/** Only to end a hang. Milliseconds. */
const limitMs = 150_000;
/** Two simulated clusters begin in seconds, and a busy machine takes its time. */
const patience = { timeout: 300_000 };
const pollMs = 20;

interface Given {
  /** What blue's Argo CD has; made of the URL by which it may know blue. */
  onBlue?: (blueServer: string) => Posted[];
  git?: Record<string, InGit>;
  generated?: Record<string, Json>;
  /** Without Argo CD on green. */
  bare?: true;
}

interface Both extends TwoClusters {
  blueServer: string;
  argoCd: StandInArgoCd;
  bring: (
    sources?: ResourceSource[],
    environment?: Parameters<TwoClusters['run']>[2],
  ) => Promise<CopyVerdict>;
  recordOf: (verdict: CopyVerdict) => Promise<CopyRecord>;
}

const source: ArgoCdSource = { namespace: 'argocd' };
const plain = (name: string, revision = 'a1'): InGit => ({ revision, objects: [configMap(name)] });

/** Blue with Argo CD's objects; on green Argo CD that works, and nothing that it would deploy. */
async function startBoth({ onBlue = () => [], git = {}, generated, bare }: Given = {}): Promise<Both> {
  const both = await startTwoClusters({ manifests: [], workloads: [] });
  const { blue, green, sides, stage, run } = both;
  const blueServer = sides.blue.identity.endpoint;
  await make(blue, [namespace, ...definitions]);
  await make(blue, onBlue(blueServer));
  if (bare !== true)
    await make(green, [
      ...[namespace, { ...namespace, metadata: { name: 'shop' } }],
      ...[...definitions, controller, project('default', [{ server: '*', namespace: '*' }])],
    ]);
  const argoCd = startStandInArgoCd(green, git, generated);
  onTestFinished(() => argoCd.stop());
  return {
    ...{ ...both, blueServer, argoCd },
    bring: (sources = [{ argoCd: source }], environment) =>
      run(
        'copyResources',
        {
          ...{ sides, tools: [], madeBy: 'migrate-demo', timeoutMs: limitMs, pollMs },
          stage: { ...stage, sources },
        },
        environment,
      ),
    recordOf: async ({ evidence }) => (await both.evidence.read(evidence)) as CopyRecord,
  };
}

async function make(cluster: KubernetesConnection, objects: readonly Posted[]): Promise<void> {
  for (const object of objects) await post(cluster, object);
}

const pathOf = (name: string) => `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${name}`;

async function read(cluster: KubernetesConnection, path: string): Promise<Json | undefined> {
  try {
    return (await cluster.getJson(path)) as Json;
  } catch (error) {
    if (statusBehind(error)?.code === 404) return undefined;
    throw error;
  }
}

describe('bringing Applications of Argo CD', patience, () => {
  it('brings them with what they need, and has each synced once in the order of the waves', async () => {
    const { green, bring, argoCd, blueServer, recordOf } = await startBoth({
      onBlue: (server) => [
        project('shop', [
          { server, namespace: 'shop' },
          { name: 'prod', namespace: 'shop' },
        ]),
        secret('repo', 'repository', { url: 'https://git.example.com/deploy', password: 'hunter2' }),
        secret('blue', 'cluster', { name: 'prod', server, config: '{}' }),
        secret('other', 'cluster', { name: 'other', server: 'https://other.example.com', config: '{}' }),
        application('web', { wave: 2, automated: true, destination: { server, namespace: 'shop' } }),
        application('base', { wave: -1, destination: { name: 'prod', namespace: 'shop' } }),
        application('jobs', { wave: 2 }),
        application('afar', { destination: { name: 'other', namespace: 'shop' } }),
      ],
      git: {
        base: plain('base'),
        web: plain('web', 'c3'),
        jobs: { revision: 'b2', objects: [cronJob('nightly')] },
        afar: plain('afar'),
      },
    });
    const verdict = await bring();
    expect(verdict.refused).toEqual([]);
    expect(argoCd.synced[0]).toBe('base');
    expect(argoCd.synced.toSorted()).toEqual(['base', 'jobs', 'web']);
    expect(argoCd.operations).toContainEqual({
      application: 'web',
      operation: {
        initiatedBy: { username: 'stepladder' },
        info: [{ name: 'Migration', value: 'migrate-demo' }],
        retry: { limit: 5, backoff: { duration: '5s', factor: 2, maxDuration: '3m' } },
        sync: { prune: false, revision: 'c3' },
      },
    });
    // Nothing syncs by itself, and nothing works, before the cutover.
    expect(await read(green, pathOf('web'))).toMatchObject({
      metadata: {
        annotations: {
          'stepladder/held': JSON.stringify({ by: 'migrate-demo', before: { automated: { prune: true } } }),
        },
      },
      spec: { destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' } },
    });
    expect(objectAt((await read(green, pathOf('web')))?.['spec'], 'syncPolicy')['automated']).toBeUndefined();
    expect(await read(green, '/apis/batch/v1/namespaces/shop/cronjobs/nightly')).toMatchObject({
      spec: { suspend: true },
    });
    expect(await read(green, pathOf('base'))).toMatchObject({
      spec: { destination: { name: 'in-cluster' } },
    });
    expect(await read(green, '/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects/shop')).toMatchObject({
      spec: {
        destinations: [
          { server: 'https://kubernetes.default.svc', namespace: 'shop' },
          { name: 'in-cluster', namespace: 'shop' },
        ],
      },
    });
    const secretAt = (name: string) => read(green, `/api/v1/namespaces/argocd/secrets/${name}`);
    expect(await secretAt('repo')).toMatchObject({ data: { password: btoa('hunter2') } });
    expect(await secretAt('other')).toBeDefined();
    expect(await secretAt('blue')).toBeUndefined();
    const record = JSON.stringify(await recordOf(verdict));
    expect(record).not.toContain('hunter2');
    expect(record).not.toContain(blueServer);
  });

  it('changes and syncs nothing when it is done once more, and syncs what Git has newly', async () => {
    const git: Record<string, InGit> = {
      web: plain('web'),
      jobs: { revision: 'b2', objects: [cronJob('nightly')] },
    };
    const { bring, argoCd } = await startBoth({
      onBlue: () => [application('web', { automated: true }), application('jobs', { automated: true })],
      git,
    });
    const sources = [{ copy: { excludeNamespaces: [], excludeKinds: [] } }, { argoCd: source }];
    await bring(sources);
    expect(argoCd.synced.toSorted()).toEqual(['jobs', 'web']);
    expect(await bring(sources)).toMatchObject({ applied: 0, refused: [] });
    expect(argoCd.synced).toHaveLength(2);
    git['web'] = { ...plain('web', 'a2'), objects: [configMap('web'), configMap('more')] };
    expect(await bring(sources)).toMatchObject({ applied: 0, refused: [] });
    expect(argoCd.synced.slice(2)).toEqual(['web']);
  });

  it('takes in the children that an app of apps brings, and has them stand still', async () => {
    const children = [application('first', { automated: true }), application('second', { wave: 1 })];
    const { green, bring, argoCd } = await startBoth({
      onBlue: () => [application('root', { automated: true })],
      git: { root: { revision: 'a1', objects: children }, first: plain('first'), second: plain('second') },
    });
    expect((await bring()).refused).toEqual([]);
    expect(argoCd.synced.toSorted()).toEqual(['first', 'root', 'second']);
    expect(argoCd.synced.indexOf('second')).toBeGreaterThan(argoCd.synced.indexOf('first'));
    const applications = await listApplications(green, new AbortController().signal);
    expect(applications.map(({ name, health }) => [name, health])).toEqual([
      ['first', 'Healthy'],
      ['root', 'Healthy'],
      ['second', 'Healthy'],
    ]);
    const first = await read(green, pathOf('first'));
    expect(objectAt(first?.['spec'], 'syncPolicy')['automated']).toBeUndefined();
    expect(textAt(objectAt(objectAt(first, 'metadata'), 'annotations'), 'stepladder/held')).toContain(
      'migrate-demo',
    );
  });

  it('has an ApplicationSet make its Applications anew', async () => {
    const set = {
      ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet' },
      metadata: { namespace: 'argocd', name: 'all' },
      spec: { generators: [], template: { spec: { syncPolicy: { automated: {} } } } },
    };
    const { green, bring, argoCd } = await startBoth({
      onBlue: () => [set, application('web', { owner: { set: 'all' } })],
      git: { web: plain('web') },
      generated: { all: application('web') },
    });
    expect((await bring([{ argoCd: { ...source, applications: ['web'] } }])).refused).toEqual([]);
    expect(argoCd.synced).toEqual(['web']);
    const made = await read(green, pathOf('web'));
    expect(made === undefined ? undefined : applicationOf(made).set).toBe('all');
  });

  it('brings only what is chosen, and says what is not there', async () => {
    const { green, bring } = await startBoth({
      onBlue: () => [application('web', { labels: { team: 'shop' } }), application('other')],
      git: { web: plain('web'), other: plain('other') },
    });
    expect((await bring([{ argoCd: { ...source, applications: ['wbe'] } }])).refused).toEqual([
      'Application argocd/wbe: it is not on the old cluster',
    ]);
    expect((await bring([{ argoCd: { ...source, selector: 'team=shop' } }])).refused).toEqual([]);
    expect(await read(green, pathOf('web'))).toBeDefined();
    expect(await read(green, pathOf('other'))).toBeUndefined();
  });

  it('refuses by name what can’t be synced, and goes on with the rest', async () => {
    const git: Record<string, InGit> = {
      web: { ...plain('web'), fails: 'one or more objects failed to apply, password: hunter2' },
      later: plain('later'),
      free: plain('free'),
    };
    const { bring, argoCd } = await startBoth({
      onBlue: () => [
        application('web'),
        application('later', { wave: 1 }),
        application('free', { wave: -1 }),
      ],
      git,
    });
    expect((await bring()).refused.toSorted()).toEqual([
      'Application argocd/later: OutOfSync at a1: ConfigMap shop/later; it waits for Application argocd/web, which comes before it',
      'Application argocd/web: its sync ended as Failed: one or more objects failed to apply, password: …',
    ]);
    expect(argoCd.synced).toEqual(['free', 'web']);
    // Mended, it is tried again by the next look.
    git['web'] = plain('web');
    expect((await bring()).refused).toEqual([]);
    expect(argoCd.synced).toEqual(['free', 'web', 'web', 'later']);
  });

  it('stops at once when it is cancelled', async () => {
    const { bring, argoCd } = await startBoth({ onBlue: () => [application('web')], git: {} });
    await argoCd.stop();
    const environment = activityEnvironment(longEnough);
    const said: unknown[] = [];
    environment.on('heartbeat', (details: unknown) => said.push(details));
    const bringing = bring(undefined, environment);
    bringing.catch(() => undefined);
    await vi.waitFor(() => expect(JSON.stringify(said)).toContain('has not looked at it yet'), {
      ...{ timeout: limitMs, interval: pollMs },
    });
    environment.cancel();
    await expect(bringing).rejects.toThrow(/CANCELLED/i);
  });
});

describe('at the end of its time', patience, () => {
  /** Brings all of blue with a clock that stands still until the test moves it. */
  async function bringUntil({ blue, green, blueServer }: Both, line: RegExp): Promise<CopyAccount> {
    const { signal } = new AbortController();
    const account = new CopyAccount();
    let clock = 0;
    const target = { green, singletons: [], madeBy: 'migrate-demo', signal, account };
    const chosen = await chooseArgoCd(blue, source, { blueServer, tools: [], signal });
    const bringing = bringApplications({
      ...{ source, chosen, target, timeoutMs: 1_000, pollMs },
      now: () => clock,
    });
    bringing.catch(() => undefined);
    await vi.waitFor(() => expect(account.line()).toMatch(line), { timeout: limitMs, interval: pollMs });
    clock = 10_000;
    await bringing;
    return account;
  }

  it('an Application that is not healthy is refused', async () => {
    const both = await startBoth({
      onBlue: () => [application('web')],
      git: { web: { ...plain('web'), health: 'Degraded' } },
    });
    const account = await bringUntil(both, /Synced, but Degraded/);
    expect(account.record().refused).toEqual([
      { object: 'Application argocd/web', why: 'Synced, but Degraded' },
    ]);
    expect(both.argoCd.synced).toEqual(['web']);
  });

  it('so is one whose repository can’t be read, without what stands in its address', async () => {
    const both = await startBoth({ onBlue: () => [application('web')] });
    const account = await bringUntil(both, /could not compare/);
    expect(account.record().refused).toEqual([
      {
        object: 'Application argocd/web',
        why: 'Argo CD could not compare it with Git yet: https://git.example.com: not found',
      },
    ]);
  });

  it('so is all, where there is no Argo CD', async () => {
    const both = await startBoth({ onBlue: () => [application('web')], bare: true });
    const account = await bringUntil(both, /does not know the kind Application/);
    expect(account.record()).toMatchObject({
      refused: [
        { object: 'Argo CD', why: expect.stringContaining("bring it by the request's tools") as string },
      ],
      created: [],
    });
  });
});
