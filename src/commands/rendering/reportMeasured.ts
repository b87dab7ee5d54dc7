import type { Report } from '../../contract/report.ts';
import { stageTitle } from '../../contract/stageSubject.ts';
import type { HopStatus, StageStatus } from '../../contract/status.ts';
import { durationText } from './duration.ts';
import { bullets, inline, markdownTable, section } from './markdown.ts';

/** What was done, how long it took, and what was measured meanwhile. */
export function measuredSections(report: Report): string[] {
  return [
    ...section('What was done', hopsTable(report)),
    // A migration upgrades no control plane, and is measured by what came to the new cluster.
    ...(report.status.migration === undefined ? inPlace(report) : []),
  ];
}

function inPlace(report: Report): string[] {
  return [
    ...section("The API server during its control plane's upgrade", ...downtime(report)),
    ...section('Objects before and after', inventories(report)),
    ...section('Workloads', ...workloads(report)),
  ];
}

interface Place {
  hop: HopStatus;
  stage: StageStatus;
}

function places({ status }: Report): Place[] {
  return status.hops.flatMap((hop) => hop.stages.map((stage) => ({ hop, stage })));
}

function hopsTable(report: Report): string {
  const rows = places(report).map(({ hop, stage }) => [
    hop.from === hop.to ? hop.to : `${hop.from} → ${hop.to}`,
    inline(stageTitle(stage)),
    stage.state,
    stage.startedAt ?? '',
    took(stage),
    inline(stage.detail ?? ''),
  ]);
  return rows.length === 0
    ? 'Nothing: it ended before there was a plan.'
    : markdownTable(['hop', 'stage', 'state', 'began', 'took', ''], rows);
}

function took({ startedAt, endedAt }: StageStatus): string {
  if (startedAt === undefined) return '';
  if (endedAt === undefined) return 'did not end';
  return durationText((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
}

function downtime(report: Report): string[] {
  const probed = places(report).flatMap(({ hop, stage }) =>
    stage.probe === undefined ? [] : [{ hop, probe: stage.probe }],
  );
  if (probed.length === 0) return ['Nothing was measured: no control plane was upgraded.'];
  const { downtimeSeconds, unobservedSeconds } = report;
  const unobserved =
    unobservedSeconds > 0
      ? ` For ${durationText(unobservedSeconds)} nobody was probing (no worker was running): what happened then is not known.`
      : '';
  return [
    `Downtime measured: **${durationText(downtimeSeconds)}**.${unobserved}`,
    markdownTable(
      ['hop', 'probes', 'failed', 'downtime', 'longest outage', 'unobserved'],
      probed.map(({ hop, probe }) => [
        `${hop.from} → ${hop.to}`,
        String(probe.probes),
        String(probe.failures),
        durationText(probe.downtimeSeconds),
        durationText(probe.longestOutageSeconds),
        durationText(probe.unobservedSeconds),
      ]),
    ),
  ];
}

function inventories(report: Report): string {
  return bullets(
    places(report).flatMap(({ hop, stage: { inventory } }) => {
      if (inventory === undefined) return [];
      const { comparedCount, exceptedCount, missingCount, missing } = inventory;
      const excepted = exceptedCount === 0 ? '' : `, ${exceptedCount} are gone as the new version wants it`;
      const line = `${hop.from} → ${hop.to}: ${comparedCount} objects compared${excepted}, `;
      if (missingCount === 0) return [`${line}none is missing.`];
      const more = missingCount - missing.length;
      return [
        [
          `${line}**${missingCount} missing**:`,
          ...missing.map((name) => `  - ${inline(name)}`),
          ...(more > 0 ? [`  - and ${more} more, named in the evidence`] : []),
        ].join('\n'),
      ];
    }),
  );
}

function workloads({ brokenBefore, brokenAfter, status }: Report): string[] {
  const looked = status.hops.some(({ stages }) => stages.some((stage) => stage.workloads !== undefined));
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? `${title}: none.` : `${title}:\n\n${bullets(lines.map(inline))}`;
  return [
    list('Broken before anything was changed', brokenBefore),
    looked
      ? list('Broken at the end, and well before', brokenAfter)
      : 'They were not looked at again: no stage came to its end.',
  ];
}
