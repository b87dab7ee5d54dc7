import { join } from 'node:path';
import type { V1Node, V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UpgradeStatus } from '../../src/contract/status.ts';
import type { Decision, DecisionRecord, Strategy } from '../../src/contract/workers.ts';
import { applied } from '../processes/journal.ts';
import type { Upgrade } from '../processes/upgrade.ts';
import { setLabStage } from './engine/labStage.ts';
import type { LabStage } from './engine/labStage.ts';
import { outsideClient, watchEvictions } from './engine/outsideClient.ts';
import type { Eviction, OutsideClient } from './engine/outsideClient.ts';

/** Waits of the request, as much shorter as the scenario is faster; the limits leave room for a busy machine. */
const timing = {
  scale: 1 / 60,
  pollInterval: '30s',
  reconnectInterval: '60s',
  deregistrationWait: '60s',
  // Ten real seconds in which nothing moves: Pods that can go are on their way by then.
  drainTimeout: '10m',
  nodesTimeout: '5h',
  settleTimeout: '5h',
  controlPlaneTimeout: '10h',
  nodeGroupTimeout: '10h',
  observationMaxAge: '10h',
} as const;

const strategies = { beside: 'surge', inside: 'in-place', theirs: 'managed' } as const satisfies Record<
  string,
  Strategy
>;
type Group = keyof typeof strategies;
const groups = ['beside', 'inside', 'theirs'] as const satisfies Group[];

/** What the person says to the drain of each group. */
const answers = { beside: 'restart', inside: 'force', theirs: 'force' } as const satisfies Record<
  Group,
  Decision
>;

/** What the notes say that was done then. */
const doneAbout = (group: Group): RegExp =>
  answers[group] === 'restart'
    ? new RegExp(`^on-call decided: Deployment bank/ledger-${group} was rolled`)
    : new RegExp(`^on-call decided: bank/ledger-${group}-\\S+ deleted .* \\(1 deleted, 0 gone already\\)`);

const budgetOf = (group: Group): string => `bank/ledger-${group}`;
const placeOf = (group: Group): string => `1.32/workers/${group}`;

/** The cluster at one moment, as an outside client sees it. */
interface View {
  nodes: V1Node[];
  pods: V1Pod[];
}

interface Seen {
  before: View;
  after: View;
  evictions: Eviction[];
  upgrade: Upgrade;
  result: unknown;
  status: UpgradeStatus;
}

