import { CoreV1Api, makeInformer } from '@kubernetes/client-node';
import type { V1Pod } from '@kubernetes/client-node';
import { expect, test, onTestFinished } from 'vitest';
import { namespaces, pods } from '../../simulator/cluster/kinds.ts';
import type { Pod } from '../../simulator/cluster/kinds.ts';
import type { MemoryStore } from '../../simulator/cluster/store.ts';
import { podManifest, startApi, storePods } from './fixture.ts';
import type { SeenEvent } from './watchClient.ts';
import { watch } from './watchClient.ts';

const path = '/api/v1/namespaces/shop/pods';

const relabel = (pod: Pod, labels: Record<string, string>): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, labels },
});
/** A change that the watches of Pods do not tell of, and that a bookmark does. */
const changeElsewhere = (store: MemoryStore) =>
  store.create(namespaces, { kind: 'Namespace', metadata: { name: 'elsewhere' } });
const seen = ({ type, object }: SeenEvent) => `${type} ${object.metadata?.name}`;

test('a watch without a resourceVersion begins with what is there', async () => {
  const api = await startApi();
  storePods(api.store, 2);
  const { next } = await watch(api.kubeConfig(), path);
  expect([seen(await next()), seen(await next())]).toEqual(['ADDED pod-0000', 'ADDED pod-0001']);
  api.store.create(pods, podManifest('later'));
  expect(await next()).toMatchObject({
    type: 'ADDED',
    object: { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'later' } },
  });
});

test('a watch from a resourceVersion tells of every change after it, in order', async () => {
  const api = await startApi();
  const pod = api.store.create(pods, podManifest('one'));
  const resourceVersion = api.store.resourceVersion;
  api.store.update(pods, relabel(pod, { changed: 'yes' }));
  const { next } = await watch(api.kubeConfig(), path, { resourceVersion });
  expect(seen(await next())).toBe('MODIFIED one');
  api.store.create(pods, podManifest('two'));
  api.store.remove(pods, 'shop', 'one');
  expect(seen(await next())).toBe('ADDED two');
  expect(await next()).toMatchObject({
    type: 'DELETED',
    object: { metadata: { name: 'one', resourceVersion: String(api.store.resourceVersion) } },
  });
});

test('other namespaces are not seen', async () => {
  const api = await startApi();
  const { next } = await watch(api.kubeConfig(), '/api/v1/namespaces/default/configmaps');
  const maps = { group: '', resource: 'configmaps' };
  for (const namespace of ['shop', 'default'])
    api.store.create(maps, { kind: 'ConfigMap', metadata: { name: `in-${namespace}`, namespace } });
  expect(seen(await next())).toBe('ADDED in-default');
});

test('an object that leaves the selector is DELETED as it last was in it, one that enters is ADDED', async () => {
  const api = await startApi();
  const pod = api.store.create(pods, podManifest('one', { color: 'red' }));
  const { next } = await watch(api.kubeConfig(), path, {
    resourceVersion: api.store.resourceVersion,
    labelSelector: 'color=red',
  });
  const blue = api.store.update(pods, relabel(pod, { color: 'blue' }));
  expect(await next()).toMatchObject({
    type: 'DELETED',
    object: { metadata: { labels: { color: 'red' }, resourceVersion: blue.metadata.resourceVersion } },
  });
  const stillBlue = api.store.update(pods, relabel(blue, { color: 'blue', size: 'large' }));
  api.store.update(pods, relabel(stillBlue, { color: 'red' }));
  expect(await next()).toMatchObject({ type: 'ADDED', object: { metadata: { labels: { color: 'red' } } } });
});

test('a field selector watches one object', async () => {
  const api = await startApi();
  const { next } = await watch(api.kubeConfig(), '/api/v1/pods', { fieldSelector: 'metadata.name=two' });
  api.store.create(pods, podManifest('one'));
  api.store.create(pods, podManifest('two'));
  expect(seen(await next())).toBe('ADDED two');
});

