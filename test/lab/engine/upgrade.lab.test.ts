import { join } from 'node:path';
import type { V1Node, V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isCounted, treatmentOf } from '../../../src/kubernetes/countedResources.ts';
import { exceptionFor } from '../../../src/kubernetes/inventoryExceptions.ts';
import { applied, repetitions } from '../../processes/journal.ts';
import { eventually } from '../../processes/patience.ts';
import type { Upgrade } from '../../processes/upgrade.ts';
import { setLabStage } from './labStage.ts';
import type { LabStage } from './labStage.ts';
import { outsideClient, watchEvictions } from './outsideClient.ts';
import type { Eviction, OutsideClient, SeenObject } from './outsideClient.ts';
import { startProbe } from './probe.ts';
import type { ProbeSummary } from './probe.ts';

/** Waits of the request, as much shorter as the scenario is faster; the limits leave room for a busy machine. */
const timing = {
  scale: 1 / 60,
  pollInterval: '30s',
  reconnectInterval: '60s',
  settleTimeout: '5h',
  controlPlaneTimeout: '10h',
  addonTimeout: '10h',
  nodeGroupTimeout: '10h',
  observationMaxAge: '10h',
} as const;

/**
 * Where the scenario's workloads are, each bound to one node group. What the add-ons run is no part of the count: it may
 * go from one group to the other, and is replaced by its own update before.
 */
const workloadNamespaces = ['shop', 'ingress', 'monitoring'];
const betaPath = '/apis/flowcontrol.apiserver.k8s.io/v1beta3';

/** The cluster at one moment, as an outside client sees it. */
interface View {
  objects: SeenObject[];
  nodes: V1Node[];
  pods: V1Pod[];
  /** Version of each part of the control plane, `kube-scheduler 1.31.0`, sorted. */
  components: string[];
  beta: number;
  version: string;
}

/** What was seen of one whole upgrade; the tests below each judge a side of it. */
interface Seen {
  before: View;
  between: View;
  after: View;
  evictions: Eviction[];
  probe: ProbeSummary;
  upgrade: Upgrade;
  result: unknown;
}

describe('an upgrade of a real control plane from 1.31 to 1.33', () => {
  let stage: LabStage;
  let client: OutsideClient;
  let seen: Seen;
  const cleanups: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    stage = await setLabStage(join(import.meta.dirname, 'shop.yaml'), (clear) => cleanups.push(clear));
    console.error(`[lab] up in ${stage.upSeconds.toFixed(1)} s`);
    client = outsideClient(stage.address);
    cleanups.push(() => client.close());
    seen = await watchedWholeUpgrade(stage, client);
  }, 900_000);

  afterAll(async () => {
    for (const clear of cleanups.reverse()) await clear();
  }, 120_000);

  it('reaches the target, although its worker was killed in the middle', async () => {
    expect(seen.result).toMatchObject({ outcome: 'completed', version: '1.33' });
    const status = await seen.upgrade.status();
    expect(status.hops.map(({ to, state }) => [to, state])).toEqual([
      ['1.32', 'done'],
      ['1.33', 'done'],
    ]);
    expect(repetitions(await stage.journal())).toEqual([]);
    expect(applied(await stage.journal()).filter((line) => line.startsWith('UpdateClusterVersion'))).toEqual([
      'UpdateClusterVersion cluster/shop 1.32',
      'UpdateClusterVersion cluster/shop 1.33',
    ]);
  });

  it('brings every component to each version in its turn', () => {
    const of = (version: string): string[] => [
      `kube-apiserver ${version}`,
      `kube-apiserver ${version}`,
      `kube-controller-manager ${version}`,
      `kube-scheduler ${version}`,
    ];
    expect(seen.before.components).toEqual(of('1.31.0'));
    expect(seen.between.components).toEqual(of('1.32.2'));
    expect(seen.after.components).toEqual(of('1.33.13'));
    expect([seen.before, seen.between, seen.after].map(({ version }) => version)).toEqual([
      '1.31',
      '1.32',
      '1.33',
    ]);
    for (const [view, minor] of [
      [seen.before, '1.31'],
      [seen.between, '1.32'],
      [seen.after, '1.33'],
    ] as const) {
      expect(view.nodes.map(kubeletMinor)).toEqual(Array(6).fill(minor));
      expect(groupSizes(view.nodes)).toEqual({ general: 3, platform: 3 });
      expect(kubeProxyImages(view.pods)).toEqual([
        expect.stringMatching(`:v${minor.replace('.', '\\.')}\\.`),
      ]);
    }
  });

  it('takes the removed API version away with the hop that removes it, and not before', () => {
    expect([seen.before.beta, seen.between.beta, seen.after.beta]).toEqual([200, 404, 404]);
  });

  it('has no moment without an API server, asked every 200 ms on fresh connections', () => {
    console.error(`[lab] probe: ${JSON.stringify(seen.probe)}`);
    expect(seen.probe.failures).toEqual([]);
    expect(seen.probe.downtimeMs).toBe(0);
    // One that was itself held up for long, as no busy machine does, would have seen nothing.
    expect(seen.probe.longestSilenceMs).toBeLessThan(30_000);
  });

  it('loses no object, by uid', () => {
    expect(lost(seen.before, seen.between, { from: '1.31', to: '1.32' })).toEqual([]);
    expect(lost(seen.between, seen.after, { from: '1.32', to: '1.33' })).toEqual([]);
    expect(seen.before.objects.length).toBeGreaterThan(200);
  });

  it('evicts each Pod once on its way off the old nodes of a hop', () => {
    for (const [start, from] of [
      [seen.before, '1.31'],
      [seen.between, '1.32'],
    ] as const) {
      const old = new Set(start.nodes.map(({ metadata }) => metadata?.name ?? ''));
      const evicted = seen.evictions.filter(({ node }) => old.has(node));
      const present = new Set(start.pods.filter(isEvictable).map(({ metadata }) => metadata?.uid ?? ''));
      expect(present.size, `Pods to evict at ${from}`).toBeGreaterThanOrEqual(60);
      // Who was not there at the start of the hop has moved to an old node and been evicted from there again.
      expect(evicted.filter(({ uid }) => !present.has(uid))).toEqual([]);
      expect(new Set(evicted.map(({ uid }) => uid))).toEqual(present);
    }
  });

  it('leaves every workload as it was, and every budget kept', () => {
    const ready = (view: View): number => view.pods.filter(isReady).length;
    expect(ready(seen.after)).toBe(ready(seen.before));
    expect(seen.after.pods.filter((pod) => !isReady(pod)).map(ownerLabel)).toEqual(
      seen.before.pods.filter((pod) => !isReady(pod)).map(ownerLabel),
    );
    expect(seen.after.nodes.filter(({ spec }) => spec?.unschedulable === true)).toEqual([]);
  });

  it('reports what the outside saw: no downtime, nothing missing', async () => {
    const { hops } = await seen.upgrade.status();
    for (const hop of hops) {
      const controlPlane = hop.stages.find(({ stage: name }) => name === 'control-plane');
      expect(controlPlane?.probe).toMatchObject({ downtimeSeconds: 0 });
      expect(controlPlane?.inventory).toMatchObject({ missingCount: 0 });
    }
  });
});