describe('each way to replace nodes, on a real control plane, with a Pod that its budget never lets go', () => {
  let stage: LabStage;
  let client: OutsideClient;
  let seen: Seen;
  const cleanups: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    stage = await setLabStage(join(import.meta.dirname, 'strategies.yaml'), (clear) => cleanups.push(clear));
    client = outsideClient(stage.address);
    cleanups.push(() => client.close());
    const began = Date.now();
    seen = await watchedUpgradeOf(stage, client);
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    console.error(`[lab] up in ${stage.upSeconds.toFixed(1)} s, upgraded in ${seconds} s`);
  }, 600_000);

  afterAll(async () => {
    for (const clear of cleanups.reverse()) await clear();
  }, 120_000);

  it('reaches the target with as many nodes as before', async () => {
    expect(seen.result).toMatchObject({ outcome: 'completed', version: '1.32' });
    expect(seen.before.nodes.map(poolAndMinor).sort()).toEqual(nodesAt('1.31'));
    expect(seen.after.nodes.map(poolAndMinor).sort()).toEqual(nodesAt('1.32'));
  });

  it('has a new group take the place of the old one where it replaces nodes itself, and not where EKS does', async () => {
    // Operation, subject and version; what a group is made with is told by other tests.
    const lines = applied(await stage.journal()).map((line) => line.split(' ').slice(0, 3).join(' '));
    expect(lines.filter((line) => /^(?:Create|Delete)Nodegroup /.test(line))).toEqual([
      'CreateNodegroup cluster/bank/node-group/beside-1-32 1.32',
      'DeleteNodegroup cluster/bank/node-group/beside',
      'CreateNodegroup cluster/bank/node-group/inside-1-32 1.32',
      'DeleteNodegroup cluster/bank/node-group/inside',
    ]);
    expect([...new Set(seen.after.nodes.map(groupOf))].sort()).toEqual([
      'beside-1-32',
      'inside-1-32',
      'theirs',
    ]);
    // EKS's own roll failed over the Pod, and was started again.
    const rolls = lines.filter((line) => line.startsWith('UpdateNodegroupVersion '));
    expect(rolls).toEqual(Array(2).fill('UpdateNodegroupVersion cluster/bank/node-group/theirs 1.32'));
  });

  it.for(groups)(
    'names the Pod that is stuck and its budget, and does what the person says (%s)',
    (group) => {
      const asked = answered(seen.status, group);
      expect(asked).toHaveLength(1);
      const [record] = asked;
      expect(record).toMatchObject({
        about: 'drain',
        by: 'on-call',
        outcome: answers[group],
      });
      expect(record?.pods).toContainEqual(
        expect.objectContaining({
          namespace: 'bank',
          name: ledgerOf(seen.before, group)?.metadata?.name,
          uid: ledgerOf(seen.before, group)?.metadata?.uid,
          reason: 'budget',
        }),
      );
      expect(record?.shown.join()).toContain(
        `PodDisruptionBudget ${budgetOf(group)} allows 0 disruptions: 1 of 1 Pods are healthy and 1 must be.`,
      );
      expect(seen.status.actions).toContainEqual(
        expect.objectContaining({
          action: 'decide',
          by: 'on-call',
          effect: expect.stringContaining(placeOf(group)),
        }),
      );
      const { notes } = seen.status;
      expect(notes.map(({ text }) => text)).toContainEqual(expect.stringMatching(doneAbout(group)));
    },
  );

  it('evicts each Pod that may go once where new nodes stand beside the old ones', () => {
    const old = new Set(seen.before.nodes.filter((node) => poolOf(node) === 'beside').map(nameOf));
    const there = seen.before.pods.filter(({ metadata }) => metadata?.name?.startsWith('web-beside'));
    const evicted = seen.evictions.filter(({ name }) => name.startsWith('web-beside'));
    expect(evicted.map(({ uid }) => uid).sort()).toEqual(there.map(({ metadata }) => metadata?.uid).sort());
    expect(evicted.filter(({ node }) => !old.has(node))).toEqual([]);
  });

  it('leaves every Pod well, and no mark on any node', () => {
    expect(seen.after.pods.filter(isReady)).toHaveLength(15);
    expect(seen.after.nodes.flatMap(marks)).toEqual([]);
    expect(seen.status.compensations.filter(({ state }) => state === 'open' || state === 'failed')).toEqual(
      [],
    );
  });

  it('was never refused by the deployed ClusterRole', () => {
    expect(JSON.stringify(seen.status)).not.toMatch(/forbidden/i);
  });
});

/** Runs the upgrade, and is the person who is asked. */
async function watchedUpgradeOf(stage: LabStage, client: OutsideClient): Promise<Seen> {
  const before = await viewOf(client);
  const watched = await watchEvictions(stage.address, ['bank']);
  await stage.startWorker();
  const upgrade = await stage.start({
    cluster: { name: 'bank' },
    targetVersion: '1.32',
    workers: {
      groups: {
        beside: { strategy: strategies.beside },
        inside: { strategy: strategies.inside },
        theirs: { strategy: strategies.theirs },
      },
      order: [...groups],
      nodeOrder: withPodLast(before, 'inside'),
      acceptLostCapacity: true,
      tries: 1,
    },
    overrides: groups.map((group) => `budgets/PodDisruptionBudget/${budgetOf(group)}`),
    timing,
  });
  await upgrade.approve('plan');
  for (const group of groups) {
    await answer(upgrade, group);
    if (strategies[group] === 'surge') await upgrade.approve('retire');
  }
  const result = await upgrade.completed();
  const { evictions } = watched;
  await watched.stop();
  return { before, after: await viewOf(client), evictions, upgrade, result, status: await upgrade.status() };
}

