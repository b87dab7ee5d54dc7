import { describe, expect, test } from 'vitest';
import { compareClusters } from '../../../src/kubernetes/comparing/compareClusters.ts';
import type { ComparedKind } from '../../../src/kubernetes/comparing/compareClusters.ts';
import type { ContentDifference, Difference } from '../../../src/kubernetes/comparing/compareKind.ts';
import { plainSelection } from '../../../src/kubernetes/copying/selection.ts';
import { fakeConnection, Refusal } from '../fakeConnection.ts';
import type { Route } from '../fakeConnection.ts';

const resource = (name: string, kind: string) => ({ name, kind, namespaced: true, verbs: ['list'] });
const groups = (...names: string[]) => ({
  groups: names.map((name) => ({ name, versions: [{ version: 'v1' }] })),
});
const object = (name: string, namespace = 'shop') => ({ metadata: { name, namespace } });

/** A cluster that serves ConfigMaps, and whatever else is given. */
function cluster(routes: Record<string, Route> = {}) {
  return fakeConnection({
    '/version': { major: '1', minor: '34+' },
    '/apis': groups(),
    '/api/v1': { resources: [resource('configmaps', 'ConfigMap'), resource('events', 'Event')] },
    '/api/v1/configmaps': { items: [object('settings')] },
    ...routes,
  });
}

const widgets = {
  '/apis': groups('example.org'),
  '/apis/example.org/v1': { resources: [resource('widgets', 'Widget')] },
  '/apis/example.org/v1/widgets': { items: [object('w')] },
};
const down = new Refusal(503, 'its backend is down');

async function compared(blue: Record<string, Route>, green: Record<string, Route>) {
  const sides = { blue: cluster(blue), green: cluster(green) };
  const entries: (ComparedKind | Difference | ContentDifference)[] = [];
  const of = { selection: plainSelection, sharedClaims: new Set<string>() };
  for await (const entry of compareClusters(sides, of)) entries.push(entry);
  return { entries, sides };
}

test('kinds of either side are compared by name, and those that may not go there are not listed', async () => {
  const more = { '/api/v1/configmaps': { items: [object('settings'), object('more')] } };
  const { entries, sides } = await compared({}, more);
  expect(entries).toEqual([
    { group: '', resource: 'configmaps', same: 1 },
    expect.objectContaining({ what: 'extra', name: 'more', reason: 'only the new cluster has it' }),
    { group: '', resource: 'events', notCompared: 'it comes and goes with what it is about' },
  ]);
  expect(sides.blue.asked.map(({ path }) => path)).not.toContain('/api/v1/events');
});

test('of what can only be listed metadata alone is asked for, page by page', async () => {
  const { sides } = await compared({}, {});
  const asked = [...sides.blue.asked, ...sides.green.asked].filter(
    ({ path }) => path === '/api/v1/configmaps',
  );
  expect(asked).toHaveLength(2);
  for (const { options } of asked) {
    expect(options.accept).toContain('as=PartialObjectMetadataList');
    expect(options.query).toMatchObject({ limit: 500 });
  }
});

describe('what could not be seen is unexplained', () => {
  test.each(['blue', 'green'] as const)('a kind on %s', async (side) => {
    const blind = { '/api/v1/configmaps': down };
    const { entries } = await compared(side === 'blue' ? blind : {}, side === 'green' ? blind : {});
    const why = expect.stringContaining('its backend is down') as string;
    expect(entries).toContainEqual({ what: 'unseen', group: '', resource: 'configmaps', side, why });
    expect(entries.filter((entry) => 'same' in entry)).toEqual([
      { group: '', resource: 'configmaps', same: 0 },
    ]);
  });

  test.each(['blue', 'green'] as const)(
    'a whole group on %s, of which nothing is said besides',
    async (side) => {
      const blind = { ...widgets, '/apis/example.org/v1': down };
      const { entries } = await compared(
        side === 'blue' ? blind : widgets,
        side === 'green' ? blind : widgets,
      );
      expect(entries.filter((entry) => entry.group === 'example.org')).toEqual([
        {
          ...{ what: 'unseen', group: 'example.org', resource: '*', side },
          why: expect.stringMatching(/^v1: .*its backend is down/) as string,
        },
      ]);
    },
  );

  test('but not measurements, which are no objects', async () => {
    const blind = { '/apis': groups('metrics.k8s.io'), '/apis/metrics.k8s.io/v1': down };
    const { entries } = await compared(blind, {});
    expect(entries.filter((entry) => 'what' in entry)).toEqual([]);
  });
});

