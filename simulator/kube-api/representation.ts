/**
 * Objects as JSON text, in the form that was asked for. Objects of the store never change, so the text of each is made
 * once and shared by all lists and watches.
 */
import type { StoredObject } from '../cluster/types.ts';
import type { RepresentationName } from './contentNegotiation.ts';
import type { Page } from './pagination.ts';
import type { ServedResource } from './servedResource.ts';
import { groupVersion } from './servedResource.ts';
import type { TableOptions } from './tables.ts';
import { table } from './tables.ts';

export interface Representation {
  contentType: string;
  /** One object. */
  object: (object: StoredObject) => string;
  /** A page of a list. */
  list: (page: Page) => string;
  /** The object of a watch's bookmark: nothing but how far the watch has come. */
  bookmark: (resourceVersion: number) => string;
}

export function representation(
  name: RepresentationName,
  served: ServedResource,
  tableOptions: TableOptions,
): Representation {
  switch (name) {
    case 'object': {
      const head = `{"kind":${JSON.stringify(served.kind)},"apiVersion":${JSON.stringify(groupVersion(served))},`;
      // Items of a built-in list do not repeat what they are; those of custom resources do.
      const item =
        served.custom === undefined ? bodyText : (object: StoredObject) => withHead(head, bodyText(object));
      return {
        contentType: 'application/json',
        object: (object) => withHead(head, bodyText(object)),
        list: (page) => listText(served.listKind, groupVersion(served), page, item),
        bookmark: (resourceVersion) => withHead(head, bookmarkBody(resourceVersion)),
      };
    }
    case 'partial': {
      const object = (stored: StoredObject): string =>
        `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":${metadataText(stored)}}`;
      return {
        contentType: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
        object,
        list: (page) => listText('PartialObjectMetadataList', 'meta.k8s.io/v1', page, object),
        bookmark: (resourceVersion) =>
          withHead(
            '{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1",',
            bookmarkBody(resourceVersion),
          ),
      };
    }
    case 'table':
      return {
        contentType: 'application/json;as=Table;g=meta.k8s.io;v=v1',
        object: (object) =>
          JSON.stringify(
            table(served, [object], { resourceVersion: object.metadata.resourceVersion }, tableOptions),
          ),
        list: (page) => JSON.stringify(table(served, page.items, listMetadata(page), tableOptions)),
        bookmark: (resourceVersion) =>
          JSON.stringify(table(served, [], { resourceVersion: String(resourceVersion) }, tableOptions)),
      };
  }
}

export function listMetadata({ resourceVersion, continueToken, remainingItemCount }: Page): {
  resourceVersion: string;
  continue?: string;
  remainingItemCount?: number;
} {
  return {
    resourceVersion: String(resourceVersion),
    ...(continueToken === undefined ? {} : { continue: continueToken }),
    ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
  };
}

function listText(
  kind: string,
  apiVersion: string,
  page: Page,
  item: (object: StoredObject) => string,
): string {
  const head = JSON.stringify({ kind, apiVersion, metadata: listMetadata(page) });
  return `${head.slice(0, -1)},"items":[${page.items.map(item).join(',')}]}`;
}

const bodies = new WeakMap<StoredObject, string>();
const metadata = new WeakMap<object, string>();

/** An object without kind and apiVersion. */
function bodyText(object: StoredObject): string {
  let text = bodies.get(object);
  if (text === undefined) {
    const { kind: _kind, apiVersion: _apiVersion, metadata: _metadata, ...rest } = object;
    const others = JSON.stringify(rest);
    text = `{"metadata":${metadataText(object)}${others === '{}' ? '' : `,${others.slice(1, -1)}`}}`;
    bodies.set(object, text);
  }
  return text;
}

function metadataText(object: StoredObject): string {
  let text = metadata.get(object.metadata);
  if (text === undefined) {
    text = JSON.stringify(object.metadata);
    metadata.set(object.metadata, text);
  }
  return text;
}

const bookmarkBody = (resourceVersion: number): string =>
  JSON.stringify({ metadata: { resourceVersion: String(resourceVersion), creationTimestamp: null } });

const withHead = (head: string, body: string): string => head + body.slice(1);
