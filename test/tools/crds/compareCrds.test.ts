import { describe, expect, it, test } from 'vitest';
import type {
  ChangeMethod,
  ChangeOptions,
  KubernetesConnection,
} from '../../../src/kubernetes/connection.ts';
import { classifyKubernetesError, readStatus } from '../../../src/kubernetes/errors.ts';
import { applyCrds } from '../../../src/tools/crds/applyCrds.ts';
import { compareCrds } from '../../../src/tools/crds/compareCrds.ts';
import { fieldManagerOf } from '../../../src/tools/crds/fieldManager.ts';
import type { Json } from '../../../src/tools/crds/json.ts';
import type { CrdDocument } from '../../../src/tools/types.ts';
import { fakeConnection, list, Refusal } from '../../kubernetes/fakeConnection.ts';
import type { Route } from '../../kubernetes/fakeConnection.ts';
import { version, widgetCrd } from './widgetCrd.ts';

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com';
const widgetsPath = '/apis/example.com/v1/widgets';

type Sent = { method: ChangeMethod; path: string } & Pick<ChangeOptions, 'body' | 'query'>;

/** An API server that takes whatever is applied for the whole of it, or answers with a refusal. */
function api(
  routes: Record<string, Route>,
  answer: (sent: Sent) => unknown = ({ body }) => body,
): KubernetesConnection & { sent: Sent[] } {
  const sent: Sent[] = [];
  return {
    ...fakeConnection(routes),
    sent,
    change: async (method, at, { body, query, what }) => {
      const each = {
        method,
        path: at,
        ...(body === undefined ? {} : { body }),
        ...(query === undefined ? {} : { query }),
      };
      sent.push(each);
      const answered = answer(each);
      if (!(answered instanceof Refusal)) return answered;
      const status = readStatus(answered.code, JSON.stringify({ message: answered.message }), undefined);
      throw classifyKubernetesError(status, what);
    },
  };
}

const document = (object: Json, from: CrdDocument['from'] = 'manifest'): CrdDocument => ({
  name: 'widgets.example.com',
  from,
  object,
});

const widget = (name: string, spec: Json): Json => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name, namespace: 'shop' },
  spec,
});

const smaller = widgetCrd(({ spec }) => {
  spec.versions = [
    version('v1', true, { type: 'object', properties: { size: { type: 'integer', maximum: 5 } } }),
  ];
});

