import { z } from 'zod';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { inOrder } from '../../kubernetes/inOrder.ts';
import { listObjects, metadataOnly, parse } from '../../kubernetes/list.ts';
import type { ToolProfile } from '../profiles/profile.ts';
import type { InstalledCrd } from '../types.ts';
import { helmReleaseOf } from './belonging.ts';
import type { MarkedObject } from './management.ts';

const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((record) => record ?? {});
const headSchema = z.object({
  metadata: z.object({ name: z.string(), labels: texts, annotations: texts }),
});

const definitionSchema = z.object({
  spec: z.object({
    group: z.string(),
    scope: z.enum(['Namespaced', 'Cluster']),
    names: z.object({ kind: z.string(), plural: z.string() }),
    versions: z.array(
      z.object({
        name: z.string(),
        served: z.boolean(),
        storage: z.boolean(),
        deprecated: z.boolean().default(false),
      }),
    ),
  }),
  status: z.object({ storedVersions: z.array(z.string()).nullish() }).prefault({}),
});

const objectSchema = z
  .object({ metadata: z.object({ namespace: z.string().default('') }) })
  .transform(({ metadata }) => metadata.namespace);

/** By what a CRD is told to be a tool's. */
export interface CrdsWanted {
  profile: ToolProfile;
  /** `argocd/argo-cd`: CRDs that Helm has annotated for it are the tool's too. */
  release: string;
  /** Names that the new version's chart or manifests bring. */
  named: readonly string[];
}

/** A CRD with what is written on it. */
export interface SeenCrd {
  crd: InstalledCrd;
  marks: MarkedObject;
}

/**
 * The CRDs of a tool as they are in the cluster, with their custom resources counted by namespace. Names and marks of
 * all CRDs are listed, and of the tool's own alone the rest is read: a schema may be a megabyte. Objects are counted by
 * their metadata, page by page, and not kept.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function readInstalledCrds(
  connection: KubernetesConnection,
  wanted: CrdsWanted,
  signal?: AbortSignal,
): Promise<SeenCrd[]> {
  const heads = await listObjects(connection, definitionsPath, headSchema, {
    accept: metadataOnly,
    name: 'customresourcedefinitions.apiextensions.k8s.io',
    signal,
  });
  const own = heads.map(({ metadata }) => metadata).filter((head) => isWanted(head, wanted));
  const found: SeenCrd[] = [];
  for await (const each of inOrder(own, (head) => readCrd(connection, head, signal), 2)) {
    if (each !== undefined) found.push(each);
  }
  return found.sort((one, other) => (one.crd.name < other.crd.name ? -1 : 1));
}

type Head = z.infer<typeof headSchema>['metadata'];

function isWanted({ name, annotations }: Head, { profile, release, named }: CrdsWanted): boolean {
  return (
    profile.crds.names.includes(name) ||
    profile.crds.groups.includes(name.slice(name.indexOf('.') + 1)) ||
    named.includes(name) ||
    helmReleaseOf(annotations) === release
  );
}

async function readCrd(
  connection: KubernetesConnection,
  { name, labels, annotations }: Head,
  signal: AbortSignal | undefined,
): Promise<SeenCrd | undefined> {
  const answer = await connection.getJson(definitionsPath, {
    query: { fieldSelector: `metadata.name=${name}` },
    signal,
    what: 'list customresourcedefinitions.apiextensions.k8s.io',
  });
  const lists = z.object({ items: z.array(definitionSchema).nullish() });
  const definition = parse(lists, answer, `the CustomResourceDefinition ${name}`).items?.[0];
  // Gone since it was listed.
  if (definition === undefined) return undefined;
  const { spec, status } = definition;
  const { group, scope, names, versions } = spec;
  const objects = await countObjects(connection, spec, signal);
  const ownedBy = helmReleaseOf(annotations);
  return {
    crd: {
      ...{ name, group, scope, kind: names.kind, plural: names.plural, versions },
      storedVersions: status.storedVersions ?? [],
      ...(ownedBy === undefined ? {} : { ownedBy }),
      objects,
      objectCount: Object.values(objects).reduce((sum, each) => sum + each, 0),
    },
    marks: {
      group: 'apiextensions.k8s.io',
      kind: 'CustomResourceDefinition',
      namespace: '',
      ...{ name, labels, annotations },
    },
  };
}

/** None where no version is served: then nobody can have made one. */
async function countObjects(
  connection: KubernetesConnection,
  { group, names, versions }: z.infer<typeof definitionSchema>['spec'],
  signal: AbortSignal | undefined,
): Promise<Record<string, number>> {
  const served = versions.filter((version) => version.served);
  const version = served.find(({ storage }) => storage) ?? served[0];
  if (version === undefined) return {};
  const counts: Record<string, number> = {};
  const path = `/apis/${group}/${version.name}/${names.plural}`;
  const count = objectSchema.transform((namespace) => {
    counts[namespace] = (counts[namespace] ?? 0) + 1;
  });
  await listObjects(connection, path, count, {
    accept: metadataOnly,
    name: `${names.plural}.${group}`,
    signal,
  });
  return counts;
}
