import { seenBy } from '../check.ts';
import type { MigrationCheck } from './migrationCheck.ts';

/** Whether what the new cluster shall get can be had, told before that cluster is made. */
export const sources: MigrationCheck = ({ observation, migration }) =>
  (migration.sourceProblems ?? []).map(({ source, severity, message, remedy }) => ({
    check: 'source-readable',
    severity,
    subject: { kind: 'Source', name: source },
    message,
    remedy: `${remedy.replace(/[.\s]+$/, '')}; then plan again.`,
    evidence: seenBy(observation, 'migration.resources, where this was planned'),
  }));
