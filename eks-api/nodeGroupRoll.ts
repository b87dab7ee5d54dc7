import { deletePods, drainNode } from './drainNode.ts';
import { NodeFleet } from './nodeFleet.ts';
import type { NodeImage } from './nodeFleet.ts';
import type { NodeGroupRecord } from './nodeGroupRecord.ts';
import { pickRandom } from './random.ts';
import { shrinkNodeGroup } from './shrinkNodeGroup.ts';
import type { EksService } from './service.ts';
import { UpdateFailure } from './updates.ts';

/** Largest number of nodes that EKS replaces at the same time. */
const largestParallelism = 100;

/**
 * Replaces the nodes of a group in EKS's four phases: setup, scale up, upgrade, scale down. With the strategy MINIMAL
 * old nodes are terminated first and nothing is scaled up.
 *
 * @throws UpdateFailure PodEvictionFailure or NodeCreationFailure; the scale-up has been rolled back then
 */
export async function rollNodeGroup(
  service: EksService,
  group: NodeGroupRecord,
  image: NodeImage,
  force: boolean,
  signal: AbortSignal,
): Promise<void> {
  const fleet = new NodeFleet(service, group);
  const roll: Roll = { service, group, fleet, image, force };
  const atOnce = nodesAtOnce(group);
  await service.pause(service.timings.nodeGroupSetup, signal);
  const old = (await fleet.joined()).filter((node) => !isNew(roll, node)).map(({ name }) => name);
  try {
    if (group.updateConfig.updateStrategy === 'MINIMAL') {
      await upgradePhase(roll, old, atOnce, signal, (node) => replaceAfterwards(roll, node, signal));
      return;
    }
    if (old.length > 0) {
      await scaleUpPhase(roll, old, Math.max(2 * group.zones.length, atOnce), signal);
      await upgradePhase(roll, old, atOnce, signal, (node) => replaceMeanwhile(roll, node));
    }
    await shrinkNodeGroup(service, group, fleet, signal);
    await fleet.awaitReady(await fleet.pending(), signal);
  } catch (error) {
    if (!signal.aborted) await rollBackScaleUp(roll, old, signal);
    throw error;
  }
}

interface Roll {
  service: EksService;
  group: NodeGroupRecord;
  fleet: NodeFleet;
  image: NodeImage;
  force: boolean;
}

/** How many nodes may be unavailable at the same time: the group's number, or its share of the group, at least 1. */
export function nodesAtOnce(group: NodeGroupRecord): number {
  const { maxUnavailable, maxUnavailablePercentage } = group.updateConfig;
  const share =
    maxUnavailablePercentage === undefined
      ? (maxUnavailable ?? 1)
      : Math.floor((group.size.desired * maxUnavailablePercentage) / 100);
  return Math.min(largestParallelism, Math.max(1, share));
}

/** A node is new when it has both the kubelet and the release of the image that the group goes to. */
function isNew({ group, image }: Roll, node: { name: string; version: string }): boolean {
  const release = group.releases.get(node.name) ?? group.firstRelease;
  return node.version === image.version && release === image.releaseVersion;
}

async function scaleUpPhase(
  roll: Roll,
  old: string[],
  increment: number,
  signal: AbortSignal,
): Promise<void> {
  const { fleet, service, image } = roll;
  await fleet.awaitReady(await fleet.launch(increment, image), signal);
  // Pods that leave one old node must not land on the next.
  for (const node of old) await service.infrastructure.setUnschedulable(node, true);
}

/** Takes old nodes at random, some at a time, until none is left. The first failure stops the others. */
async function upgradePhase(
  roll: Roll,
  old: readonly string[],
  atOnce: number,
  signal: AbortSignal,
  terminate: (node: string) => Promise<void>,
): Promise<void> {
  const waiting = [...old];
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const takeNodes = async (): Promise<void> => {
    for (;;) {
      const node = pickRandom(roll.service.random, waiting);
      if (node === undefined || either.aborted) return;
      waiting.splice(waiting.indexOf(node), 1);
      await emptyNode(roll, node, either);
      await terminate(node);
    }
  };
  let failure: unknown;
  await Promise.all(
    Array.from({ length: Math.min(atOnce, old.length) }, async () => {
      try {
        await takeNodes();
      } catch (error) {
        if (!either.aborted) failure = error;
        stop.abort(error);
      }
    }),
  );
  signal.throwIfAborted();
  if (stop.signal.aborted) throw failure;
}

/** Cordons and drains a node, and waits for load balancers to forget it. */
async function emptyNode({ service, group, force }: Roll, node: string, signal: AbortSignal): Promise<void> {
  const { infrastructure, timings } = service;
  await infrastructure.setUnschedulable(node, true);
  const left = await drainNode(service, node, timings.podEvictionLimit, signal);
  if (left.length > 0 && !force) {
    throw new UpdateFailure({
      code: 'PodEvictionFailure',
      message: `Reached max retries while trying to evict pods from nodes in node group ${group.name}`,
      resourceIds: [node],
    });
  }
  if (left.length > 0) await deletePods(service, node, left, signal);
  await service.pause(timings.drainedNodeWait, signal);
}

/** The auto scaling group replaces a terminated node by itself, and EKS goes on with the next. */
async function replaceMeanwhile({ fleet, image }: Roll, node: string): Promise<void> {
  await fleet.terminate(node);
  await fleet.launch(1, image);
}

/** MINIMAL: a place is free only when the old node is gone, and the next one has to wait for its successor. */
async function replaceAfterwards({ fleet, image }: Roll, node: string, signal: AbortSignal): Promise<void> {
  await fleet.terminate(node);
  await fleet.awaitReady(await fleet.launch(1, image), signal);
}

/** Old nodes that are still there take Pods again, and of the new ones goes what there is more than before. */
async function rollBackScaleUp(roll: Roll, old: readonly string[], signal: AbortSignal): Promise<void> {
  const { service, group, fleet } = roll;
  const present = new Set((await fleet.joined()).map(({ name }) => name));
  for (const node of old) {
    if (present.has(node)) await service.infrastructure.setUnschedulable(node, false);
  }
  await shrinkNodeGroup(service, group, fleet, signal, (node) => !old.includes(node));
}
