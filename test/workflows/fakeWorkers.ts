import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import { createHash } from 'node:crypto';
import type { WorkerActivities } from '../../src/activities/workerTypes.ts';
import type { EvidenceReference } from '../../src/contract/evidence.ts';
import type { Plan, ReplacedWorkersStage } from '../../src/contract/plan.ts';
import type { PodReference, StuckPod } from '../../src/contract/workers.ts';
import { failWith } from './failWith.ts';

export interface FakeNode {
  name: string;
  group: string;
  version: string;
  cordonedBy?: string;
  heldOffBy?: string;
  excluded?: true;
}

export interface FakePod {
  name: string;
  uid: string;
  /** Absent while it finds no node. */
  node?: string;
  /** Its budget lets none go. */
  bound?: boolean;
}

interface FakeGroup {
  version: string;
  desired: number;
  madeBy?: string;
}

/** A cluster of node groups, nodes and Pods in memory, which the activities of a roll change as real ones would. */
export interface FakeWorkers {
  activities: WorkerActivities;
  groups: Map<string, FakeGroup>;
  nodes: FakeNode[];
  pods: FakePod[];
  /** Old names and what was evicted, in order. */
  evictions: string[];
  /** Takes a node away without its group's wanting fewer. */
  vanish: (node: string) => void;
  /** What differs from a cluster that nobody has touched, one line each. */
  traces(): string[];
}

/** A surge or in-place roll of `blue` to `blue-1-32`. */
export function replacedStage(strategy: 'surge' | 'in-place', maxParallel = 2): ReplacedWorkersStage {
  return {
    stage: 'workers',
    strategy,
    nodeGroup: 'blue',
    newNodeGroup: 'blue-1-32',
    from: '1.31',
    to: '1.32',
    waves: { maxParallel, canary: true, order: [] },
    drain: { ignoreDaemonSets: true, deleteEmptyDirData: true, force: false },
  };
}

export function planOf(...stages: Plan['hops'][number]['stages']): Plan {
  return {
    cluster: { name: 'shop', arn: 'arn:aws:eks:ap-northeast-1:111122223333:cluster/shop' },
    target: '1.32',
    putBack: [],
    overrides: [],
    hops: [{ from: '1.31', to: '1.32', stages }],
  };
}

