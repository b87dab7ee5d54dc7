import type { ResourcesStage } from '../../contract/migration.ts';
import { madeByNoteKey } from '../../plan/leftovers.ts';
import type { Json } from '../../tools/crds/json.ts';
import { isObject, objectAt, textAt } from '../../tools/crds/json.ts';
import type { KubernetesConnection } from '../connection.ts';
import { createPath, discoverResources, listPath, unseenReason } from '../discovery.ts';
import type { Discovery, ListableResource } from '../discovery.ts';
import { statusBehind } from '../errors.ts';
import { resourceName } from '../inventoryEntry.ts';
import { listObjects, metadataOnly } from '../list.ts';
import { bringObject, someAtOnce } from './bringObject.ts';
import type { CopyTarget } from './bringObject.ts';
import type { CopyAccount } from './copyAccount.ts';
import { pairResources } from './commonVersions.ts';
import { unheld } from './holding.ts';
import { discoverOnceServed } from './discoverOnceServed.ts';
import { objectFactsSchema } from './objectFacts.ts';
import { copyPhases, inCopyOrder, phaseOf } from './order.ts';
import { pagesOf } from './pages.ts';
import { selectKind, selectObject } from './selection.ts';
import type { SelectionContext } from './selection.ts';
import { readSharedVolumes } from './sharedVolumes.ts';
import { stripObject } from './strip.ts';
import type { StripContext } from './strip.ts';

export interface CopyFromBlue {
  blue: KubernetesConnection;
  target: CopyTarget;
  volumes: ResourcesStage['volumes'];
  /** What of the request's source stays behind. */
  exclude: { excludeNamespaces: readonly string[]; excludeKinds: readonly string[] };
  tools: SelectionContext['tools'];
  /** What another source brings, or nothing does. */
  named?: SelectionContext['named'];
}

/**
 * Copies what of blue goes to green, phase by phase (`order.ts`), and within a phase kind by kind. Bodies are held for a
 * page only. Kinds whose CRD comes with the copy are found by discovering green again after the CRDs. What green refuses
 * is tried once more before the webhooks come, because what it missed may be there by then.
 *
 * @throws StepladderError when blue or green as a whole is the trouble; the signal's reason when it was aborted
 */
export async function copyFromBlue(input: CopyFromBlue): Promise<void> {
  const { blue, target } = input;
  const { account, green, signal } = target;
  const onBlue = await discoverResources(blue, signal);
  for (const { group, version, reason } of onBlue.unseen)
    account.refused(`${group}/${version} on the old cluster`, reason);
  const shared = await readSharedVolumes(blue, input.volumes, signal);
  const context: KindContext = {
    ...{ blue, target, again: [] },
    selection: { ...input.exclude, tools: input.tools, sharedVolumes: shared.volumes, named: input.named },
    strip: { sharedClaims: shared.claims, ownNotes: [madeByNoteKey] },
  };
  const pair = (onGreen: Discovery) => {
    const pairs = pairResources(onBlue, onGreen);
    return { served: servedNames(pairs), kinds: inCopyOrder(pairs.map(({ resource }) => resource)) };
  };
  let known = pair(await discoverResources(green, signal));
  for (const phase of copyPhases) {
    if (phase === 'admission') await tryAgain(context);
    for (const resource of known.kinds.get(phase) ?? []) {
      signal?.throwIfAborted();
      const choice = selectKind(resource, context.selection);
      if (choice.what === 'leave') account.leftKind(resourceName(resource), choice);
      else {
        const bring = known.served.has(resourceName(resource)) ? copyKind : nameUnserved;
        await whereAllowed(resource, account, () => bring(resource, context));
      }
    }
    if (phase !== 'definitions') continue;
    const crds = account.names('customresourcedefinitions.apiextensions.k8s.io');
    known = pair(await discoverOnceServed(green, crds, { signal }));
  }
  for (const { resource, key, why } of context.again) account.refused(`${resource.kind} ${key}`, why);
}

interface KindContext {
  blue: KubernetesConnection;
  target: CopyTarget;
  selection: SelectionContext;
  strip: StripContext;
  /** What green has refused. */
  again: {
    resource: ListableResource;
    namespace: string | undefined;
    name: string;
    key: string;
    why: string;
  }[];
}

/** A kind that we may not read on either side is refused as a whole; trouble with a whole cluster is thrown on. */
async function whereAllowed(
  resource: ListableResource,
  account: CopyAccount,
  copy: () => Promise<void>,
): Promise<void> {
  try {
    await copy();
  } catch (error) {
    account.refused(resourceName(resource), unseenReason(error));
  }
}

