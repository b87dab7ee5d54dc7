import type { StoreEvent } from './types.ts';
import { StatusError } from './types.ts';

interface Listener {
  onEvent: (event: StoreEvent) => void;
  /** The newest change that it was told of. */
  seen: number;
}

/** The latest changes of one resource, and who wants to hear of them. */
export class WatchHistory {
  private events: StoreEvent[] = [];
  /** Changes up to this resourceVersion are no longer kept. */
  private forgottenUpTo = 0;
  private readonly listeners = new Set<Listener>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  append(event: StoreEvent): void {
    this.events.push(event);
    // Cut in large pieces, so that it costs next to nothing for each change.
    if (this.events.length > this.limit * 1.5) this.forget(this.events.length - this.limit);
  }

  /** Tells every listener that has not heard of it. */
  deliver(event: StoreEvent): void {
    for (const listener of [...this.listeners]) {
      if (!this.listeners.has(listener) || listener.seen >= event.resourceVersion) continue;
      listener.seen = event.resourceVersion;
      try {
        listener.onEvent(event);
      } catch (error) {
        // One watcher's mistake must not reach whoever made the change, nor keep it from the other watchers.
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }

  /** Throws StatusError 410 when changes after `since` are no longer kept. */
  watch(since: number, onEvent: (event: StoreEvent) => void): () => void {
    if (since < this.forgottenUpTo)
      throw new StatusError(410, 'Expired', `too old resource version: ${since} (${this.forgottenUpTo})`);
    const listener = { onEvent, seen: since };
    this.listeners.add(listener);
    for (const event of this.events.slice(this.firstAfter(since))) {
      if (listener.seen >= event.resourceVersion) continue;
      listener.seen = event.resourceVersion;
      onEvent(event);
    }
    return () => this.listeners.delete(listener);
  }

  forgetAll(upTo: number): void {
    this.events = [];
    this.forgottenUpTo = upTo;
  }

  private forget(count: number): void {
    this.forgottenUpTo = this.events[count - 1]?.resourceVersion ?? this.forgottenUpTo;
    this.events = this.events.slice(count);
  }

  private firstAfter(since: number): number {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.events[middle]?.resourceVersion ?? Infinity) > since) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