/** A node group `blue` at 1.31 with so many nodes, and two Pods on each. */
export function fakeWorkers(nodeCount = 4): FakeWorkers {
  const groups = new Map<string, FakeGroup>([['blue', { version: '1.31', desired: nodeCount }]]);
  const nodes: FakeNode[] = [];
  const pods: FakePod[] = [];
  const evictions: string[] = [];
  let made = 0;

  const fill = (group: string) => {
    const { desired, version } = groups.get(group) ?? { desired: 0, version: '' };
    while (of(group).length < desired) nodes.push({ name: `${group}-${String(++made)}`, group, version });
    place();
  };
  const of = (group: string) => nodes.filter((node) => node.group === group);
  const on = (node: string) => pods.filter((pod) => pod.node === node);
  const place = () => {
    for (const pod of pods.filter(({ node }) => node === undefined)) {
      const room = nodes.filter(({ cordonedBy }) => cordonedBy === undefined);
      const [least] = room.sort((left, right) => on(left.name).length - on(right.name).length);
      if (least !== undefined) pod.node = least.name;
    }
  };
  const remove = (gone: (node: FakeNode) => boolean) => {
    for (const node of nodes.filter(gone)) {
      nodes.splice(nodes.indexOf(node), 1);
      for (const pod of on(node.name)) {
        delete pod.node;
        pod.uid = `${pod.name}-${String(++made)}`;
      }
    }
    place();
  };
  const leave = (pod: FakePod) => {
    evictions.push(pod.name);
    pod.uid = `${pod.name}-${String(++made)}`;
    delete pod.node;
    place();
  };
  const deleteNamed = (named: readonly PodReference[]) => {
    const found = pods.filter(({ uid }) => named.some((pod) => pod.uid === uid));
    for (const pod of found) {
      pod.uid = `${pod.name}-${String(++made)}`;
      delete pod.node;
      pod.bound = false;
    }
    place();
    return { deleted: found.length, gone: named.length - found.length };
  };
  fill('blue');
  for (const [index, { name }] of nodes.entries()) {
    for (const letter of ['a', 'b']) {
      const pod = `web-${String(index)}${letter}`;
      pods.push({ name: pod, uid: `${pod}-0`, node: name });
    }
  }

  const stuckPod = (pod: FakePod): StuckPod => ({
    namespace: 'shop',
    name: pod.name,
    uid: pod.uid,
    node: pod.node ?? '',
    reason: 'budget',
    owner: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', uid: 'owner-web' },
    budgets: [
      {
        namespace: 'shop',
        name: 'web-pdb',
        disruptionsAllowed: 0,
        currentHealthy: 1,
        desiredHealthy: 1,
        expectedPods: 1,
      },
    ],
    since: '2026-11-23T00:00:00Z',
    message: `Pod shop/${pod.name} on ${pod.node ?? ''} may not be evicted: budget shop/web-pdb allows 0 disruptions (1 of 1 healthy, 1 wanted)`,
  });
  const owners = (count: number): EvidenceReference => ({ name: 'owners', key: 'o', sha256: 'x', count });

  const activities: WorkerActivities = {
    digestQuestion: async (question) => ({
      digest: createHash('sha256').update(JSON.stringify(question)).digest('hex'),
    }),
    findStuckPods: async () => {
      const stuck = pods.filter(({ bound }) => bound === true).map(stuckPod);
      return { stuck, stuckCount: stuck.length };
    },
    describeNodeGroup: async ({ nodeGroup }) => {
      const group = groups.get(nodeGroup);
      if (group === undefined) {
        return { exists: false, joined: 0, ready: 0, schedulable: 0, healthIssues: [] };
      }
      const there = of(nodeGroup);
      return {
        exists: true,
        status: 'ACTIVE',
        size: { min: 0, max: 100, desired: group.desired },
        joined: there.length,
        ready: there.length,
        schedulable: there.filter(({ cordonedBy }) => cordonedBy === undefined).length,
        healthIssues: [],
        ...(group.madeBy === undefined ? {} : { madeBy: group.madeBy }),
      };
    },
    createNodeGroup: async ({ like, nodeGroup, to, empty, madeBy }) => {
      if (groups.has(nodeGroup)) return { state: 'there-already' };
      groups.set(nodeGroup, { version: to, desired: empty ? 0 : of(like).length, madeBy });
      return { state: 'creating' };
    },
    awaitNodeGroupNodes: async ({ nodeGroup, nodes: wanted }) => {
      await moment();
      fill(nodeGroup);
      return { state: of(nodeGroup).length >= wanted ? 'ready' : 'waiting', ready: wanted, problems: [] };
    },
    resizeNodeGroup: async ({ nodeGroup, size }) => {
      const group = groups.get(nodeGroup);
      if (group === undefined) return failWith('PlatformRefused', `no group ${nodeGroup}`);
      group.desired = size.desired;
      fill(nodeGroup);
      return { state: 'already-done' };
    },
    deleteNodeGroup: async ({ nodeGroup, because }) => {
      if ('madeBy' in because && groups.get(nodeGroup)?.madeBy !== because.madeBy && groups.has(nodeGroup)) {
        return failWith('PlatformRefused', `${nodeGroup} is not ours`);
      }
      groups.delete(nodeGroup);
      remove(({ group }) => group === nodeGroup);
      return { state: 'gone', problems: [] };
    },
    cordonNodes: async ({ nodeGroup, nodes: named, madeBy }) => {
      const some = of(nodeGroup).filter(({ name }) => named?.includes(name) ?? true);
      for (const node of some) node.cordonedBy ??= madeBy;
      return { cordoned: some.length, already: 0 };
    },
    uncordonNodes: async ({ nodeGroup, madeBy }) => {
      const ours = of(nodeGroup).filter(({ cordonedBy }) => cordonedBy === madeBy);
      for (const node of ours) delete node.cordonedBy;
      // As the real one does: a node that stays serves again.
      for (const node of of(nodeGroup)) delete node.excluded;
      place();
      return { uncordoned: ours.length };
    },
    holdOffAutoscalers: async ({ nodeGroups, madeBy }) => {
      const some = nodes.filter(({ group }) => nodeGroups.includes(group));
      for (const node of some) node.heldOffBy = madeBy;
      return { annotated: some.length };
    },
    releaseAutoscalers: async ({ nodeGroups, madeBy }) => {
      const some = nodes.filter(({ group, heldOffBy }) => nodeGroups.includes(group) && heldOffBy === madeBy);
      for (const node of some) delete node.heldOffBy;
      return { restored: some.length };
    },
    nextWave: async ({ stage, waves, drained, skipped }) => {
      await moment();
      const old = of(stage.nodeGroup).filter(
        ({ name }) => !drained.includes(name) && !skipped.includes(name),
      );
      const most = waves === 0 && stage.waves.canary ? 1 : Number(stage.waves.maxParallel);
      const taken = old.slice(0, most).map(({ name }) => name);
      return {
        number: waves + 1,
        nodes: taken,
        canary: waves === 0,
        left: old.length - taken.length,
        why: 'as they come',
        unplaceable: [],
      };
    },
    drainWave: async ({ nodes: wave, passOver = [] }) => {
      let evicted = 0;
      const there = wave.filter((name) => nodes.some((node) => node.name === name));
      for (const pod of pods.filter(({ node }) => node !== undefined && there.includes(node))) {
        await moment();
        if (pod.bound === true || passOver.some(({ uid }) => uid === pod.uid)) continue;
        leave(pod);
        evicted += 1;
      }
      // A real drain is stuck only after its time.
      for (let look = 0; look < 100 && there.flatMap((name) => on(name)).some(({ bound }) => bound); look++) {
        await moment(5);
      }
      for (const pod of there.flatMap((name) => on(name)).filter(({ bound }) => bound !== true)) leave(pod);
      const stuck = there.flatMap((name) => on(name)).map(stuckPod);
      return {
        state: stuck.length === 0 ? 'drained' : 'stuck',
        evicted,
        refused: stuck.length,
        stuck,
        stuckCount: stuck.length,
        drained: there.filter((name) => on(name).length === 0),
        vanished: wave.filter((name) => !there.includes(name)),
        owners: owners(evicted),
      };
    },
    deletePods: async ({ pods: named }) => deleteNamed(named),
    deletePodsOnceReplaced: async ({ pods: named }) => deleteNamed(named),
    restartOwners: async ({ owners: rolled }) => {
      for (const pod of pods.filter(({ bound }) => bound === true)) {
        pod.bound = false;
        pod.uid = `${pod.name}-${String(++made)}`;
        delete pod.node;
      }
      place();
      return { restarted: rolled.length, problems: [] };
    },
    verifyOwners: async () => ({
      well: true,
      newlyBroken: [],
      newlyBrokenCount: 0,
      alreadyBrokenCount: 0,
      recoveredCount: 0,
      evidence: { name: 'workloads', key: 'w', sha256: 'x', count: 1 },
    }),
    checkGuards: async ({ guards }) => ({
      results: guards.map(({ name }) => ({ name, state: 'holds', why: 'it answers' })),
    }),
    excludeFromLoadBalancers: async ({ nodes: some }) => {
      for (const node of nodes.filter(({ name }) => some.includes(name))) node.excluded = true;
      return { labelled: some.length };
    },
    terminateNodes: async ({ nodeGroup, nodes: some }) => {
      const group = groups.get(nodeGroup);
      const there = of(nodeGroup).filter(({ name }) => some.includes(name));
      if (group !== undefined) group.desired -= there.length;
      remove(({ name }) => some.includes(name));
      return { terminated: there.length, left: [] };
    },
  };

  return {
    activities,
    groups,
    nodes,
    pods,
    evictions,
    vanish: (gone) => remove(({ name }) => name === gone),
    traces: () => [
      ...nodes.flatMap(({ name, cordonedBy, heldOffBy, excluded }) => [
        ...(cordonedBy === undefined ? [] : [`${name} is cordoned`]),
        ...(heldOffBy === undefined ? [] : [`${name} is held off`]),
        ...(excluded !== true ? [] : [`${name} is out of load balancers`]),
      ]),
      ...pods.filter(({ node }) => node === undefined).map(({ name }) => `${name} has no node`),
    ],
  };
}

/** A little time, in which an abort is noticed. */
async function moment(milliseconds = 2): Promise<void> {
  const { cancellationSignal, heartbeat } = Context.current();
  heartbeat();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  if (cancellationSignal.aborted) throw new CancelledFailure('aborted');
}

/** What goes on until it is aborted. */
export async function untilAborted(): Promise<never> {
  for (;;) await moment(20);
}
