import type { Pod, PodTemplate } from '../kinds.ts';
import { pods } from '../kinds.ts';
import type { NewObject, OwnerReference, StoredObject } from '../types.ts';
import type { ControllerContext } from './context.ts';

/** The reference by which a controller owns what it makes. */
export function controllerReference(apiVersion: string, owner: StoredObject): OwnerReference {
  return {
    apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Creates a Pod from its owner's template; without a name it gets one from the owner's. */
export function createPod(
  context: ControllerContext,
  owner: StoredObject,
  apiVersion: string,
  template: PodTemplate,
  own: { name?: string; labels?: Record<string, string>; spec?: Partial<Pod['spec']> } = {},
): Pod {
  const pod: NewObject = {
    kind: 'Pod',
    metadata: {
      ...(own.name === undefined ? { generateName: `${owner.metadata.name}-` } : { name: own.name }),
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      labels: { ...template.metadata?.labels, ...own.labels },
      ...(template.metadata?.annotations === undefined ? {} : { annotations: template.metadata.annotations }),
      ownerReferences: [controllerReference(apiVersion, owner)],
    },
    spec: { ...template.spec, ...own.spec },
  };
  return context.store.create(pods, pod);
}
