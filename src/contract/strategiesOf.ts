import type { Request } from './request.ts';
import type { Strategy } from './workers.ts';

/** What a request says of workers; one that an older release has recorded has no `groups`. */
interface AskedWorkers extends Pick<Request['workers'], 'strategy'> {
  groups?: Request['workers']['groups'];
}

/** The ways in which a request has workers replaced, each once. */
export function strategiesOf({ workers }: { workers: AskedWorkers }): Strategy[] {
  const own = Object.values(workers.groups ?? {}).flatMap(({ strategy }) => strategy ?? []);
  return [...new Set([workers.strategy, ...own])];
}
