import type { Finding } from '../../contract/finding.ts';
import type { MigrationRequest } from '../../contract/migrationSchema.ts';
import type { MinorVersion } from '../../contract/plan.ts';
import { greenName } from '../../plan/migration/greenName.ts';
import type { ObservedMigration, UnseenForMigration } from '../../plan/observedMigration.ts';
import type { Check, CheckInput } from '../check.ts';

/** What a check of a migration judges besides all else. */
export interface MigrationCheckInput extends CheckInput {
  migration: ObservedMigration;
  asked: MigrationRequest;
  /** Names of both clusters. */
  blue: string;
  green: string;
  to: MinorVersion;
}

/** As `Check`, of a migration. Pure. */
export type MigrationCheck = (input: MigrationCheckInput) => Finding[];

/** A check that has something to say of migrations only. */
export function ofMigration(check: MigrationCheck): Check {
  return (input) => {
    const { observation, request, plan } = input;
    if (observation.migration === undefined || request.migration === undefined) return [];
    const { name, version } = observation.cluster;
    return check({
      ...input,
      migration: observation.migration,
      asked: request.migration,
      ...{ blue: name, green: greenName(request, version, plan.target), to: plan.target },
    });
  };
}

/** Whether a part could not be seen as a whole: nothing is concluded from what it lacks, and `unseen` tells of it. */
export function isUnseen({ migration }: MigrationCheckInput, part: UnseenForMigration['part']): boolean {
  return migration.unseen.some((each) => each.part === part);
}

/** `{"migration": {"roles": "trust"}}`: what to write into the request. */
export function migrationSetting(setting: Record<string, unknown>): string {
  return JSON.stringify({ migration: setting });
}