/** Runs the upgrade, with the outside looking on all the time, and the worker killed while the first group rolls. */
async function watchedWholeUpgrade(stage: LabStage, client: OutsideClient): Promise<Seen> {
  const { address } = stage;
  const before = await viewOf(stage, client);
  const watched = await watchEvictions(address, workloadNamespaces);
  const probe = await startProbe(address.url, address.certificateAuthorityPem, address.token);
  const worker = await stage.startWorker();
  const upgrade = await stage.start({
    cluster: { name: 'shop' },
    targetVersion: '1.33',
    gates: { hop: true },
    timing,
  });
  await upgrade.approve('plan');

  await upgrade.awaiting('1.32/workers/general');
  await eventually('a node of the group is drained', () => watched.evictions.length > 0);
  await worker.kill();
  await stage.startWorker();

  await upgrade.gate('hop');
  const between = await viewOf(stage, client);
  await upgrade.approve('hop');
  const result = await upgrade.completed();
  const summary = await probe.stop();
  const after = await viewOf(stage, client);
  const { evictions } = watched;
  await watched.stop();
  return { before, between, after, evictions, probe: summary, upgrade, result };
}

async function viewOf(stage: LabStage, client: OutsideClient): Promise<View> {
  const [objects, nodes, pods, components, beta, version] = await Promise.all([
    client.everything(),
    client.objects.list<V1Node>('v1', 'Node'),
    client.objects.list<V1Pod>('v1', 'Pod'),
    stage.components(),
    client.get(betaPath),
    client.get('/version'),
  ]);
  const names = new Set(nodes.items.map(({ metadata }) => metadata?.name ?? ''));
  return {
    objects,
    nodes: nodes.items,
    // What ran on a machine that is gone stays on record for up to a minute.
    pods: pods.items.filter(({ spec }) => names.has(spec?.nodeName ?? '')),
    components: components
      .filter(({ name }) => name.startsWith('kube-'))
      .map(({ name, version: release }) => `${name} ${release}`)
      .sort(),
    beta: beta.status,
    version: `${String(version.json['major'])}.${String(version.json['minor']).replace(/\D/g, '')}`,
  };
}

/** What somebody would miss of the earlier view in the later one: `ConfigMap shop/storefront-settings`. */
function lost(earlier: View, later: View, hop: { from: string; to: string }): string[] {
  const present = new Set(later.objects.map(({ uid }) => uid));
  return earlier.objects
    .filter(({ uid }) => !present.has(uid))
    .filter(({ group, resource, ownerKinds }) => {
      if (isCounted(group, resource, ownerKinds)) return false;
      return treatmentOf(group, resource) === 'name';
    })
    .filter((object) => exceptionFor(object, hop) === undefined)
    .map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
}

const kubeletMinor = ({ status }: V1Node): string =>
  /^v(\d+\.\d+)\./.exec(status?.nodeInfo?.kubeletVersion ?? '')?.[1] ?? '';

function groupSizes(nodes: readonly V1Node[]): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const { metadata } of nodes) {
    const group = metadata?.labels?.['eks.amazonaws.com/nodegroup'] ?? 'none';
    sizes[group] = (sizes[group] ?? 0) + 1;
  }
  return sizes;
}

const kubeProxyImages = (pods: readonly V1Pod[]): string[] => [
  ...new Set(
    pods
      .filter(({ metadata }) => metadata?.labels?.['k8s-app'] === 'kube-proxy')
      .map(({ spec }) => spec?.containers[0]?.image ?? ''),
  ),
];

const ownerOf = ({ metadata }: V1Pod) => metadata?.ownerReferences?.find(({ controller }) => controller);
/** A drain leaves the Pods of DaemonSets alone. */
const isEvictable = (pod: V1Pod): boolean =>
  workloadNamespaces.includes(pod.metadata?.namespace ?? '') && ownerOf(pod)?.kind !== 'DaemonSet';
const isReady = ({ status }: V1Pod): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;
const ownerLabel = (pod: V1Pod): string =>
  `${pod.metadata?.namespace ?? ''}/${pod.metadata?.labels?.['app.kubernetes.io/name'] ?? ''}`;
