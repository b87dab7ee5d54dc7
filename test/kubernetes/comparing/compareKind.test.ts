import { describe, expect, test } from 'vitest';
import {
  compareKind,
  describeContents,
  describeDifference,
  isUnexplained,
} from '../../../src/kubernetes/comparing/compareKind.ts';
import type { SeenObject, SideOfKind } from '../../../src/kubernetes/comparing/compareKind.ts';
import { explanationsOf } from '../../../src/kubernetes/comparing/explain.ts';
import type { CopiedKind, ObjectFacts } from '../../../src/kubernetes/copying/objectFacts.ts';
import { madeByNoteKey } from '../../../src/plan/leftovers.ts';
import { plainSelection } from '../../../src/kubernetes/copying/selection.ts';

const secrets: CopiedKind = { group: '', resource: 'secrets', kind: 'Secret', namespaced: true };
const tool = { namespace: 'dns', release: 'external-dns' };
const explanations = explanationsOf({
  selection: {
    ...plainSelection,
    tools: [tool],
    excludeNamespaces: ['scratch'],
    excludeKinds: ['leaves.x.org'],
  },
  greenVersion: '1.34',
  customKinds: new Set(['widgets.example.k8s.io']),
});

const at = (namespace: string, name: string, more: Partial<ObjectFacts> = {}): ObjectFacts => ({
  ...{ namespace, name, labels: {}, annotations: {}, owners: [], managers: [], ending: false },
  ...more,
});
const settings = at('shop', 'settings');
const compare = (blue: SideOfKind, green: SideOfKind, kind = secrets) =>
  compareKind(kind, { blue, green }, explanations);

describe('objects are the same by namespace and name', () => {
  test.each<[string, ObjectFacts[], ObjectFacts[], number, string[]]>([
    ['all are there, in another order', [settings, at('a', 'b')], [at('a', 'b'), settings], 2, []],
    ['one is not there', [settings, at('a', 'b')], [settings], 1, ['Secret a/b is not on the new cluster']],
    [
      'it is in another namespace',
      [settings],
      [at('b', 'settings')],
      0,
      ['Secret shop/settings is not on the new cluster'],
    ],
    ['only green has it', [], [settings], 0, []],
    ['neither has any', [], [], 0, []],
  ])('%s', (_, blue, green, same, unexplained) => {
    const result = compare({ objects: blue }, { objects: green });
    expect(result.same).toBe(same);
    expect(result.differences.filter(isUnexplained).map(describeDifference)).toEqual(unexplained);
  });

  test('without a namespace too', () => {
    const role: CopiedKind = {
      group: 'rbac',
      resource: 'clusterroles',
      kind: 'ClusterRole',
      namespaced: false,
    };
    const viewer = { ...at('', 'viewer'), namespace: undefined };
    expect(compare({ objects: [viewer] }, { objects: [viewer] }, role)).toMatchObject({
      same: 1,
      differences: [],
    });
    const [missing] = compare({ objects: [viewer] }, { objects: [] }, role).differences;
    expect(missing && describeDifference(missing)).toBe('ClusterRole viewer is not on the new cluster');
  });
});

describe('what blue has alone is explained by what copying leaves behind', () => {
  const controlled = { owners: [{ kind: 'Certificate', name: 'web', controller: true }] };
  const helm = {
    annotations: {
      'meta.helm.sh/release-name': tool.release,
      'meta.helm.sh/release-namespace': tool.namespace,
    },
  };
  test.each<[ObjectFacts, string | undefined]>([
    [settings, undefined],
    [at('scratch', 'settings'), 'excluded by the request'],
    [at('shop', 'settings', controlled), 'made again by what controls it'],
    [at('shop', 'settings', { owners: [{ kind: 'Web', name: 'w', controller: false }] }), undefined],
    [at('dns', 'keys', helm), 'of a tool that is installed anew'],
    [at('shop', 'settings', { ending: true }), 'being deleted'],
    [
      at('shop', 'token', { annotations: { 'kubernetes.io/service-account.name': 'web' } }),
      "about a cluster's own machines, addresses or volumes",
    ],
  ])('%o', (object, reason) => {
    const [difference] = compare({ objects: [object] }, { objects: [] }).differences;
    expect(difference).toMatchObject({ what: 'missing', name: object.name });
    expect(difference && 'reason' in difference ? difference.reason : undefined).toBe(reason);
    expect(difference && isUnexplained(difference)).toBe(reason === undefined);
  });
});

test('what only green has never stands in the way, and says whose it is where that is known', () => {
  const made = at('kube-system', 'coredns', { labels: { 'eks.amazonaws.com/component': 'coredns' } });
  const { differences } = compare({ objects: [] }, { objects: [settings, made] });
  expect(differences).toMatchObject([
    { what: 'extra', reason: 'only the new cluster has it' },
    { what: 'extra', reason: 'made by EKS or its add-ons' },
  ]);
});

