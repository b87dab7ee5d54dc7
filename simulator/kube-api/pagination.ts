import type { GroupResource, ObjectStore, StoredObject } from '../cluster/types.ts';
import { StatusError } from '../cluster/types.ts';
import type { ListOptions } from './listOptions.ts';
import { badRequest, expired } from './status.ts';

export interface Page {
  items: StoredObject[];
  resourceVersion: number;
  continueToken?: string;
  /** Only without a selector, as in Kubernetes. */
  remainingItemCount?: number;
}

interface Token {
  resourceVersion: number;
  namespace: string;
  name: string;
}

interface Kept {
  items: StoredObject[];
  keptAt: number;
}

export interface PagingSettings {
  /** How long the later pages of a list can be had, in milliseconds; etcd's compaction, 5 minutes. */
  retentionMilliseconds: number;
  /** How many lists may be open at most; the oldest go first. */
  maximumLists: number;
}

/**
 * Lists in pages that all show the state of the moment at which the first page was read. What is kept for the later
 * pages is only references to objects that never change.
 */
export class Pages {
  private readonly store: ObjectStore;
  private readonly settings: PagingSettings;
  private readonly kept = new Map<string, Kept>();

  constructor(
    store: ObjectStore,
    settings: PagingSettings = { retentionMilliseconds: 300_000, maximumLists: 200 },
  ) {
    this.store = store;
    this.settings = settings;
  }

  /** Throws StatusError 410 when the state asked for is gone, 400 for a token that can't be read, 504 for the future. */
  list(resource: GroupResource, namespace: string | undefined, options: ListOptions): Page {
    if (options.continueToken !== undefined)
      return this.continued(resource, namespace, options, readToken(options.continueToken));
    const state = this.state(resource, namespace, options);
    return this.page(resource, namespace, options, state.items, state.resourceVersion);
  }

  private state(
    resource: GroupResource,
    namespace: string | undefined,
    { resourceVersion, resourceVersionMatch, limit }: ListOptions,
  ): { items: StoredObject[]; resourceVersion: number } {
    const current = this.store.list(resource, namespace);
    if (resourceVersion === undefined || resourceVersion === 0) return current;
    if (resourceVersion > current.resourceVersion)
      throw new StatusError(
        504,
        'Timeout',
        `Too large resource version: ${resourceVersion}, current: ${current.resourceVersion}`,
        [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        1,
      );
    // A limit with a resourceVersion and no match meant exactly that version before there was a match.
    const exact =
      resourceVersionMatch === 'Exact' || (resourceVersionMatch === undefined && limit !== undefined);
    if (!exact || resourceVersion === current.resourceVersion) return current;
    const kept = this.keptState(resource, namespace, resourceVersion);
    if (kept !== undefined) return { items: kept, resourceVersion };
    if (this.unchangedSince(resource, resourceVersion)) return { ...current, resourceVersion };
    throw expired(`The resourceVersion for the provided list is too old: ${resourceVersion}.`);
  }

  private continued(
    resource: GroupResource,
    namespace: string | undefined,
    options: ListOptions,
    token: Token,
  ): Page {
    if (options.resourceVersion !== undefined && options.resourceVersion !== 0)
      throw badRequest('specifying resource version is not allowed when using continue');
    const items =
      this.stillKnown(resource, token.resourceVersion) &&
      this.keptState(resource, namespace, token.resourceVersion);
    if (items === undefined || items === false)
      throw expired(
        'The provided continue parameter is too old to display a consistent list result. Start a new list without the continue parameter.',
      );
    const rest = items.slice(firstAfter(items, token));
    return this.page(resource, namespace, options, rest, token.resourceVersion, items);
  }

  /** The first page of `items`; `whole` is what the later ones are kept from. */
  private page(
    resource: GroupResource,
    namespace: string | undefined,
    { limit, matches, selective }: ListOptions,
    items: StoredObject[],
    resourceVersion: number,
    whole = items,
  ): Page {
    const matching = selective ? items.filter(matches) : items;
    if (limit === undefined || matching.length <= limit) return { items: matching, resourceVersion };
    const shown = matching.slice(0, limit);
    const last = shown.at(-1);
    if (last === undefined) return { items: shown, resourceVersion };
    this.keep(keyOf(resource, namespace, resourceVersion), whole);
    const { namespace: lastNamespace = '', name } = last.metadata;
    return {
      items: shown,
      resourceVersion,
      continueToken: writeToken({ resourceVersion, namespace: lastNamespace, name }),
      ...(selective ? {} : { remainingItemCount: matching.length - limit }),
    };
  }

  private keep(key: string, items: StoredObject[]): void {
    const present = this.kept.get(key);
    this.kept.delete(key);
    this.kept.set(key, { items, keptAt: present?.keptAt ?? performance.now() });
    for (const [oldest] of this.kept) {
      if (this.kept.size <= this.settings.maximumLists) break;
      this.kept.delete(oldest);
    }
  }

  private keptState(
    resource: GroupResource,
    namespace: string | undefined,
    resourceVersion: number,
  ): StoredObject[] | undefined {
    const key = keyOf(resource, namespace, resourceVersion);
    const kept = this.kept.get(key);
    if (kept === undefined) return undefined;
    if (performance.now() - kept.keptAt <= this.settings.retentionMilliseconds) return kept.items;
    this.kept.delete(key);
    return undefined;
  }

  private unchangedSince(resource: GroupResource, resourceVersion: number): boolean {
    let changes = 0;
    return this.stillKnown(resource, resourceVersion, () => changes++) && changes === 0;
  }

  /** Whether the store has kept all changes since then: what a compaction forgot, the pages forget too. */
  private stillKnown(
    resource: GroupResource,
    resourceVersion: number,
    onEvent = (): unknown => undefined,
  ): boolean {
    try {
      this.store.watch(resource, resourceVersion, onEvent)();
      return true;
    } catch (error) {
      if (error instanceof StatusError && error.code === 410) return false;
      throw error;
    }
  }
}

const keyOf = (resource: GroupResource, namespace: string | undefined, resourceVersion: number): string =>
  `${resource.group}/${resource.resource}/${namespace ?? ''}@${resourceVersion}`;

function firstAfter(items: StoredObject[], { namespace, name }: Token): number {
  const index = items.findIndex(({ metadata }) => {
    const other = metadata.namespace ?? '';
    return other > namespace || (other === namespace && metadata.name > name);
  });
  return index === -1 ? items.length : index;
}

function writeToken({ resourceVersion, namespace, name }: Token): string {
  const content = { v: 'meta.k8s.io/v1', rv: resourceVersion, start: `${namespace}/${name}` };
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

function readToken(text: string): Token {
  try {
    const content: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (typeof content === 'object' && content !== null && 'rv' in content && 'start' in content) {
      const [namespace, name, ...rest] = String(content.start).split('/');
      const resourceVersion = Number(content.rv);
      if (
        namespace !== undefined &&
        name !== undefined &&
        rest.length === 0 &&
        Number.isInteger(resourceVersion)
      )
        return { resourceVersion, namespace, name };
    }
  } catch {
    // Refused below, like a token that is JSON but not ours.
  }
  throw badRequest('continue key is not valid: it must be what the previous page of the same list gave');
}