describe('comparing', () => {
  it('is a dry run of a forced server-side apply, and changes nothing', async () => {
    const connection = api({ [path]: widgetCrd() });
    const comparison = await compareCrds(connection, [document(widgetCrd())]);
    expect(comparison).toEqual({
      ...{
        verdict: 'none',
        differences: [],
        compared: 1,
        tried: 0,
        refused: [],
        refusedCount: 0,
        unknown: [],
      },
    });
    expect(connection.sent).toHaveLength(1);
    expect(connection.sent[0]).toMatchObject({
      method: 'APPLY',
      path,
      query: { dryRun: 'All', force: 'true', fieldManager: 'stepladder' },
      // Neither status nor anything of the server's is sent.
      body: { metadata: { name: 'widgets.example.com' } },
    });
    expect(Object.keys(connection.sent[0]!.body!)).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
  });

  it('tells those that are missing, and those that are no longer part of it', async () => {
    const comparison = await compareCrds(api({}), [document(widgetCrd())], {
      installed: ['gadgets.example.com'],
    });
    expect(comparison).toMatchObject({
      verdict: 'additive',
      differences: [
        { crd: 'widgets.example.com', state: 'missing', verdict: 'additive' },
        { crd: 'gadgets.example.com', state: 'extra', verdict: 'none' },
      ],
    });
  });

  it('tries live objects page by page against what breaks, and names those that would be refused', async () => {
    const pages: Record<string, unknown> = {
      '': {
        metadata: { continue: 'next' },
        items: [
          widget('fits', { size: 5 }),
          widget('large', { size: 7 }),
          widget('two', { size: 9, color: 'red' }),
        ],
      },
      next: list(widget('last', { size: 10 })),
    };
    const connection = api({
      [path]: widgetCrd(),
      [widgetsPath]: ({ query }: { query?: Record<string, string> }) => pages[query?.['continue'] ?? ''],
    });
    let beats = 0;
    const comparison = await compareCrds(connection, [document(smaller)], { onProgress: () => (beats += 1) });
    expect(comparison).toMatchObject({ verdict: 'breaking', tried: 4, refusedCount: 3, unknown: [] });
    expect(comparison.refused.map(({ namespace, name, reason }) => [namespace, name, reason])).toEqual([
      ['shop', 'large', 'spec.size must be at most 5'],
      ['shop', 'two', 'spec.size must be at most 5'],
      ['shop', 'last', 'spec.size must be at most 5'],
    ]);
    expect(beats).toBe(3);
    expect((await compareCrds(connection, [document(smaller)], { tryObjects: false })).tried).toBe(0);
  });

  it('names a hundred refused objects at most, and counts them all', async () => {
    const widgets = Array.from({ length: 120 }, (_, index) => widget(`w${index}`, { size: 9 }));
    const comparison = await compareCrds(api({ [path]: widgetCrd(), [widgetsPath]: list(...widgets) }), [
      document(smaller),
    ]);
    expect(comparison.refused).toHaveLength(100);
    expect(comparison.refusedCount).toBe(120);
  });

  it('tells what the API server refuses as breaking, with its words', async () => {
    const connection = api(
      { [path]: widgetCrd(), [widgetsPath]: list() },
      () => new Refusal(422, 'spec.scope: immutable'),
    );
    const cluster = widgetCrd(({ spec }) => (spec['scope'] = 'Cluster'));
    const { verdict, differences } = await compareCrds(connection, [document(cluster)]);
    expect(verdict).toBe('breaking');
    expect(differences[0]?.changes).toEqual([
      { path: '', verdict: 'breaking', what: 'the API server refuses it: spec.scope: immutable' },
      { path: 'spec.scope', verdict: 'breaking', what: 'another one than before' },
    ]);
  });

  it.each<[string, Record<string, Route>, (sent: Sent) => unknown]>([
    ['read', { [path]: new Refusal(403, 'no') }, ({ body }) => body],
    ['try', { [path]: widgetCrd() }, () => new Refusal(403, 'no')],
  ])('never takes what it may not %s for the same', async (_what, routes, answer) => {
    const comparison = await compareCrds(api(routes, answer), [document(widgetCrd())]);
    expect(comparison).toMatchObject({ verdict: 'none', compared: 0, differences: [] });
    expect(comparison.unknown).toEqual([expect.stringMatching(/^widgets\.example\.com: Could not .*403/)]);
  });

  it('tells objects that may not be listed, or that a new rule is for, as unknown', async () => {
    const closed = api({ [path]: widgetCrd(), [widgetsPath]: new Refusal(403, 'no') });
    expect((await compareCrds(closed, [document(smaller)])).unknown).toEqual([
      expect.stringMatching(/^widgets\.example\.com: Could not list/),
    ]);
    const rule = { 'x-kubernetes-validations': [{ rule: 'self.size < 3' }] };
    const ruled = widgetCrd(
      ({ spec }) => (spec.versions = [version('v1', true, { type: 'object', ...rule })]),
    );
    const open = api({ [path]: widgetCrd(), [widgetsPath]: list(widget('web', {}), widget('shop', {})) });
    expect((await compareCrds(open, [document(ruled)])).unknown).toEqual([
      'widgets.example.com v1 spec: self.size < 3: a new rule that only an API server can try; 2 objects may break it',
    ]);
  });

  it('tries objects against a version that is new, unless a webhook converts them', async () => {
    const routes = { [path]: widgetCrd(), [widgetsPath]: list(widget('large', { size: 9 })) };
    const v2 = version('v2', true, { type: 'object', properties: { size: { type: 'integer', maximum: 5 } } });
    const next = widgetCrd(({ spec }, v1) => {
      v1.storage = false;
      spec.versions.push(v2);
    });
    expect((await compareCrds(api(routes), [document(next)])).refused).toMatchObject([
      { apiVersion: 'example.com/v2', name: 'large' },
    ]);
    const converted = widgetCrd(({ spec }, v1) => {
      v1.storage = false;
      spec.versions.push(v2);
      spec['conversion'] = { strategy: 'Webhook' };
    });
    expect(await compareCrds(api(routes), [document(converted)])).toMatchObject({
      refused: [],
      unknown: [expect.stringContaining('a webhook converts its objects to v2')],
    });
  });

  it('replaces what a chart makes from a template, as Helm takes out what it no longer says', async () => {
    const connection = api({ [path]: widgetCrd(), [widgetsPath]: list() });
    const { verdict } = await compareCrds(connection, [document(smaller, 'template')]);
    expect(verdict).toBe('breaking');
    expect(connection.sent[0]).toMatchObject({
      method: 'PUT',
      query: { dryRun: 'All' },
      body: { metadata: { resourceVersion: '7', labels: { app: 'widgets' } } },
    });
  });
});

test.each<[string, Json[], string]>([
  [
    'nobody has applied',
    [{ manager: 'helm', operation: 'Update', fieldsV1: { 'f:spec': {} } }],
    'stepladder',
  ],
  ['one has applied', [{ manager: 'argocd', operation: 'Apply', fieldsV1: { 'f:spec': {} } }], 'argocd'],
  [
    'kubectl and another have applied',
    [
      { manager: 'argocd', operation: 'Apply', fieldsV1: { 'f:spec': {} } },
      { manager: 'kubectl', operation: 'Apply', fieldsV1: { 'f:spec': {} } },
    ],
    'kubectl',
  ],
  [
    'labels alone were applied',
    [{ manager: 'labeller', operation: 'Apply', fieldsV1: { 'f:metadata': {} } }],
    'stepladder',
  ],
])(
  'a CRD that %s is applied under the name of whoever’s dropped fields shall go',
  (_name, managedFields, manager) => {
    expect(fieldManagerOf(widgetCrd(({ metadata }) => (metadata['managedFields'] = managedFields)))).toBe(
      manager,
    );
  },
);

