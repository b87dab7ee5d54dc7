import type { Request } from './request.ts';
import type { Strategy } from './workers.ts';

/** What a request says of workers; one that an older release has recorded has no `groups`. */
interface AskedWorkers extends Pick<Request['workers'], 'strategy'> {
  groups?: Request['workers']['groups'];
}

/** The ways in which a request has node groups rolled, each once; none for a migration, which rolls none. */
export function strategiesOf({ workers }: { workers: AskedWorkers }): Strategy[] {
  const own = Object.values(workers.groups ?? {}).flatMap(({ strategy }) => strategy ?? []);
  if (workers.strategy === 'blue-green') return [];
  return [...new Set([workers.strategy, ...own])];
}