describe('a kind that green does not serve', () => {
  const object = { objects: [settings] };
  const kind = (group: string, resource: string): CopiedKind => ({
    ...{ group, resource, kind: 'Any', namespaced: true },
  });
  test.each<[string, string, string | undefined]>([
    ['policy', 'podsecuritypolicies', 'not served by Kubernetes 1.34'],
    ['resource.k8s.io', 'podschedulingcontexts', 'not served by Kubernetes 1.34'],
    ['example.org', 'widgets', undefined],
    ['cluster.x-k8s.io', 'machines', undefined],
    ['example.k8s.io', 'widgets', undefined],
  ])('%s %s', (group, resource, reason) => {
    const [difference] = compare(object, { notServed: true }, kind(group, resource)).differences;
    expect(difference && 'reason' in difference ? difference.reason : undefined).toBe(reason);
  });

  test('is no difference where blue has none of it', () => {
    expect(compare({ objects: [] }, { notServed: true }, kind('example.org', 'widgets'))).toMatchObject({
      ...{ same: 0, differences: [] },
    });
  });
});

describe('a side that could not be seen is unexplained, whatever is on the other', () => {
  test.each<[SideOfKind, SideOfKind, string[]]>([
    [{ unseen: 'down' }, { objects: [settings] }, ['secrets of the old cluster could not be seen: down']],
    [{ objects: [] }, { unseen: 'down' }, ['secrets of the new cluster could not be seen: down']],
    [
      { unseen: 'a' },
      { unseen: 'b' },
      ['secrets of the old cluster could not be seen: a', 'secrets of the new cluster could not be seen: b'],
    ],
  ])('%o %o', (blue, green, lines) => {
    const { same, differences } = compare(blue, green);
    expect(same).toBe(0);
    expect(differences.filter(isUnexplained).map(describeDifference)).toEqual(lines);
  });
});

describe('what both have is compared by its digest', () => {
  const say = (digest: string, more: Partial<ObjectFacts> = {}): SeenObject => ({
    ...at('shop', 'settings', more),
    digest,
  });
  const ours = { annotations: { [madeByNoteKey]: 'migrate-prod' } };
  const release = { labels: { owner: 'helm', name: 'web' } };
  const definitions: CopiedKind = {
    ...{ group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' },
    ...{ kind: 'CustomResourceDefinition', namespaced: false },
  };

  test.each<
    [what: string, kind: CopiedKind, blue: SeenObject, green: SeenObject, contents: number, differing: number]
  >([
    ['the same', secrets, say('a'), say('a'), 1, 0],
    ['another', secrets, say('a'), say('b'), 1, 1],
    ['of one side only', secrets, say('a'), settings, 0, 0],
    [
      'of what a controller makes on blue',
      secrets,
      say('a', { owners: [{ kind: 'Certificate', name: 'c', controller: true }] }),
      say('b'),
      0,
      0,
    ],
    ['of what EKS makes on green', secrets, say('a'), say('b', { managers: ['eks'] }), 0, 0],
    ['of what Helm keeps on green of its own', secrets, say('a', release), say('b', release), 0, 0],
    ['of what was copied of a release', secrets, say('a', release), say('b', { ...release, ...ours }), 1, 1],
    ['of a CRD that came with its chart', definitions, say('a'), say('b'), 0, 0],
    ['of a CRD that was brought', definitions, say('a'), say('b', ours), 1, 1],
  ])('%s', (_what, kind, blue, green, contents, differing) => {
    const result = compare({ objects: [blue] }, { objects: [green] }, kind);
    expect(result).toMatchObject({ same: 1, contents, differences: [] });
    expect(result.differing).toHaveLength(differing);
  });

  test.each([
    [['spec.replicas'], 'shop/Deployment/web: spec.replicas'],
    [['a', 'b', 'c'], 'shop/Deployment/web: a, b, c'],
    [['a', 'b', 'c', 'd', 'e'], 'shop/Deployment/web: a, b, c and 2 more'],
  ])('and told by the first of its paths: %j', (paths, line) => {
    const what = { what: 'differs', group: 'apps', resource: 'deployments', kind: 'Deployment' } as const;
    const object = { ...what, namespace: 'shop', name: 'web', paths, onlyGreenSaysMore: false };
    expect(describeContents(object)).toBe(line);
    const { namespace: _namespace, ...role } = { ...object, kind: 'ClusterRole' };
    expect(describeContents(role)).toBe(line.replace('shop/Deployment', 'ClusterRole'));
  });
});