test('bookmarks come when they are asked for, and say how far the watch is', async () => {
  const api = await startApi({ bookmarkMilliseconds: 20 });
  const { next } = await watch(api.kubeConfig(), path, {
    allowWatchBookmarks: true,
    resourceVersion: api.store.resourceVersion,
  });
  changeElsewhere(api.store);
  expect(await next()).toEqual({
    type: 'BOOKMARK',
    object: {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { resourceVersion: String(api.store.resourceVersion), creationTimestamp: null },
    },
  });
  const quiet = await watch(api.kubeConfig(), path, {
    timeoutSeconds: 1,
    resourceVersion: api.store.resourceVersion,
  });
  await quiet.ended;
  await expect(quiet.next()).rejects.toThrow('the watch has ended');
});

test('a watch ends in order after timeoutSeconds, with a last bookmark', async () => {
  const api = await startApi();
  const { resourceVersion } = api.store;
  changeElsewhere(api.store);
  const { next, ended } = await watch(api.kubeConfig(), path, {
    timeoutSeconds: 1,
    allowWatchBookmarks: true,
    resourceVersion,
  });
  expect((await next()).type).toBe('BOOKMARK');
  expect(await ended).toBeNull();
});

test('a resourceVersion that is no longer kept is an ERROR event with 410, and the end', async () => {
  const api = await startApi();
  const resourceVersion = api.store.resourceVersion;
  api.store.create(pods, podManifest('one'));
  api.store.compact();
  const { next, ended } = await watch(api.kubeConfig(), path, { resourceVersion });
  expect(await next()).toMatchObject({
    type: 'ERROR',
    object: { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410 },
  });
  expect(await ended).toBeNull();
});

test('metadata alone can be watched', async () => {
  const api = await startApi();
  const before = api.store.resourceVersion;
  storePods(api.store, 1);
  changeElsewhere(api.store);
  const { text } = await api.call(
    `${path}?watch=true&timeoutSeconds=1&allowWatchBookmarks=true&resourceVersion=${before}`,
    { headers: { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' } },
  );
  const [first = '', last = ''] = text.trim().split('\n');
  const added: SeenEvent = JSON.parse(first);
  const bookmark: SeenEvent = JSON.parse(last);
  expect(added).toMatchObject({
    type: 'ADDED',
    object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' },
  });
  expect(Object.keys(added.object).sort()).toEqual(['apiVersion', 'kind', 'metadata']);
  expect(bookmark).toMatchObject({ type: 'BOOKMARK', object: { kind: 'PartialObjectMetadata' } });
});

test('what asks for initial events as a stream is refused, as by servers without it', async () => {
  const api = await startApi();
  const answer = await api.call(
    `${path}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=0`,
  );
  expect(answer).toMatchObject({ status: 422, json: { reason: 'Invalid' } });
});

test('an informer follows, over a cut and an expired resourceVersion too', async () => {
  const api = await startApi();
  storePods(api.store, 2);
  const config = api.kubeConfig();
  const core = config.makeApiClient(CoreV1Api);
  const informer = makeInformer<V1Pod>(config, path, () => core.listNamespacedPod({ namespace: 'shop' }));
  onTestFinished(() => informer.stop());
  informer.on('error', () => void informer.start());
  const added = (name: string) =>
    new Promise<void>((resolve) => {
      informer.on('add', ({ metadata }) => {
        if (metadata?.name === name) resolve();
      });
    });
  const [first, second] = [added('pod-0001'), added('unseen')];
  await informer.start();
  await first;
  api.faults.cutWatches();
  api.store.create(pods, podManifest('unseen'));
  api.store.compact();
  await second;
  expect(
    informer
      .list()
      .map(({ metadata }) => metadata?.name)
      .sort(),
  ).toEqual(['pod-0000', 'pod-0001', 'unseen']);
});

test('a watch ends in order when its API server goes, and on another minor it goes on', async () => {
  const api = await startApi();
  const { ended } = await watch(api.kubeConfig(), path, { resourceVersion: api.store.resourceVersion });
  const resourceVersion = api.store.resourceVersion;
  api.setVersions(['1.32']);
  expect(await ended).toBeNull();
  api.store.create(pods, podManifest('meanwhile'));
  const { next } = await watch(api.kubeConfig(), path, { resourceVersion });
  expect(seen(await next())).toBe('ADDED meanwhile');
});

test('the end of the server ends its watches', async () => {
  const api = await startApi();
  const { ended } = await watch(api.kubeConfig(), path, { resourceVersion: api.store.resourceVersion });
  await api.close();
  await ended;
});