describe('a kind that green does not serve', () => {
  const definitions = {
    '/apis': groups('apiextensions.k8s.io', 'example.org', 'old.k8s.io'),
    '/apis/apiextensions.k8s.io/v1': {
      resources: [resource('customresourcedefinitions', 'CustomResourceDefinition')],
    },
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions': { items: [object('widgets.example.org')] },
    '/apis/example.org/v1': { resources: [resource('widgets', 'Widget')] },
    '/apis/example.org/v1/widgets': { items: [object('w')] },
    '/apis/old.k8s.io/v1': { resources: [resource('relics', 'Relic')] },
    '/apis/old.k8s.io/v1/relics': { items: [object('r')] },
  };

  test("is explained where Kubernetes itself has given it up, and not where it is somebody's", async () => {
    const { entries } = await compared(definitions, {});
    expect(entries).toContainEqual(
      expect.objectContaining({ name: 'r', reason: 'not served by Kubernetes 1.34' }),
    );
    const widget = entries.find((entry) => 'name' in entry && entry.name === 'w');
    expect(widget).toEqual({
      ...{ what: 'missing', group: 'example.org', resource: 'widgets', kind: 'Widget' },
      ...{ namespace: 'shop', name: 'w' },
    });
  });

  test('is unexplained where nobody could see who defines it', async () => {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const { entries } = await compared({ ...definitions, [path]: down }, {});
    const relic = entries.find((entry) => 'name' in entry && entry.name === 'r');
    expect(relic).not.toHaveProperty('reason');
    expect(entries).toContainEqual(
      expect.objectContaining({ what: 'unseen', resource: 'customresourcedefinitions' }),
    );
  });
});