describe('applying', () => {
  const established = [
    { type: 'NamesAccepted', status: 'True' },
    { type: 'Established', status: 'True' },
  ];
  const ready = (change?: Parameters<typeof widgetCrd>[0]) =>
    widgetCrd((crd, v1) => {
      crd.status['conditions'] = established;
      change?.(crd, v1);
    });

  it('leaves alone what is as it should be', async () => {
    const connection = api({ [path]: ready() });
    expect(await applyCrds(connection, [document(widgetCrd())])).toEqual({
      ...{ applied: [], unchanged: ['widgets.example.com'], migrated: {} },
    });
    expect(connection.sent.map(({ query }) => query?.['dryRun'])).toEqual(['All']);
  });

  it('applies what differs and waits until it is established', async () => {
    const looks = [widgetCrd(), widgetCrd(), ready()];
    const connection = api({ [path]: () => (looks.length > 1 ? looks.shift() : looks[0]) });
    const { applied } = await applyCrds(connection, [document(smaller)], { pollMs: 1 });
    expect(applied).toEqual(['widgets.example.com']);
    expect(looks).toHaveLength(1);
    expect(connection.sent.map(({ query }) => query?.['dryRun'])).toEqual(['All', undefined]);
  });

  it('leaves a new CRD of a template to Helm', async () => {
    const connection = api({});
    expect((await applyCrds(connection, [document(widgetCrd(), 'template')])).applied).toEqual([]);
    expect(connection.sent).toEqual([]);
  });

  it('fails with what the API server says', async () => {
    const refusing = api({ [path]: widgetCrd() }, () => new Refusal(422, 'no such scope'));
    await expect(applyCrds(refusing, [document(smaller)])).rejects.toMatchObject({
      type: 'ToolFailed',
      message: 'The API server refuses the CustomResourceDefinition widgets.example.com: no such scope',
    });
    const clashing = widgetCrd(({ status }) => {
      status['conditions'] = [
        { type: 'NamesAccepted', status: 'False', message: '"widgets" is already in use' },
      ];
    });
    await expect(applyCrds(api({ [path]: clashing }), [document(smaller)], { timeoutMs: 0 })).rejects.toThrow(
      /not NamesAccepted and Established after 0 s: "widgets" is already in use\. `kubectl describe/,
    );
  });

  it('stores every object anew when another version is stored, and takes the old one off', async () => {
    const migrating = ready(({ spec, status }, v1) => {
      v1.storage = false;
      spec.versions.push(version('v2', true));
      status['storedVersions'] = ['v1', 'v2'];
    });
    const metadata = (name: string) => ({ metadata: { name, namespace: 'shop', resourceVersion: '5' } });
    const connection = api(
      {
        [path]: migrating,
        '/apis/example.com/v2/widgets': list(metadata('a'), metadata('b'), metadata('c')),
      },
      (sent) => {
        if (sent.path.endsWith('/b')) return new Refusal(409, 'written since');
        return sent.path.endsWith('/c') ? new Refusal(404, 'gone') : sent.body;
      },
    );
    const { migrated } = await applyCrds(connection, [document(migrating)], { settleMs: 0 });
    expect(migrated).toEqual({ 'widgets.example.com': 1 });
    const written = connection.sent.slice(1);
    expect(written[0]).toEqual({
      method: 'PATCH',
      path: '/apis/example.com/v2/namespaces/shop/widgets/a',
      body: { metadata: { resourceVersion: '5' } },
    });
    expect(written.at(-1)).toEqual({
      method: 'PATCH',
      path: `${path}/status`,
      body: { metadata: { resourceVersion: '7' }, status: { storedVersions: ['v2'] } },
    });
  });

  it('keeps the old stored version when an object can’t be stored anew', async () => {
    const migrating = ready(({ status }) => (status['storedVersions'] = ['v0', 'v1']));
    const objects = list({ metadata: { name: 'a', resourceVersion: '5' } });
    const connection = api({ [path]: migrating, [widgetsPath]: objects }, ({ method, body }) =>
      method === 'PATCH' ? new Refusal(422, 'spec.size: too large') : body,
    );
    await expect(applyCrds(connection, [document(migrating)], { settleMs: 0 })).rejects.toThrow('spec.size');
    expect(connection.sent.some((sent) => sent.path.endsWith('/status'))).toBe(false);
  });
});
