import { z } from 'zod';

/** A kind as discovery names it. */
export interface CopiedKind {
  /** Empty for the core group. */
  group: string;
  /** Plural name, `deployments`. */
  resource: string;
  kind: string;
  namespaced: boolean;
}

/** What an object's metadata alone says, which is all that the choice of what to copy stands on. */
export interface ObjectFacts {
  namespace?: string | undefined;
  name: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  owners: readonly { kind: string; name: string; controller: boolean }[];
  /** Who wrote its fields, as the API server has noted them: `eks`, `kubectl-client-side-apply`. */
  managers: readonly string[];
  /** It is being deleted. */
  ending: boolean;
}

const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((record) => record ?? {});

/** Takes the facts out of an object, whole or as its metadata alone (`metadataOnly` of `list.ts`). */
export const objectFactsSchema = z
  .object({
    metadata: z.object({
      namespace: z.string().optional(),
      name: z.string(),
      labels: texts,
      annotations: texts,
      ownerReferences: z
        .array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().nullish() }))
        .nullish(),
      managedFields: z.array(z.object({ manager: z.string().nullish() })).nullish(),
      deletionTimestamp: z.string().nullish(),
    }),
  })
  .transform(({ metadata }): ObjectFacts => {
    const { namespace, name, labels, annotations, ownerReferences, managedFields, deletionTimestamp } =
      metadata;
    return {
      ...(namespace === undefined ? {} : { namespace }),
      name,
      labels,
      annotations,
      owners: (ownerReferences ?? []).map((owner) => ({
        kind: owner.kind,
        name: owner.name,
        controller: owner.controller === true,
      })),
      managers: (managedFields ?? []).flatMap(({ manager }) => (manager ? [manager] : [])),
      ending: typeof deletionTimestamp === 'string',
    };
  });
