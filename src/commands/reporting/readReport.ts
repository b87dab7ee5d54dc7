import type { Report } from '../../contract/report.ts';
import type { EvidenceStore } from '../../evidence/store.ts';
import { CommandFailed } from '../exitCodes.ts';

/** Reads a report. Throws CommandFailed for what is none, or is one that a later release has written. */
export async function readReport(store: EvidenceStore, key: string): Promise<Report> {
  const value = await store.read({ key });
  if (isReport(value)) return value;
  throw new CommandFailed(`${key} is not a report that this release of Stepladder can read.`);
}

function isReport(value: unknown): value is Report {
  return (
    typeof value === 'object' &&
    value !== null &&
    'schema' in value &&
    value.schema === 1 &&
    'status' in value &&
    'writtenAt' in value &&
    typeof value.writtenAt === 'string'
  );
}
