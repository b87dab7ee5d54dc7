import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { kubernetesLifecycles } from '../../../src/checks/removedApis/kubernetesLifecycles.ts';
import { observeHelmReleases } from '../../../src/kubernetes/apiUses/index.ts';
import { readHelmRelease, UnreadableRelease } from '../../../src/kubernetes/apiUses/helmRelease.ts';
import { newestRevisions } from '../../../src/kubernetes/apiUses/newestRevisions.ts';
import type { ReadOptions } from '../../../src/kubernetes/connection.ts';
import { scanManifestText } from '../../../src/manifests/index.ts';
import { fakeConnection, list, Refusal } from '../fakeConnection.ts';

const observedAt = '2026-03-02T10:00:00.000Z';
const scanOptions = { tables: [kubernetesLifecycles], from: '1.31', to: '1.32', observedAt };

const flowSchema = (name: string, version = 'v1beta3') =>
  `apiVersion: flowcontrol.apiserver.k8s.io/${version}\nkind: FlowSchema\nmetadata:\n  name: ${name}\n`;

/** A release as Helm writes it into a ConfigMap; in a Secret it is in base64 once more. */
function packed(name: string, manifest: string, hooks: string[] = []): string {
  const release = {
    name,
    manifest,
    hooks: hooks.map((hook) => ({ manifest: hook })),
    chart: { metadata: { name: 'web', version: '1.2.3' } },
  };
  return gzipSync(JSON.stringify(release)).toString('base64');
}

interface Stored {
  release: string;
  revision: number;
  status: string;
  data?: Record<string, string>;
  type?: string;
}

const nameOf = ({ release, revision }: Stored) => `sh.helm.release.v1.${release}.v${revision}`;

/** A cluster with these revisions in Secrets, and those in ConfigMaps, of the namespace `shop`. */
function cluster(secrets: Stored[], configMaps: Stored[] = [], more: Record<string, unknown> = {}) {
  const routes: Record<string, unknown> = {};
  for (const [resource, stored] of [
    ['secrets', secrets],
    ['configmaps', configMaps],
  ] as const) {
    routes[`/api/v1/${resource}`] = list(
      ...stored.map((each) => ({
        metadata: {
          namespace: 'shop',
          name: nameOf(each),
          labels: { name: each.release, version: String(each.revision), status: each.status, owner: 'helm' },
        },
      })),
    );
    routes[`/api/v1/namespaces/shop/${resource}`] = ({ query }: ReadOptions) =>
      list(
        ...stored
          .filter((each) => query?.['fieldSelector'] === `metadata.name=${nameOf(each)}`)
          .map(({ type = 'helm.sh/release.v1', data }) => ({ type, data })),
      );
  }
  return fakeConnection({ ...routes, ...more });
}

const secret = (release: string, revision: number, status: string, text: string): Stored => ({
  ...{ release, revision, status },
  data: { release: Buffer.from(text).toString('base64') },
});
const configMap = (release: string, revision: number, status: string, text: string): Stored => ({
  ...{ release, revision, status },
  data: { release: text },
});

const observe = (connection: ReturnType<typeof cluster>) =>
  observeHelmReleases(connection, { scan: (text, place) => scanManifestText(text, place, scanOptions) });

test('finds what a release has installed, hooks included, with its name and chart', async () => {
  const { uses, problems, coverage } = await observe(
    cluster(
      [secret('web', 3, 'deployed', packed('web', flowSchema('a'), [flowSchema('hook')]))],
      [configMap('other', 1, 'deployed', packed('other', flowSchema('b')))],
    ),
  );
  expect(
    uses.map(({ place, kind, object }) => [
      place.kind === 'helm-release' && place.release,
      kind,
      object?.name,
    ]),
  ).toEqual([
    ['web', 'FlowSchema', 'a'],
    ['web', 'FlowSchema', 'hook'],
    ['other', 'FlowSchema', 'b'],
  ]);
  expect(uses[0]!.place).toEqual({
    kind: 'helm-release',
    namespace: 'shop',
    release: 'web',
    chart: 'web-1.2.3',
  });
  expect(problems).toEqual([]);
  expect(coverage).toEqual({ source: 'helm-releases', state: 'complete', count: 2 });
});