function servedNames(pairs: ReturnType<typeof pairResources>): Set<string> {
  return new Set(pairs.flatMap(({ served, resource }) => (served ? [resourceName(resource)] : [])));
}

async function copyKind(resource: ListableResource, context: KindContext): Promise<void> {
  const phase = phaseOf(resource);
  const { blue, selection, target } = context;
  const { account, signal } = target;
  const kind = resourceName(resource);
  account.begin(`copying ${kind}`);
  const there = await namesOnGreen(resource, target);
  for await (const page of pagesOf(blue, resource, signal)) {
    const chosen = page.filter((object) => {
      const choice = selectObject(resource, objectFactsSchema.parse(object), selection);
      if (choice.what === 'leave') account.left(kind, keyOf(object), choice);
      return choice.what === 'copy';
    });
    await someAtOnce(chosen, async (object) => {
      account.progress();
      const key = keyOf(object);
      if (phase === 'definitions' && there.get(key) === 'others') {
        account.left(kind, key, {
          reason: 'tool',
          because: 'the new cluster has it already, by somebody else',
        });
        return;
      }
      const wanted = prepared(resource, object, context);
      const why = await bringObject({ resource, wanted, key, isThere: there.has(key) }, target);
      if (why === undefined) return;
      const { namespace, name } = objectFactsSchema.parse(object);
      context.again.push({ resource, namespace, name, key, why });
    });
  }
}

/** What green has of a kind already: by us, or by others. */
async function namesOnGreen(
  resource: ListableResource,
  { green, signal }: CopyTarget,
): Promise<Map<string, 'ours' | 'others'>> {
  const entries = await listObjects(green, listPath(resource), namedSchema, {
    accept: metadataOnly,
    name: resourceName(resource),
    signal,
  });
  return new Map(entries);
}

const namedSchema = objectFactsSchema.transform(
  ({ namespace, name, annotations }): [string, 'ours' | 'others'] => [
    namespace === undefined ? name : `${namespace}/${name}`,
    annotations[madeByNoteKey] === undefined ? 'others' : 'ours',
  ],
);

function prepared(
  resource: ListableResource,
  object: Json,
  { strip, target: { account } }: KindContext,
): Json {
  const owners = objectFactsSchema.parse(object).owners;
  if (owners.length > 0) account.note(resourceName(resource), keyOf(object), ownersNote(owners));
  return stripObject(resource, unheld(object), strip);
}

function ownersNote(owners: readonly { kind: string; name: string }[]): string {
  const named = owners.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  return `is not tied to its owner any more (${named}): it stays when that goes`;
}

/** What an object missed when it was refused may be there by now. */
async function tryAgain(context: KindContext): Promise<void> {
  const { blue, target } = context;
  const { account, signal } = target;
  await someAtOnce(context.again.splice(0), async (refused) => {
    account.progress();
    const { resource, namespace, name, key } = refused;
    const object = await readOne(blue, resource, { namespace, name }, signal);
    // It went meanwhile, so nobody misses it on green.
    if (object === undefined) return;
    const wanted = prepared(resource, object, context);
    const why = await bringObject({ resource, wanted, key, isThere: true }, target);
    if (why !== undefined) context.again.push({ ...refused, why });
  });
}

async function readOne(
  blue: KubernetesConnection,
  resource: ListableResource,
  { namespace, name }: { namespace: string | undefined; name: string },
  signal: AbortSignal | undefined,
): Promise<Json | undefined> {
  const path = `${createPath(resource, namespace)}/${encodeURIComponent(name)}`;
  try {
    const found = await blue.getJson(path, { signal, what: `read ${resource.kind} ${name}` });
    return isObject(found) ? found : undefined;
  } catch (error) {
    if (statusBehind(error)?.code === 404) return undefined;
    throw error;
  }
}

async function nameUnserved(
  resource: ListableResource,
  { blue, selection, target: { account, signal } }: KindContext,
): Promise<void> {
  const kind = resourceName(resource);
  for await (const page of pagesOf(blue, resource, signal))
    for (const object of page) {
      const choice = selectObject(resource, objectFactsSchema.parse(object), selection);
      if (choice.what === 'leave') account.left(kind, keyOf(object), choice);
      else account.notServed(kind, keyOf(object));
    }
}

/** `namespace/name`, or `name` of what has no namespace. */
function keyOf(object: Json): string {
  const metadata = objectAt(object, 'metadata');
  const namespace = textAt(metadata, 'namespace');
  return namespace === '' ? textAt(metadata, 'name') : `${namespace}/${textAt(metadata, 'name')}`;
}
