import type { ServerResponse } from 'node:http';
import type { StoreEvent } from '../cluster/types.ts';
import { StatusError } from '../cluster/types.ts';
import type { ApiServers } from './apiServers.ts';
import type { ResourceCall } from './call.ts';
import { negotiateRepresentation } from './contentNegotiation.ts';
import { EventStream } from './eventStream.ts';
import { readListOptions } from './listOptions.ts';
import { representation } from './representation.ts';
import { failure } from './status.ts';
import { readTableOptions } from './tableOptions.ts';
import { seenThrough } from './watchEvents.ts';

export interface WatchSettings {
  /** Time between two bookmarks, in real milliseconds. */
  bookmarkMilliseconds: number;
  /** Set when this watch is to be cut after its first event, or after a second without one. */
  drop: boolean;
}

/**
 * Prepares a watch; what it returns begins it on the response. Throws StatusError for what can't be watched, before
 * anything is sent. A resourceVersion that is too old is told inside the stream, as API servers do.
 */
export function prepareWatch(
  call: ResourceCall,
  servers: ApiServers,
  settings: WatchSettings,
): (response: ServerResponse) => void {
  const { backend, server, served, path, query, headers } = call;
  const options = readListOptions(query, served);
  const form = representation(
    negotiateRepresentation(headers.accept),
    served,
    readTableOptions(query, backend.clock),
  );
  return (response) => {
    const stream = new EventStream(response, form.contentType);
    if (stream.isClosed) return;
    const stops: (() => void)[] = [];
    const send = (type: string, text: string): void => stream.send(`{"type":"${type}","object":${text}}`);
    stream.onClose(() => {
      for (const stop of stops) stop();
    });

    let since = options.resourceVersion;
    if (since === undefined || since === 0) {
      const state = backend.store.list(served.storage, path.namespace);
      for (const object of state.items) if (options.matches(object)) send('ADDED', form.object(object));
      since = state.resourceVersion;
    }

    let told = since;
    // One that says nothing new is not sent.
    const bookmark = (): void => {
      const newest = backend.store.resourceVersion;
      if (!options.allowWatchBookmarks || newest <= told) return;
      told = newest;
      send('BOOKMARK', form.bookmark(newest));
    };
    const onEvent = (change: StoreEvent): void => {
      const event = seenThrough(change, path.namespace, options.matches);
      if (event === undefined) return;
      told = change.resourceVersion;
      send(event.type, form.object(event.object));
      if (settings.drop) setImmediate(() => stream.cut());
    };
    try {
      stops.push(backend.store.watch(served.storage, since, onEvent));
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      send('ERROR', JSON.stringify(failure(error)));
      stream.end();
      return;
    }

    stops.push(servers.keepWatch(server, stream));
    const ending = setTimeout(
      () => {
        bookmark();
        stream.end();
      },
      (options.timeoutSeconds ?? 1800 + Math.random() * 1800) * 1000,
    );
    const bookmarks = setInterval(bookmark, settings.bookmarkMilliseconds);
    const drop = settings.drop ? setTimeout(() => stream.cut(), 1000) : undefined;
    stops.push(() => {
      clearTimeout(ending);
      clearInterval(bookmarks);
      clearTimeout(drop);
    });
  };
}
