/**
 * Calls for several items at a time and gives the results in the items' order. A failure ends it once it is its turn.
 *
 * @param concurrency how many calls are under way at the most; so many results are held
 */
export async function* inOrder<T, R>(
  items: readonly T[],
  call: (item: T) => Promise<R>,
  concurrency = 4,
): AsyncGenerator<R> {
  const pending: Promise<R>[] = [];
  const begin = (item: T): void => {
    const promise = call(item);
    // Its turn to be awaited may come after it has failed, or never.
    promise.catch(() => undefined);
    pending.push(promise);
  };
  let next = 0;
  for (; next < Math.min(concurrency, items.length); next += 1) begin(items[next] as T);
  for (let first = pending.shift(); first !== undefined; first = pending.shift()) {
    const result = await first;
    if (next < items.length) begin(items[next++] as T);
    yield result;
  }
}
