import { z } from 'zod';
import type { ResourcesStage } from '../../contract/migration.ts';
import { madeByNoteKey } from '../../plan/leftovers.ts';
import type { Json } from '../../tools/crds/json.ts';
import { objectAt, textAt } from '../../tools/crds/json.ts';
import type { KubernetesConnection } from '../connection.ts';
import { createPath, discoverResources, listPath } from '../discovery.ts';
import type { ListableResource } from '../discovery.ts';
import { inOrder } from '../inOrder.ts';
import { resourceName } from '../inventoryEntry.ts';
import { listObjects, metadataOnly } from '../list.ts';
import { awaitEstablished } from './awaitEstablished.ts';
import { pairResources } from './commonVersions.ts';
import type { CopyAccount } from './copyAccount.ts';
import { unheld } from './holding.ts';
import { objectFactsSchema } from './objectFacts.ts';
import { copyPhases, inCopyOrder } from './order.ts';
import type { CopyPhase } from './order.ts';
import { pagesOf } from './pages.ts';
import { selectKind, selectObject } from './selection.ts';
import type { SelectionContext } from './selection.ts';
import { readSharedVolumes } from './sharedVolumes.ts';
import { stripObject } from './strip.ts';
import type { StripContext } from './strip.ts';
import { writeObject } from './writeObject.ts';
import type { WriteContext } from './writeObject.ts';

export interface CopyFromBlue {
  blue: KubernetesConnection;
  green: KubernetesConnection;
  stage: ResourcesStage;
  /** What of the request's source stays behind. */
  exclude: { excludeNamespaces: readonly string[]; excludeKinds: readonly string[] };
  tools: SelectionContext['tools'];
  madeBy: string;
  account: CopyAccount;
  signal?: AbortSignal | undefined;
  /** Waits until what webhooks and APIServices stand on is Ready, before these are written. */
  beforeAdmission?: (() => Promise<void>) | undefined;
}

/** Writes under way at the most. */
const writesAtOnce = 12;

/**
 * Copies what of blue goes to green, phase by phase (`order.ts`), and within a phase kind by kind. Bodies are held for a
 * page only. Kinds whose CRD comes with the copy are found by discovering green again after the CRDs. What green refuses
 * is tried once more before the webhooks come, because what it missed may be there by then.
 *
 * @throws StepladderError when blue or green as a whole is the trouble; the signal's reason when it was aborted
 */
export async function copyFromBlue(input: CopyFromBlue): Promise<void> {
  const { blue, green, account, signal, stage, madeBy } = input;
  const onBlue = await discoverResources(blue, signal);
  for (const { group, version, reason } of onBlue.unseen)
    account.refused(`${group}/${version} on the old cluster`, reason);
  const shared = await readSharedVolumes(blue, stage.volumes, signal);
  const context: KindContext = {
    ...input,
    selection: { ...input.exclude, tools: input.tools, sharedVolumes: shared.volumes },
    strip: { sharedClaims: shared.claims, ownNotes: [madeByNoteKey] },
    write: { green, singletons: stage.singletons, madeBy, signal },
    again: [],
  };
  let pairs = pairResources(onBlue, await discoverResources(green, signal));
  let inOrderOfKinds = inCopyOrder(pairs.map(({ resource }) => resource));
  let served = servedNames(pairs);
  for (const phase of copyPhases) {
    if (phase === 'admission') {
      await tryAgain(context);
      await input.beforeAdmission?.();
    }
    for (const resource of inOrderOfKinds.get(phase) ?? []) {
      signal?.throwIfAborted();
      const kindSelection = selectKind(resource, context.selection);
      if (kindSelection.what === 'leave') account.leftKind(resourceName(resource), kindSelection);
      else if (served.has(resourceName(resource))) await copyKind(resource, phase, context);
      else await nameUnserved(resource, context);
    }
    if (phase !== 'definitions') continue;
    await awaitEstablished(green, account.names('customresourcedefinitions.apiextensions.k8s.io'), {
      signal,
    });
    pairs = pairResources(onBlue, await discoverResources(green, signal));
    served = servedNames(pairs);
    inOrderOfKinds = inCopyOrder(pairs.map(({ resource }) => resource));
  }
  await tryAgain(context);
}

