import { z } from 'zod';
import type { NodeTerm } from '../plan/fit/types.ts';
import type { KubernetesConnection } from './connection.ts';
import { listObjects } from './list.ts';
import { nodeTermsSchema } from './podPlacement.ts';

/** Labels that say where an older volume is, without a node affinity. */
const placeLabels = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'] as const;

const volumeSchema = z
  .object({
    metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).optional() }),
    spec: z.object({ nodeAffinity: z.object({ required: nodeTermsSchema.nullish() }).nullish() }),
  })
  .transform(({ metadata, spec }) => {
    const required = spec.nodeAffinity?.required?.nodeSelectorTerms;
    const labelled = placeLabels.flatMap((key) => {
      const value = metadata.labels?.[key];
      // Volumes of several zones have them joined.
      return value === undefined ? [] : [{ key, operator: 'In', values: value.split('__') }];
    });
    const terms: NodeTerm[] | undefined =
      required ?? (labelled.length > 0 ? [{ labels: labelled }] : undefined);
    return { name: metadata.name, terms };
  });

const claimSchema = z
  .object({
    metadata: z.object({ namespace: z.string(), name: z.string() }),
    spec: z.object({ volumeName: z.string().optional() }),
  })
  .transform(({ metadata, spec }) => ({
    claim: `${metadata.namespace}/${metadata.name}`,
    volume: spec.volumeName,
  }));

/** Where the volumes of claims may be used from, by `namespace/name` of the claim. */
export class VolumePlaces {
  readonly #volumes: ReadonlyMap<string, NodeTerm[] | undefined>;
  readonly #claims: ReadonlyMap<string, string | undefined>;

  constructor(
    volumes: ReadonlyMap<string, NodeTerm[] | undefined>,
    claims: ReadonlyMap<string, string | undefined>,
  ) {
    this.#volumes = volumes;
    this.#claims = claims;
  }

  /**
   * The terms of which a node has to meet one; `anywhere` for a volume that binds to no place, or one that is yet to be
   * made; `unknown` when the claim or its volume is not there.
   */
  of(claim: string): NodeTerm[] | 'anywhere' | 'unknown' {
    if (!this.#claims.has(claim)) return 'unknown';
    const volume = this.#claims.get(claim);
    if (volume === undefined || volume === '') return 'anywhere';
    if (!this.#volumes.has(volume)) return 'unknown';
    return this.#volumes.get(volume) ?? 'anywhere';
  }
}

/** Reads PersistentVolumes and their claims. Throws as `KubernetesConnection.getJson`. */
export async function readVolumePlaces(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<VolumePlaces> {
  const volumes = await listObjects(connection, '/api/v1/persistentvolumes', volumeSchema, {
    name: 'persistentvolumes',
    signal,
  });
  const claims = await listObjects(connection, '/api/v1/persistentvolumeclaims', claimSchema, {
    name: 'persistentvolumeclaims',
    signal,
  });
  return new VolumePlaces(
    new Map(volumes.map(({ name, terms }) => [name, terms])),
    new Map(claims.map(({ claim, volume }) => [claim, volume])),
  );
}
