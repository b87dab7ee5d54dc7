import { seenBy } from '../check.ts';
import type { MigrationCheck } from './migrationCheck.ts';

/** What blue has and the new cluster does not get, or gets otherwise. A cluster that is there is its owner's affair. */
export const notCopied: MigrationCheck = ({ observation, migration, asked }) =>
  asked.green.existing
    ? []
    : migration.blueprint.notCopied.map(({ severity, what, why, remedy }) => ({
        check: 'green-like-blue',
        severity,
        subject: { kind: 'Part', name: what },
        message: `Otherwise on the new cluster: ${what}; ${why}.`,
        remedy,
        evidence: seenBy(observation, 'EKS: what the cluster has'),
      }));
