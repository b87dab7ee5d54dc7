import type { VolumeDecision } from '../../contract/migration.ts';
import type { MigrationRequest } from '../../contract/migrationSchema.ts';
import type { ObservedMigration } from '../observedMigration.ts';
import { compareNames } from '../order.ts';

type Decisions = MigrationRequest['volumes'];

/**
 * What the request says of a claim: by its own name, otherwise by its namespace (`shop/*`), otherwise of all (`*`).
 * Undefined where it says nothing.
 *
 * @param claim `namespace/name`
 */
export function decisionFor(claim: string, decisions: Decisions): VolumeDecision | undefined {
  return patternsFor(claim).flatMap((pattern) =>
    Object.hasOwn(decisions, pattern) ? [decisions[pattern]] : [],
  )[0];
}

/** Whether what the request speaks of is that claim, be it among others. */
export function speaksOf(pattern: string, claim: string): boolean {
  return patternsFor(claim).includes(pattern);
}

/** Every claim about which something is said, in order. */
export function decidedVolumes(
  { resources }: Pick<ObservedMigration, 'resources'>,
  decisions: Decisions,
): { claim: string; decision: VolumeDecision }[] {
  return resources.volumes
    .flatMap(({ claim }) => {
      const decision = decisionFor(claim, decisions);
      return decision === undefined ? [] : [{ claim, decision }];
    })
    .sort((left, right) => compareNames(left.claim, right.claim));
}

function patternsFor(claim: string): string[] {
  const [namespace = ''] = claim.split('/');
  return [claim, `${namespace}/*`, '*'];
}
