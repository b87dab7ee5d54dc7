import type { SimulatedClock } from '../cluster/types.ts';
import { badRequest } from './status.ts';
import type { TableOptions } from './tables.ts';

/** Reads `includeObject`. Throws StatusError 400 for a value that is not known. */
export function readTableOptions(query: URLSearchParams, clock: SimulatedClock): TableOptions {
  const value = query.get('includeObject') ?? '';
  const now = clock.now();
  if (value === '') return { includeObject: 'Metadata', now };
  if (value === 'None' || value === 'Metadata' || value === 'Object') return { includeObject: value, now };
  throw badRequest(`includeObject must be None, Metadata or Object, not "${value}"`);
}
