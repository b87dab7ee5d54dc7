import { objectAt, textAt } from '../../tools/crds/json.ts';
import type { Json } from '../../tools/crds/json.ts';
import { discoverResources } from '../discovery.ts';
import type { Discovery, ListableResource } from '../discovery.ts';
import { resourceName } from '../inventoryEntry.ts';
import { discoverOnceServed } from './discoverOnceServed.ts';
import { bringObject, someAtOnce } from './bringObject.ts';
import type { CopyTarget } from './bringObject.ts';
import { copyPhases, phaseOf } from './order.ts';

interface Refused {
  object: Json;
  why: string;
}

/**
 * Brings objects that stand in manifests to green, in the order in which they stand on each other, whatever order they
 * are written in. What green refuses is tried once more at the end.
 *
 * @throws StepladderError when green as a whole is the trouble; the signal's reason when it was aborted
 */
export async function bringManifests(objects: readonly Json[], target: CopyTarget): Promise<void> {
  const { green, account, signal } = target;
  let discovery = await discoverResources(green, signal);
  const refused: Refused[] = [];
  for (const phase of copyPhases) {
    signal?.throwIfAborted();
    account.begin(`bringing the manifests (${phase})`);
    const ofPhase = objects.filter((object) => phaseOfObject(object, discovery) === phase);
    await bringAll(ofPhase, discovery, target, refused);
    if (phase !== 'definitions') continue;
    const crds = account.names('customresourcedefinitions.apiextensions.k8s.io');
    if (crds.length === 0) continue;
    discovery = await discoverOnceServed(green, crds, { signal });
  }
  const again = refused.splice(0).map(({ object }) => object);
  if (again.length > 0) await bringAll(again, await discoverResources(green, signal), target, refused);
  for (const { object, why } of refused) account.refused(`${textAt(object, 'kind')} ${keyOf(object)}`, why);
}

function phaseOfObject(object: Json, discovery: Discovery): ReturnType<typeof phaseOf> {
  const resource = resourceOf(object, discovery);
  return typeof resource === 'string' ? 'custom' : phaseOf(resource);
}

async function bringAll(
  objects: readonly Json[],
  discovery: Discovery,
  target: CopyTarget,
  refused: Refused[],
): Promise<void> {
  await someAtOnce(objects, async (object) => {
    target.account.progress();
    const resource = resourceOf(object, discovery);
    const why =
      typeof resource === 'string'
        ? resource
        : await bringObject(
            { resource, wanted: inNamespace(object, resource), key: keyOf(object), isThere: true },
            target,
          );
    if (why !== undefined) refused.push({ object, why });
  });
}

/** The resource by which green takes an object, in the object's own version; or why there is none. */
function resourceOf(object: Json, { resources, writable }: Discovery): ListableResource | string {
  const apiVersion = textAt(object, 'apiVersion');
  const kind = textAt(object, 'kind');
  if (textAt(objectAt(object, 'metadata'), 'name') === '') return 'it has no name in its metadata';
  const slash = apiVersion.lastIndexOf('/');
  const [group, version] = [slash === -1 ? '' : apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
  const found = resources.find((each) => each.group === group && each.kind === kind);
  const versions = found === undefined ? [] : (writable.get(resourceName(found)) ?? []);
  if (found !== undefined && versions.includes(version)) return { ...found, version };
  return versions.length === 0
    ? `the new cluster serves no ${kind} of ${group === '' ? 'the core API' : group}`
    : `the new cluster does not serve ${apiVersion}, but ${versions.map((each) => `${group}/${each}`).join(', ')}`;
}

/** As `kubectl apply` does it: what has namespaces and names none is in `default`. */
function inNamespace(object: Json, { namespaced }: ListableResource): Json {
  const { status: _status, ...rest } = object;
  const metadata = objectAt(object, 'metadata');
  if (!namespaced || textAt(metadata, 'namespace') !== '') return rest;
  return { ...rest, metadata: { ...metadata, namespace: 'default' } };
}

function keyOf(object: Json): string {
  const metadata = objectAt(object, 'metadata');
  const namespace = textAt(metadata, 'namespace');
  return namespace === '' ? textAt(metadata, 'name') : `${namespace}/${textAt(metadata, 'name')}`;
}
