import type { MigrationCheck } from './migrationCheck.ts';

/** What could not be seen of what a migration stands on (rule 11). */
export const unseenForMigration: MigrationCheck = ({ observation, migration }) =>
  migration.unseen.map(({ what, why, source }) => ({
    check: 'unseen',
    severity: 'unknown',
    subject: { kind: 'Observation', name: what },
    message: `${what.charAt(0).toUpperCase()}${what.slice(1)} could not be seen: ${why}.`,
    remedy: 'See that the worker may ask for it and that it can be reached, then plan again.',
    evidence: [{ source, observedAt: observation.observedAt }],
  }));