interface KindContext extends CopyFromBlue {
  selection: SelectionContext;
  strip: StripContext;
  write: WriteContext;
  /** What green has refused, to be tried once more. */
  again: { resource: ListableResource; namespace: string; name: string; why: string }[];
}

function servedNames(pairs: ReturnType<typeof pairResources>): Set<string> {
  return new Set(pairs.flatMap(({ served, resource }) => (served ? [resourceName(resource)] : [])));
}

async function copyKind(resource: ListableResource, phase: CopyPhase, context: KindContext): Promise<void> {
  const { blue, account, signal, selection } = context;
  const kind = resourceName(resource);
  account.begin(kind);
  const there = await namesOnGreen(resource, context);
  for await (const page of pagesOf(blue, resource, signal)) {
    const chosen = page.filter((object) => {
      const choice = selectObject(resource, objectFactsSchema.parse(object), selection);
      if (choice.what === 'leave') account.left(kind, nameOf(object), choice);
      return choice.what === 'copy';
    });
    const write = async (object: Json): Promise<void> => {
      account.progress();
      const key = nameOf(object);
      if (phase === 'definitions' && there.get(key) === 'others') {
        account.left(kind, key, { reason: 'tool', because: 'green has it already, by somebody else' });
        return;
      }
      const written = await writeObject(
        resource,
        prepared(resource, object, context),
        there.has(key),
        context.write,
      );
      if (written.outcome === 'refused') {
        const metadata = objectAt(object, 'metadata');
        const [namespace, name] = [textAt(metadata, 'namespace'), textAt(metadata, 'name')];
        context.again.push({ resource, namespace, name, why: written.why });
      } else account.written(kind, key, written.outcome);
    };
    await forEach(chosen, write);
  }
}

/** Some at a time; a failure ends it. */
async function forEach<T>(items: readonly T[], call: (item: T) => Promise<void>): Promise<void> {
  const calls = inOrder(items, call, writesAtOnce);
  while ((await calls.next()).done !== true);
}

/** What green has of a kind already: by us, or by others. */
async function namesOnGreen(
  resource: ListableResource,
  { green, signal }: KindContext,
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

function prepared(resource: ListableResource, object: Json, { strip, account }: KindContext): Json {
  const owners = objectFactsSchema.parse(object).owners;
  if (owners.length > 0) account.note(resourceName(resource), nameOf(object), ownersNote(owners));
  return stripObject(resource, unheld(object), strip);
}

function ownersNote(owners: readonly { kind: string; name: string }[]): string {
  const named = owners.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  return `is not tied to its owner any more (${named}): it stays when that goes`;
}

async function tryAgain(context: KindContext): Promise<void> {
  const { blue, account, signal, write } = context;
  const again = context.again.splice(0);
  const once = async ({ resource, namespace, name, why }: (typeof again)[number]): Promise<void> => {
    const kind = resourceName(resource);
    const path = `${createPath(resource, namespace === '' ? undefined : namespace)}/${encodeURIComponent(name)}`;
    const found = await blue.getJson(path, { signal, what: `read ${kind} ${name}` }).catch(() => undefined);
    const object = z.record(z.string(), z.unknown()).safeParse(found).data;
    const key = namespace === '' ? name : `${namespace}/${name}`;
    if (object === undefined) {
      account.refused(`${resource.kind} ${key}`, why);
      return;
    }
    const written = await writeObject(resource, prepared(resource, object, context), true, write);
    if (written.outcome === 'refused') account.refused(`${resource.kind} ${key}`, written.why);
    else account.written(kind, key, written.outcome);
  };
  await forEach(again, once);
}

async function nameUnserved(
  resource: ListableResource,
  { blue, account, signal, selection }: KindContext,
): Promise<void> {
  const kind = resourceName(resource);
  for await (const page of pagesOf(blue, resource, signal))
    for (const object of page) {
      const choice = selectObject(resource, objectFactsSchema.parse(object), selection);
      if (choice.what === 'leave') account.left(kind, nameOf(object), choice);
      else account.notServed(kind, nameOf(object));
    }
}

/** `namespace/name`, or `name` of what has no namespace. */
function nameOf(object: Json): string {
  const metadata = objectAt(object, 'metadata');
  const namespace = textAt(metadata, 'namespace');
  return namespace === '' ? textAt(metadata, 'name') : `${namespace}/${textAt(metadata, 'name')}`;
}
