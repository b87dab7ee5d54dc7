import { z } from 'zod';
import { listBudgets } from '../kubernetes/budgets.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';
import { listObjects, metadataOnly } from '../kubernetes/list.ts';
import { listPlacementNodes } from '../kubernetes/placementNodes.ts';
import { listPlacedPods } from '../kubernetes/placedPods.ts';
import { metadataSchema } from '../kubernetes/podState.ts';
import { readVolumePlaces } from '../kubernetes/volumePlaces.ts';
import { readWorkloads } from '../kubernetes/workloads.ts';
import type { PodPlacement } from '../plan/fit/types.ts';
import type { ObservedOwner, ObservedPod, ObservedWorkloads } from '../plan/observedWorkloads.ts';

/** Labels by which nodes are told apart, whether a Pod asks for them or not. */
const nodeLabels = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

/** Kinds that stand between a Pod and the owner that people know: ReplicaSets of Deployments, Jobs of CronJobs. */
const between = [
  ['/apis/apps/v1/replicasets', 'replicasets.apps'],
  ['/apis/batch/v1/jobs', 'jobs.batch'],
] as const;

const betweenSchema = z.object({ metadata: metadataSchema });

/**
 * Looks at the Pods, whose they are, what protects them and where they may run.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function observeWorkloads(
  kubernetes: KubernetesConnection,
  signal: AbortSignal,
): Promise<ObservedWorkloads> {
  const states = await readWorkloads(kubernetes, signal);
  const ownerOfUid = new Map(states.map(({ uid }, index) => [uid, index]));
  for (const [path, name] of between) {
    const objects = await listObjects(kubernetes, path, betweenSchema, {
      name,
      accept: metadataOnly,
      signal,
    });
    for (const { metadata } of objects) {
      const owner = metadata.controller === undefined ? undefined : ownerOfUid.get(metadata.controller.uid);
      if (owner !== undefined) ownerOfUid.set(metadata.uid, owner);
    }
  }
  const places = await readVolumePlaces(kubernetes, signal);
  const { kinds, pods } = await listPlacedPods(kubernetes, places, signal);
  const labels = new Set([...nodeLabels, ...kinds.flatMap(({ placement }) => labelsAskedFor(placement))]);
  return {
    kinds,
    owners: states.map(
      ({ apiVersion, kind, namespace, name, wanted, ready, well, reason }): ObservedOwner => ({
        apiVersion,
        kind,
        namespace,
        name,
        wanted,
        ready,
        well,
        ...(reason === undefined ? {} : { reason }),
      }),
    ),
    pods: pods.map(({ controllerUid, ...pod }): ObservedPod => {
      if (controllerUid === undefined) return pod.staysOnNode === undefined ? { ...pod, bare: true } : pod;
      const owner = ownerOfUid.get(controllerUid);
      return owner === undefined ? pod : { ...pod, owner };
    }),
    budgets: await listBudgets(kubernetes, signal),
    nodes: await listPlacementNodes(kubernetes, labels, signal),
  };
}

function labelsAskedFor(placement: PodPlacement): string[] {
  const { nodeSelector = {}, nodeAffinity = [], volumeAffinities = [] } = placement;
  const { podAffinity = [], podAntiAffinity = [], spread = [] } = placement;
  return [
    ...Object.keys(nodeSelector),
    ...[...nodeAffinity, ...volumeAffinities.flat()].flatMap(({ labels = [] }) =>
      labels.map(({ key }) => key),
    ),
    ...[...podAffinity, ...podAntiAffinity, ...spread].map(({ topologyKey }) => topologyKey),
  ];
}
