import { z } from 'zod';
import type { KubernetesBackend, ObjectStore, StoredObject } from '../cluster/types.ts';
import type { ScalePaths, ServedResource } from './servedResource.ts';
import { qualifiedName } from './servedResource.ts';
import { compareApiVersions } from './versionOrder.ts';

const definitions = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' };

const definitionSchema = z.object({
  spec: z.object({
    group: z.string(),
    scope: z.enum(['Namespaced', 'Cluster']),
    names: z.object({
      plural: z.string(),
      kind: z.string(),
      singular: z.string().optional(),
      listKind: z.string().optional(),
      shortNames: z.array(z.string()).optional(),
      categories: z.array(z.string()).optional(),
    }),
    versions: z.array(
      z.object({
        name: z.string(),
        served: z.boolean(),
        storage: z.boolean(),
        deprecated: z.boolean().optional(),
        selectableFields: z.array(z.object({ jsonPath: z.string() })).optional(),
        subresources: z
          .object({
            status: z.unknown().optional(),
            scale: z
              .object({
                specReplicasPath: z.string(),
                statusReplicasPath: z.string(),
                labelSelectorPath: z.string().optional(),
              })
              .optional(),
          })
          .optional(),
      }),
    ),
  }),
  status: z
    .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional() })
    .optional(),
});

type Definition = z.infer<typeof definitionSchema>;
type DefinitionVersion = Definition['spec']['versions'][number];

const allVerbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

/**
 * The resources that the stored CustomResourceDefinitions define, kept current. As the API server does, it marks a
 * definition as Established, and deletes the objects of one that is gone.
 */
export class CustomResources {
  private readonly backend: KubernetesBackend;
  private readonly byDefinition = new Map<string, ServedResource[]>();
  private readonly byPath = new Map<string, ServedResource>();
  private readonly stop: () => void;

  constructor(backend: KubernetesBackend) {
    this.backend = backend;
    const { items, resourceVersion } = backend.store.list(definitions);
    for (const object of items) this.put(object);
    this.stop = backend.store.watch(definitions, resourceVersion, ({ type, object }) =>
      type === 'DELETED' ? this.forget(object) : this.put(object),
    );
    for (const object of items) this.establish(object);
  }

  find(group: string, version: string, resource: string): ServedResource | undefined {
    return this.byPath.get(`${group}/${version}/${resource}`);
  }

  /** All of them, the preferred version of a group first. */
  all(): ServedResource[] {
    return [...this.byPath.values()].sort(
      (left, right) =>
        left.group.localeCompare(right.group) ||
        compareApiVersions(left.version, right.version) ||
        left.resource.localeCompare(right.resource),
    );
  }

  close(): void {
    this.stop();
  }

  private put(object: StoredObject): void {
    this.remove(object.metadata.name);
    const definition = definitionSchema.safeParse(object).data;
    if (definition === undefined) return;
    const served = definition.spec.versions
      .filter((version) => version.served)
      .map((version) => servedResource(definition, version));
    this.byDefinition.set(object.metadata.name, served);
    for (const resource of served) this.byPath.set(pathOf(resource), resource);
    this.establish(object);
  }

  private forget(object: StoredObject): void {
    const storage = this.byDefinition.get(object.metadata.name)?.[0]?.storage;
    this.remove(object.metadata.name);
    if (storage !== undefined) removeAll(this.backend.store, storage);
  }

  private remove(name: string): void {
    for (const resource of this.byDefinition.get(name) ?? []) this.byPath.delete(pathOf(resource));
    this.byDefinition.delete(name);
  }

  private establish(object: StoredObject): void {
    const { spec, status } = definitionSchema.safeParse(object).data ?? {};
    const established = status?.conditions?.some(
      ({ type, status: value }) => type === 'Established' && value === 'True',
    );
    if (spec === undefined || established === true) return;
    const lastTransitionTime = this.backend.clock
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
    const condition = (type: string, reason: string, message: string): Record<string, string> => ({
      type,
      status: 'True',
      lastTransitionTime,
      reason,
      message,
    });
    const next = {
      conditions: [
        condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
        condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
      ],
      acceptedNames: spec.names,
      storedVersions: spec.versions.filter(({ storage }) => storage).map(({ name }) => name),
    };
    this.backend.store.mutate(
      definitions,
      undefined,
      object.metadata.name,
      (current) => ({ ...current, status: next }),
      { status: true },
    );
  }
}

function servedResource({ spec }: Definition, version: DefinitionVersion): ServedResource {
  const { plural, kind, singular, listKind, shortNames, categories } = spec.names;
  const { status, scale } = version.subresources ?? {};
  const subresources = [
    ...(status === undefined ? [] : [{ subresource: 'status', kind, verbs: ['get', 'patch', 'update'] }]),
    ...(scale === undefined
      ? []
      : [
          {
            subresource: 'scale',
            kind: 'Scale',
            group: 'autoscaling',
            version: 'v1',
            verbs: ['get', 'patch', 'update'],
          },
        ]),
  ];
  return {
    group: spec.group,
    version: version.name,
    resource: plural,
    kind,
    listKind: listKind ?? `${kind}List`,
    singularName: singular ?? kind.toLowerCase(),
    namespaced: spec.scope === 'Namespaced',
    verbs: allVerbs,
    ...(shortNames === undefined ? {} : { shortNames }),
    ...(categories === undefined ? {} : { categories }),
    storage: { group: spec.group, resource: plural },
    subresources,
    subresourceNames: new Map(subresources.map((entry) => [entry.subresource, entry])),
    ...(scale === undefined ? {} : { scale: scalePaths(scale) }),
    custom: {
      selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.replace(/^\./, '')),
    },
  };
}

function scalePaths(scale: {
  specReplicasPath: string;
  statusReplicasPath: string;
  labelSelectorPath?: string | undefined;
}): ScalePaths {
  const path = (text: string): string[] => text.split('.').filter((part) => part !== '');
  return {
    specReplicas: path(scale.specReplicasPath),
    statusReplicas: path(scale.statusReplicasPath),
    ...(scale.labelSelectorPath === undefined ? {} : { selector: path(scale.labelSelectorPath) }),
  };
}

const pathOf = ({ group, version, resource }: ServedResource): string => `${group}/${version}/${resource}`;

function removeAll(store: ObjectStore, resource: { group: string; resource: string }): void {
  for (const { metadata } of store.list(resource).items)
    try {
      store.remove(resource, metadata.namespace, metadata.name);
    } catch (error) {
      // An object that can't be removed is of no use to anybody any longer: nothing serves it.
      process.emitWarning(`${qualifiedName(resource)} ${metadata.name} stays behind: ${String(error)}`);
    }
}
