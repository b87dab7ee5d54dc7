import type { PodTemplate } from '../kinds.ts';
import { controllerRevisions } from '../kinds.ts';
import { nameHash } from '../random.ts';
import type { StoredObject } from '../types.ts';
import type { ControllerContext } from './context.ts';
import { controllerReference } from './podTemplate.ts';

/** The label by which a Pod tells the revision of its template. */
export const revisionLabel = 'controller-revision-hash';

/** The name of the ControllerRevision of a StatefulSet's or DaemonSet's template, which is made when it is not there. */
export function ensureRevision(
  context: ControllerContext,
  owner: StoredObject & { spec: { template: PodTemplate } },
): { name: string; hash: string } {
  const hash = nameHash(owner.spec.template);
  const name = `${owner.metadata.name}-${hash}`;
  const { namespace } = owner.metadata;
  if (context.store.find(controllerRevisions, namespace, name) === undefined) {
    const revisions = context.store.ownedBy(owner.metadata.uid, controllerRevisions);
    context.store.create(controllerRevisions, {
      kind: 'ControllerRevision',
      metadata: {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        labels: { ...owner.spec.template.metadata?.labels, [revisionLabel]: hash },
        ownerReferences: [controllerReference('apps/v1', owner)],
      },
      data: { spec: { template: owner.spec.template } },
      revision: revisions.length + 1,
    });
  }
  return { name, hash };
}
