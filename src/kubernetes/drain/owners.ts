import { z } from 'zod';
import type { OwnerReference } from '../../contract/workers.ts';
import type { KubernetesConnection } from '../connection.ts';
import { listObjects } from '../list.ts';
import { metadataSchema } from '../podState.ts';
import type { Controller, Metadata } from '../podState.ts';
import type { OwnerTally } from '../watching/clusterView.ts';
import type { WatchedPod } from '../watching/watchedPod.ts';
import type { ImpliedBudget } from './room.ts';

/** An owner of Pods as far as a drain needs it. */
export interface Owner {
  reference: OwnerReference;
  /** Pods that it wants; undefined for kinds that do not say. */
  wanted: number | undefined;
  maxUnavailable: number | string | undefined;
  /** uids of what its Pods name as their controller: its own, or those of its ReplicaSets. */
  controllers: readonly string[];
}

const maxUnavailableSchema = z.union([z.number(), z.string()]).nullish();
const strategySchema = z
  .object({ rollingUpdate: z.object({ maxUnavailable: maxUnavailableSchema }).nullish() })
  .nullish();

const replicasSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({
    replicas: z.number().default(1),
    /** Of a Deployment. */
    strategy: strategySchema,
    /** Of a StatefulSet. */
    updateStrategy: strategySchema,
  }),
});
const daemonSetSchema = z.object({ metadata: metadataSchema });

/** All owners of Pods, as they were when they were listed: a picture that is made anew when it matters. */
export class OwnerTable {
  readonly #byController: ReadonlyMap<string, Owner>;
  readonly #daemonSets: ReadonlySet<string>;

  constructor(owners: readonly Owner[], daemonSets: ReadonlySet<string>) {
    this.#byController = new Map(
      owners.flatMap((owner) => owner.controllers.map((uid) => [uid, owner] as const)),
    );
    this.#daemonSets = daemonSets;
  }

  hasDaemonSet(namespace: string, name: string): boolean {
    return this.#daemonSets.has(`${namespace}/${name}`);
  }

  /** False for a ReplicaSet that has come since, whose Deployment is therefore not known. */
  knows({ controller }: Pick<WatchedPod, 'controller'>): boolean {
    return controller?.kind !== 'ReplicaSet' || this.#byController.has(controller.uid);
  }

  /** The owner in the end: the Deployment where a ReplicaSet stands between. Undefined for a Pod without a controller. */
  ownerOf({ namespace, controller }: Pick<WatchedPod, 'namespace' | 'controller'>): Owner | undefined {
    if (controller === undefined) return undefined;
    return (
      this.#byController.get(controller.uid) ?? {
        reference: { ...controller, namespace },
        wanted: undefined,
        maxUnavailable: undefined,
        controllers: [controller.uid],
      }
    );
  }
}

/**
 * Lists the owners of Pods. Throws as `KubernetesConnection.getJson`.
 */
export async function readOwners(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<OwnerTable> {
  const apps = '/apis/apps/v1';
  const list = <T>(resource: string, schema: z.ZodType<T>): Promise<T[]> =>
    listObjects(connection, `${apps}/${resource}`, schema, { name: `${resource}.apps`, signal });
  const [deployments, replicaSets, statefulSets, daemonSets] = await Promise.all([
    list('deployments', replicasSchema),
    list('replicasets', replicasSchema),
    list('statefulsets', replicasSchema),
    list('daemonsets', daemonSetSchema),
  ]);
  const controlledBy = Map.groupBy(replicaSets, ({ metadata }) => metadata.controller?.uid);
  const owners: Owner[] = [
    ...deployments.map(({ metadata, spec }) => ({
      reference: referenceTo('apps/v1', 'Deployment', metadata),
      wanted: spec.replicas,
      // What the API server fills in for a rolling update; one that recreates has none.
      maxUnavailable: spec.strategy?.rollingUpdate?.maxUnavailable ?? undefined,
      controllers: (controlledBy.get(metadata.uid) ?? []).map((set) => set.metadata.uid),
    })),
    ...replicaSets
      .filter(({ metadata }) => !isDeployment(metadata.controller))
      .map(({ metadata, spec }) => ({
        reference: referenceTo('apps/v1', 'ReplicaSet', metadata),
        wanted: spec.replicas,
        maxUnavailable: undefined,
        controllers: [metadata.uid],
      })),
    ...statefulSets.map(({ metadata, spec }) => ({
      reference: referenceTo('apps/v1', 'StatefulSet', metadata),
      wanted: spec.replicas,
      maxUnavailable: spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? undefined,
      controllers: [metadata.uid],
    })),
  ];
  const names = daemonSets.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return new OwnerTable(owners, new Set(names));
}

/**
 * What an owner allows that nobody has put under a budget: at most max(1, its own maxUnavailable) of its Pods away at
 * once, shares rounded down as its controller does. A Pod is away that is wanted and not Ready; of an owner that does
 * not say how many it wants, one that is there and not Ready, or on its way out.
 *
 * @param tallyOf how many Pods of a controller's uid are in which state
 */
export function impliedBudget(
  { reference, wanted, maxUnavailable, controllers }: Owner,
  tallyOf: (controller: string) => OwnerTally,
): ImpliedBudget {
  const tallies = controllers.map(tallyOf);
  const sum = (state: keyof OwnerTally): number => tallies.reduce((all, tally) => all + tally[state], 0);
  return {
    owner: reference,
    allowed: Math.max(1, scaled(maxUnavailable, wanted ?? 0)),
    away: wanted === undefined ? sum('unready') + sum('leaving') : Math.max(0, wanted - sum('ready')),
  };
}

/** `25%` of a number, rounded down, or the number itself. */
function scaled(value: number | string | undefined, of: number): number {
  if (value === undefined) return 1;
  if (typeof value === 'number') return value;
  const share = /^(\d+)%$/.exec(value)?.[1];
  return share === undefined ? 1 : Math.floor((Number(share) * of) / 100);
}

function referenceTo(apiVersion: string, kind: string, { namespace, name, uid }: Metadata): OwnerReference {
  return { apiVersion, kind, namespace, name, uid };
}

function isDeployment(controller: Controller | undefined): boolean {
  return controller?.kind === 'Deployment' && controller.apiVersion.startsWith('apps/');
}
