import { isStatus } from '../errors.ts';
import type { Namespace } from '../kinds.ts';
import { configMaps, namespaces, serviceAccounts } from '../kinds.ts';
import { isTerminating } from '../pods.ts';
import type { GroupResource } from '../types.ts';
import type { ControllerContext } from './context.ts';
import { reconcileEach } from './context.ts';

/** Gives every namespace what each has, and empties one that is deleted before it goes. */
export function startNamespaceController(
  context: ControllerContext,
  options: { certificateAuthorityPem(): string },
): void {
  const { store } = context;

  const reconcile = (namespace: Namespace): void => {
    if (isTerminating(namespace)) empty(namespace);
    else furnish(namespace.metadata.name);
  };

  const furnish = (namespace: string): void => {
    if (store.find(serviceAccounts, namespace, 'default') === undefined)
      store.create(serviceAccounts, { kind: 'ServiceAccount', metadata: { name: 'default', namespace } });
    if (store.find(configMaps, namespace, 'kube-root-ca.crt') === undefined)
      store.create(configMaps, {
        kind: 'ConfigMap',
        metadata: {
          name: 'kube-root-ca.crt',
          namespace,
          annotations: {
            'kubernetes.io/description': 'Certificates that verify the Kubernetes API of this cluster.',
          },
        },
        data: { 'ca.crt': options.certificateAuthorityPem() },
      });
  };

  const empty = (namespace: Namespace): void => {
    const { name } = namespace.metadata;
    let left = 0;
    for (const resource of store.resources()) {
      for (const object of store.list(resource, name).items) {
        if (!isTerminating(object)) removeQuietly(resource, name, object.metadata.name);
        if (store.find(resource, name, object.metadata.name) !== undefined) left += 1;
      }
    }
    if (left === 0)
      store.mutate(namespaces, undefined, name, (current) => ({ ...current, spec: { finalizers: [] } }));
  };

  const removeQuietly = (resource: GroupResource, namespace: string, name: string): void => {
    try {
      store.remove(resource, namespace, name);
    } catch (error) {
      if (!isStatus(error, 'NotFound')) throw error;
    }
  };

  const enqueue = reconcileEach(context, namespaces, reconcile);
  store.watchAll((_resource, { type, object }) => {
    const namespace = object.metadata.namespace;
    if (type !== 'DELETED' || namespace === undefined) return;
    const owner = store.find(namespaces, undefined, namespace);
    const furniture = object.metadata.name === 'default' || object.metadata.name === 'kube-root-ca.crt';
    if (owner !== undefined && (isTerminating(owner) || furniture)) enqueue(undefined, namespace);
  });
}