async function answer(upgrade: Upgrade, group: Group): Promise<void> {
  const isOpen = (record: DecisionRecord): boolean =>
    record.at === placeOf(group) &&
    record.outcome === undefined &&
    record.pods.some(({ name }) => isLedger(name, group));
  const { decisions = [] } = await upgrade.until(`a question about ${group}`, (status) =>
    (status.decisions ?? []).some(isOpen),
  );
  const record = decisions.find(isOpen);
  if (record === undefined) throw new Error(`nothing is asked about ${group}`);
  // No other that is shown: what only waits for its turn goes by itself.
  const pods = record.pods
    .filter(({ name }) => isLedger(name, group))
    .map(({ namespace, name }) => `${namespace}/${name}`);
  await upgrade.handle.executeUpdate('decide', {
    args: [{ decision: answers[group], by: 'on-call', digest: record.digest, pods }],
  });
}

/** Questions that were answered; what had mended itself was withdrawn. */
const answered = ({ decisions = [] }: UpgradeStatus, group: Group): DecisionRecord[] =>
  decisions.filter(({ at, outcome }) => at === placeOf(group) && outcome !== 'void');

async function viewOf(client: OutsideClient): Promise<View> {
  const [nodes, pods] = await Promise.all([
    client.objects.list<V1Node>('v1', 'Node'),
    client.objects.list<V1Pod>('v1', 'Pod', 'bank'),
  ]);
  const names = new Set(nodes.items.map(nameOf));
  // What ran on a machine that is gone stays on record for up to a minute.
  return { nodes: nodes.items, pods: pods.items.filter(({ spec }) => names.has(spec?.nodeName ?? '')) };
}

/** The nodes of a group, the one with the stuck Pod last: when its turn comes the other is new already. */
function withPodLast(view: View, group: Group): string[] {
  const ledger = ledgerOf(view, group);
  const names = view.nodes.filter((node) => poolOf(node) === group).map(nameOf);
  return names.toSorted((one, other) => hasIt(one) - hasIt(other));
  function hasIt(name: string): number {
    return Number(name === ledger?.spec?.nodeName);
  }
}

const isLedger = (name: string, group: Group): boolean => name.startsWith(`ledger-${group}-`);
const ledgerOf = ({ pods }: View, group: Group): V1Pod | undefined =>
  pods.find(({ metadata }) => isLedger(metadata?.name ?? '', group));

const nameOf = ({ metadata }: V1Node): string => metadata?.name ?? '';
const poolOf = ({ metadata }: V1Node): string => metadata?.labels?.['pool'] ?? '';
const groupOf = ({ metadata }: V1Node): string => metadata?.labels?.['eks.amazonaws.com/nodegroup'] ?? '';
const minorOf = ({ status }: V1Node): string =>
  /^v(\d+\.\d+)\./.exec(status?.nodeInfo?.kubeletVersion ?? '')?.[1] ?? '';
const poolAndMinor = (node: V1Node): string => `${poolOf(node)} ${minorOf(node)}`;
const nodesAt = (minor: string): string[] =>
  groups.flatMap((group) => Array<string>(2).fill(`${group} ${minor}`));

const isReady = ({ status }: V1Pod): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;

const markPattern =
  /^stepladder\b|scale-down-disabled$|do-not-disrupt$|exclude-from-external-load-balancers$/;

/** What an upgrade has set on a node and not taken away again. */
function marks(node: V1Node): string[] {
  const { metadata } = node;
  return [
    ...(node.spec?.unschedulable === true ? [`${nameOf(node)} is cordoned`] : []),
    ...[...Object.keys(metadata?.annotations ?? {}), ...Object.keys(metadata?.labels ?? {})]
      .filter((key) => markPattern.test(key))
      .map((key) => `${nameOf(node)} has ${key}`),
  ];
}
