import type { CustomResourceDefinition } from '../kinds.ts';
import { customResourceDefinitions } from '../kinds.ts';
import { isTerminating, withCondition } from '../pods.ts';
import type { ControllerContext } from './context.ts';
import { reconcileEach, watchObjects } from './context.ts';

/** Establishes CustomResourceDefinitions; with one its custom resources go. */
export function startCustomResourceDefinitionController(context: ControllerContext): void {
  const { store } = context;

  const reconcile = (definition: CustomResourceDefinition): void => {
    if (isTerminating(definition)) return;
    const { name } = definition.metadata;
    const { names, versions } = definition.spec;
    store.mutate(
      customResourceDefinitions,
      undefined,
      name,
      (current) => {
        const storage = versions.find((version) => version.storage)?.name;
        const stored = current.status?.storedVersions ?? [];
        const now = context.now();
        const accepted = withCondition(
          current.status?.conditions,
          { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
          now,
        );
        return {
          ...current,
          status: {
            acceptedNames: names,
            storedVersions: storage === undefined || stored.includes(storage) ? stored : [...stored, storage],
            conditions: withCondition(
              accepted,
              {
                type: 'Established',
                status: 'True',
                reason: 'InitialNamesAccepted',
                message: 'the initial names have been accepted',
              },
              now,
            ),
          },
        };
      },
      { status: true },
    );
  };

  reconcileEach(context, customResourceDefinitions, reconcile);
  watchObjects(context, customResourceDefinitions, ({ type, object }) => {
    if (type !== 'DELETED') return;
    const resource = { group: object.spec.group, resource: object.spec.names.plural };
    for (const { metadata } of store.list(resource).items)
      store.remove(resource, metadata.namespace, metadata.name);
  });
}
