import { EksError } from './errors.ts';
import type { EksService } from './service.ts';

/**
 * Refuses what a cluster can't have before it is made, and as it goes away.
 *
 * @throws EksError InvalidRequestException
 */
export function refuseUnlessBuilt({ cluster }: EksService, operation: string): void {
  const goes = cluster.status === 'DELETING';
  if (cluster.started && !goes) return;
  throw new EksError(
    'InvalidRequestException',
    `Cannot ${operation}: cluster ${cluster.name} is not in ACTIVE status (it is ${cluster.status}).`,
    { clusterName: cluster.name },
  );
}
