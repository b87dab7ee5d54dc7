import type { Finding } from '../../contract/finding.ts';
import type { MigrationRequest } from '../../contract/migrationSchema.ts';
import { listNames, seenBy } from '../check.ts';
import { migrationSetting } from './migrationCheck.ts';
import type { MigrationCheck, MigrationCheckInput } from './migrationCheck.ts';

/** What does not come to the new cluster by copying, or not as it is. Nothing of it where nothing is copied. */
export const copiedResources: MigrationCheck = (input) =>
  input.asked.resources.some((source) => 'copy' in source) ? [...notServed(input), ...notes(input)] : [];

/** What both serve in some version is converted by reading it in that one; this is what no version is left of. */
function notServed({ observation, migration, asked, to }: MigrationCheckInput): Finding[] {
  const leftOut = leftOutKinds(asked);
  return migration.resources.notServed
    .filter(({ kind }) => !leftOut.has(kind))
    .map(({ kind, count, names }) => ({
      check: 'not-served',
      severity: 'blocker',
      subject: { kind: 'Kind', name: kind },
      message: `${to} serves no version of ${kind}, of which there ${count === 1 ? 'is one' : `are ${count}`}: ${listNames(names)}${count > names.length ? ` and more` : ''}.`,
      remedy: `Move them to what takes its place on the old cluster first; bring it by manifests of its own; or leave the kind behind: ${migrationSetting({ resources: [{ copy: { excludeKinds: [kind] } }] })}.`,
      evidence: seenBy(observation, `Kubernetes: discovery, ${kind}`),
    }));
}

function notes({ observation, migration }: MigrationCheckInput): Finding[] {
  return migration.resources.notes.map(({ severity, subject, what, remedy }) => ({
    check: 'copying',
    severity,
    subject: { kind: 'Resource', name: subject },
    message: `${subject}: ${what.replace(/[.\s]+$/, '')}.`,
    remedy,
    evidence: seenBy(observation, 'Kubernetes: objects of all kinds'),
  }));
}

function leftOutKinds({ resources }: MigrationRequest): Set<string> {
  return new Set(resources.flatMap((source) => ('copy' in source ? source.copy.excludeKinds : [])));
}