test('reads no more than the revision that counts', async () => {
  const connection = cluster([
    secret('web', 1, 'superseded', packed('web', flowSchema('old'))),
    secret('web', 2, 'deployed', packed('web', flowSchema('new', 'v1'))),
    secret('gone', 4, 'uninstalled', packed('gone', flowSchema('gone'))),
  ]);
  const { uses, coverage } = await observe(connection);
  expect(uses).toEqual([]);
  expect(coverage.count).toBe(1);
  expect(connection.asked.filter(({ path }) => path.includes('/namespaces/'))).toHaveLength(1);
});

test.each([
  ['nothing of Helm', 'no release at all', /no gzipped JSON/],
  ['broken gzip', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]).toString('base64'), /gzip is broken/],
  ['no manifest', gzipSync('{"name":"web"}').toString('base64'), /holds no manifest/],
])('tells of a Secret with %s, and reads the others', async (_, text, problem) => {
  const { uses, problems, coverage } = await observe(
    cluster([
      secret('broken', 1, 'deployed', text),
      secret('web', 1, 'deployed', packed('web', flowSchema('a'))),
    ]),
  );
  expect(uses).toHaveLength(1);
  expect(problems).toEqual([
    { file: 'Secret shop/sh.helm.release.v1.broken.v1', problem: expect.stringMatching(problem) },
  ]);
  expect(coverage).toMatchObject({ state: 'complete', count: 1 });
});

test('passes over a Secret with the labels of Helm that is none of its releases', async () => {
  const other = { ...secret('web', 1, 'deployed', 'x'), type: 'Opaque' };
  expect(await observe(cluster([other]))).toMatchObject({ uses: [], problems: [] });
});

test('tells what it was not allowed to list', async () => {
  const forbidden = { '/api/v1/secrets': new Refusal(403, 'secrets is forbidden') };
  expect((await observe(cluster([], [], forbidden))).coverage).toMatchObject({
    state: 'partial',
    why: expect.stringContaining('list secrets'),
    count: 0,
  });
  const both = { ...forbidden, '/api/v1/configmaps': new Refusal(403, 'configmaps is forbidden') };
  expect((await observe(cluster([], [], both))).coverage.state).toBe('failed');
});

test('does not unpack without bounds', async () => {
  const bomb = gzipSync(Buffer.alloc(4 * 1024 * 1024, 0x20)).toString('base64');
  await expect(readHelmRelease(bomb, 1024 * 1024)).rejects.toThrow(
    new UnreadableRelease('it unpacks to more than 1 MiB'),
  );
});

test('reads a release that Helm 2 has left ungzipped', async () => {
  const text = Buffer.from('{"name":"web","manifest":"a: b"}').toString('base64');
  expect(await readHelmRelease(text)).toMatchObject({ name: 'web', chart: 'unknown', manifest: 'a: b' });
});

const revision = (number: number, status: string, release = 'web') => ({
  ...{ namespace: 'shop', object: `v${number}`, release, revision: number, status },
});

test.each([
  ['the deployed one', [revision(9, 'superseded'), revision(10, 'deployed')], [10]],
  ['a newer one that is pending as well', [revision(1, 'deployed'), revision(2, 'pending-upgrade')], [1, 2]],
  ['a newer one that has failed as well', [revision(1, 'deployed'), revision(2, 'failed')], [1, 2]],
  ['no failed one that is older', [revision(1, 'failed'), revision(2, 'deployed')], [2]],
  ['the newest failed one where none is deployed', [revision(1, 'failed'), revision(2, 'failed')], [2]],
  ['none of what was uninstalled', [revision(3, 'uninstalled')], []],
])('of each release: %s', (_, revisions, expected) => {
  expect(newestRevisions(revisions).map((each) => each.revision)).toEqual(expected);
});
