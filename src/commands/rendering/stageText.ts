import type { PlannedStage, UpdateSettings } from '../../contract/plan.ts';
import { migrationText } from '../../contract/migrationText.ts';
import { toolText } from '../../contract/toolText.ts';
import { replacementText } from '../../contract/replacement.ts';

/** What a planned stage will change, one line for each thing. */
export function stageTexts(stage: PlannedStage): string[] {
  switch (stage.stage) {
    case 'control-plane':
      return [
        `control plane ${stage.from} → ${stage.to}${stage.force ? ', in spite of upgrade insights' : ''}`,
      ];
    case 'add-ons':
      return stage.addons.map(
        ({ name, from, to, resolveConflicts }) =>
          `add-on ${name} ${from} → ${to}${resolveConflicts === 'PRESERVE' ? '' : `, conflicts: ${resolveConflicts}`}`,
      );
    case 'workers': {
      if (stage.strategy !== 'managed') {
        return [
          `workers of ${stage.nodeGroup} ${stage.from} → ${stage.to}, ${stage.strategy} ${replacementText(stage)}`,
        ];
      }
      const settings = stage.updateSettings;
      const given = settings === undefined ? '' : `, with ${settingsText(settings)} for this roll`;
      return [`workers of ${stage.nodeGroup} ${stage.from} → ${stage.to}, ${stage.strategy}${given}`];
    }
    case 'tools':
      return [`tool ${toolText(stage)}`];
    case 'verification':
      return ['verification of versions and workloads'];
    default:
      return [migrationText(stage)];
  }
}

/** `maxUnavailable 2, updateStrategy MINIMAL`. */
export function settingsText(settings: UpdateSettings): string {
  const { maxUnavailable, maxUnavailablePercentage, updateStrategy } = settings;
  return Object.entries({ maxUnavailable, maxUnavailablePercentage, updateStrategy })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value ?? ''}`)
    .join(', ');
}
