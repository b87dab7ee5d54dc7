import { recordedMigrations } from './migrations.ts';
import { recordedRolls } from './rolls.ts';
import type { RecordedScenario } from './scenario.ts';
import { recordedTools } from './tools.ts';
import { recordedUpgrades } from './upgrades.ts';

export type { RecordedScenario } from './scenario.ts';

/** Every gate while it is open, every kind of wait and question, and every way to end. */
export const recordedScenarios: RecordedScenario[] = [
  ...recordedUpgrades,
  ...recordedRolls,
  ...recordedTools,
  ...recordedMigrations,
];
