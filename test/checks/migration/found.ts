import { findingKey } from '../../../src/checks/index.ts';
import type { Finding } from '../../../src/contract/finding.ts';
import type { Observation } from '../../../src/plan/observation.ts';
import type { ObservedMigration } from '../../../src/plan/observedMigration.ts';
import { observeBoth, planMigration } from '../../plan/migration/fixtures.ts';
import type { Asked } from '../../plan/migration/fixtures.ts';

/** What was seen that is otherwise than usual, and what is asked for. */
export interface Given {
  seen?: Partial<ObservedMigration>;
  /** Of the rest of the observation. */
  blue?: Partial<Observation>;
  /** Of the request's `migration`. */
  migration?: Record<string, unknown>;
  /** Of the rest of the request. */
  request?: Omit<Asked, 'migration'>;
}

/** What one check finds of a migration from 1.31 to 1.34 that nothing stands against but what is given. */
export function findings(check: string, { seen, blue, migration = {}, request = {} }: Given = {}): Finding[] {
  return planMigration(observeBoth(seen, blue), { migration, ...request }).findings.filter(
    (finding) => finding.check === check,
  );
}

/** The same, each as `severity key`. */
export function found(...of: Parameters<typeof findings>): string[] {
  return findings(...of).map((finding) => `${finding.severity} ${findingKey(finding)}`);
}