describe('what objects say is compared where both sides serve a version of their kind', () => {
  const writable = (name: string, kind: string) => ({ ...resource(name, kind), verbs: ['list', 'create'] });
  const core = {
    '/api/v1': { resources: [writable('configmaps', 'ConfigMap'), writable('secrets', 'Secret')] },
  };
  const saying = (name: string, data: object) => ({ ...object(name), data });
  /** As an API server does: a list of all, and of one by its name. */
  const configMaps = (...items: { metadata: { name: string } }[]): Record<string, Route> => {
    const asked = ({ query }: { query?: Record<string, unknown> }) => ({
      items: items.filter(
        ({ metadata }) =>
          query?.['fieldSelector'] === undefined ||
          query['fieldSelector'] === `metadata.name=${metadata.name}`,
      ),
    });
    const path = (resourcePath: string) => ({
      [`/api/v1/${resourcePath}`]: asked,
      [`/api/v1/namespaces/shop/${resourcePath}`]: asked,
    });
    return { ...core, ...path('configmaps'), ...path('secrets') };
  };

  test('by page, and once more by name where the digests differ', async () => {
    const { entries, sides } = await compared(
      configMaps(saying('same', { a: '1' }), saying('other', { a: '1', b: '1' })),
      configMaps(saying('same', { a: '1' }), saying('other', { a: '2', b: '1' })),
    );
    expect(entries).toEqual([
      { group: '', resource: 'configmaps', same: 2, contents: 2 },
      {
        ...{ what: 'differs', group: '', resource: 'configmaps', kind: 'ConfigMap' },
        ...{ namespace: 'shop', name: 'other', paths: ['data.a'], onlyGreenSaysMore: false },
      },
      { group: '', resource: 'secrets', same: 2, contents: 2 },
      {
        ...{ what: 'differs', group: '', resource: 'secrets', kind: 'Secret' },
        ...{ namespace: 'shop', name: 'other', paths: ['data'], onlyGreenSaysMore: false },
      },
    ]);
    expect(sides.blue.asked.map(({ path }) => path).filter((path) => path.includes('/shop/'))).toEqual([
      '/api/v1/namespaces/shop/configmaps',
      '/api/v1/namespaces/shop/secrets',
    ]);
  });

  test('and no value is told', async () => {
    const { entries } = await compared(
      configMaps(saying('it', { key: 'of blue' })),
      configMaps(saying('it', { key: 'of green' })),
    );
    expect(JSON.stringify(entries)).not.toMatch(/of (blue|green)/);
  });

  test('what only green says besides is told apart', async () => {
    const { entries } = await compared(
      configMaps(saying('it', { a: '1' })),
      configMaps(saying('it', { a: '1', b: '2' })),
    );
    expect(entries).toContainEqual(
      expect.objectContaining({ kind: 'ConfigMap', paths: ['data.b'], onlyGreenSaysMore: true }),
    );
  });

  test.each(['blue', 'green'] as const)(
    'what is gone from %s at the second look, or the same, is not told',
    async (side) => {
      const differing = configMaps(saying('it', { a: '2' }));
      const vanished = { '/api/v1/namespaces/shop/configmaps': { items: [] } };
      const mended = { '/api/v1/namespaces/shop/secrets': { items: [saying('it', { a: '1' })] } };
      const steady = configMaps(saying('it', { a: '1' }));
      const moving = { ...differing, ...vanished, ...mended };
      const { entries } = await compared(
        side === 'blue' ? moving : steady,
        side === 'blue' ? steady : moving,
      );
      expect(entries).toEqual([
        { group: '', resource: 'configmaps', same: 1, contents: 1 },
        { group: '', resource: 'secrets', same: 1, contents: 1 },
      ]);
    },
  );

  test.each(['blue', 'green'] as const)('a second look that fails on %s is told as unseen', async (side) => {
    const one = configMaps(saying('it', { a: '1' }));
    const other = configMaps(saying('it', { a: '2' }));
    const blind = { '/api/v1/namespaces/shop/configmaps': down };
    const { entries } = await compared(
      side === 'blue' ? { ...one, ...blind } : one,
      side === 'green' ? { ...other, ...blind } : other,
    );
    const why = expect.stringContaining('its backend is down') as string;
    expect(entries).toContainEqual({ what: 'unseen', group: '', resource: 'configmaps', side, why });
  });

  test('and not where they have no version in common', async () => {
    const versioned = (version: string, data: object): Record<string, Route> => ({
      '/apis': { groups: [{ name: 'example.org', versions: [{ version }] }] },
      [`/apis/example.org/${version}`]: { resources: [writable('widgets', 'Widget')] },
      [`/apis/example.org/${version}/widgets`]: { items: [saying('w', data)] },
    });
    const { entries } = await compared(versioned('v1', { a: 1 }), versioned('v2', { a: 2 }));
    expect(entries.filter((entry) => entry.group === 'example.org')).toEqual([
      { group: 'example.org', resource: 'widgets', same: 1 },
    ]);
  });

  test('and not the replicas that an autoscaler of green has set', async () => {
    const deployment = (replicas: number) => ({ ...object('web'), spec: { replicas, paused: true } });
    const apps = (replicas: number): Record<string, Route> => ({
      '/apis': groups('apps', 'autoscaling'),
      '/apis/apps/v1': { resources: [writable('deployments', 'Deployment')] },
      '/apis/apps/v1/deployments': { items: [deployment(replicas)] },
      '/apis/apps/v1/namespaces/shop/deployments': { items: [deployment(replicas)] },
      '/apis/autoscaling/v1': {
        resources: [resource('horizontalpodautoscalers', 'HorizontalPodAutoscaler')],
      },
      '/apis/autoscaling/v1/horizontalpodautoscalers': { items: [] },
    });
    const target = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } };
    const scaler = {
      '/apis/autoscaling/v1/horizontalpodautoscalers': { items: [{ ...object('web'), spec: target }] },
    };
    const differs = async (blue: Record<string, Route>, green: Record<string, Route>) =>
      (await compared(blue, green)).entries.filter((entry) => 'paths' in entry).map(({ paths }) => paths);
    expect(await differs(apps(2), apps(5))).toEqual([['spec.replicas']]);
    expect(await differs(apps(2), { ...apps(5), ...scaler })).toEqual([]);
  });
});
