import { describe, expect, test } from 'vitest';
import { compareClusters } from '../../../src/kubernetes/comparing/compareClusters.ts';
import type { ComparedKind } from '../../../src/kubernetes/comparing/compareClusters.ts';
import type { Difference } from '../../../src/kubernetes/comparing/compareKind.ts';
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
  const entries: (ComparedKind | Difference)[] = [];
  for await (const entry of compareClusters(sides, plainSelection)) entries.push(entry);
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

test('only metadata is asked for, page by page', async () => {
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
