import type { PlanSummary } from '../activities/types.ts';
import type { Hop, PlannedStage } from '../contract/plan.ts';
import { comparisonLines } from '../contract/comparison.ts';
import { estimatedWork } from '../contract/estimatedWork.ts';
import { migrationText } from '../contract/migrationText.ts';
import { describePutBack } from '../contract/putBack.ts';
import { toolText } from '../contract/toolText.ts';
import { replacementText } from '../contract/replacement.ts';

/** What a person is shown at the plan's gate: Markdown lines, part of the opening's digest. */
export function planShown(summary: PlanSummary): string[] {
  const { plan } = summary;
  const minutes = Math.ceil(estimatedWork(summary.estimates) / 60);
  return [
    `Plan ${summary.digest.slice(0, 8)} for cluster ${plan.cluster.name} (${plan.cluster.arn}), about ${minutes} min:`,
    ...plan.putBack.map((each) => `- first: ${describePutBack(each)}`),
    ...plan.hops.flatMap(hopLines),
    ...comparisonLines(summary.comparison),
    ...summary.windows.map(
      (window) =>
        `- window for ${window.hop}: ${window.opensAt} to ${window.closesAt}${window.fits ? '' : ' (too short for it: what runs then finishes outside)'}`,
    ),
    ...plan.overrides.map((override) => {
      const reason = summary.overrideReasons?.[override];
      return `- overridden: ${override}${reason === undefined ? '' : ` (${reason})`}`;
    }),
    `Findings: ${summary.summary.blocker} blockers, ${summary.summary.unknown} unknown, ${summary.summary.warning} warnings, ${summary.summary.info} infos.`,
    ...findingLines(summary),
  ];
}

/** By hop and severity; a plan that an older release has made has them worst first. */
function findingLines({ findingGroups, shownFindings }: PlanSummary): string[] {
  if (findingGroups === undefined) return shownFindings.map((finding) => `- ${finding}`);
  return findingGroups.flatMap(({ hop, severity, count, lines }) => {
    const more = count - lines.length;
    return [
      `- **${hop === undefined ? 'the whole upgrade' : `hop to ${hop}`}, ${severity}** (${count})`,
      ...lines.map((line) => `  - ${line}`),
      ...(more > 0 ? [`  - and ${more} more in the plan's evidence`] : []),
    ];
  });
}

/** What a person is shown before a hop or its workers. */
export function hopLines(hop: Hop): string[] {
  return [`- **${hop.from} → ${hop.to}**`, ...hop.stages.map((stage) => `  - ${stageLine(stage)}`)];
}

/** One stage in one line. */
export function stageLine(stage: PlannedStage): string {
  switch (stage.stage) {
    case 'control-plane':
      return `control plane ${stage.from} → ${stage.to}${stage.force ? ', in spite of upgrade insights' : ''}`;
    case 'add-ons':
      return `add-ons: ${stage.addons.map((addon) => `${addon.name} ${addon.from} → ${addon.to}${addon.resolveConflicts === 'OVERWRITE' ? ' (overwrites changed settings)' : ''}`).join(', ')}`;
    case 'workers': {
      if (stage.strategy !== 'managed') {
        return `workers of ${stage.nodeGroup} ${stage.from} → ${stage.to}, ${stage.strategy} ${replacementText(stage)}`;
      }
      const settings = stage.updateSettings;
      const given =
        settings === undefined
          ? ''
          : `, ${Object.entries(settings)
              .map(([name, value]) => `${name} ${String(value)}`)
              .join(', ')} for this roll`;
      return `workers of ${stage.nodeGroup} ${stage.from} → ${stage.to}, ${stage.strategy}${given}`;
    }
    case 'tools':
      return `tool ${toolText(stage)}`;
    case 'verification':
      return 'verification of versions and workloads';
    default:
      return migrationText(stage);
  }
}
